//! Initial access tokens: what an operator gives to the developer of a client (RFC 7591 section 1.2).

use crate::later::LaterMembers;
use crate::secret::{Secret, SecretDigest};
use crate::time::Timestamp;
use alloc::format;

crate::plain_name! {
    /// Name of an initial access token, unique within the tenant.
    pub struct TokenName;
    /// The text is not a valid name of an initial access token.
    #[error("the name of an initial access token has 1 to 64 lower-case letters, digits and hyphens, and starts with a letter")]
    pub struct InvalidTokenName;
}

/// Token that allows clients to register themselves. Its number of uses is not part of it: registrations count it.
#[derive(Clone, Debug)]
pub struct InitialAccessToken {
    /// Name.
    pub name: TokenName,
    /// Digest of the secret part. The token itself is not stored.
    pub digest: SecretDigest,
    /// Expiration time; `None` for no expiration.
    pub expires_at: Option<Timestamp>,
    /// Maximum number of registrations; `None` for no limit.
    pub most_uses: Option<u32>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

impl PartialEq for InitialAccessToken {
    /// Compares digests, so that stores can be tested. The digest of a 256-bit secret needs no constant time.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.digest.as_bytes() == other.digest.as_bytes()
            && self.expires_at == other.expires_at
            && self.most_uses == other.most_uses
            && self.created_at == other.created_at
            && self.version == other.version
            && self.later == other.later
    }
}

impl Eq for InitialAccessToken {}

impl InitialAccessToken {
    /// Returns whether a presented token is this one and has not expired.
    #[must_use]
    pub fn accepts(&self, presented: &PresentedToken, now: Timestamp) -> bool {
        self.digest.is(&presented.secret.digest())
            && self.expires_at.is_none_or(|end| !end.has_passed(now))
    }
}

/// Initial access token in cleartext, split into its parts.
#[derive(Debug)]
pub struct PresentedToken {
    /// Name.
    pub name: TokenName,
    /// Secret part: 256 random bits.
    pub secret: Secret,
}

impl PresentedToken {
    /// Parses a token. Returns `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, secret) = text.split_once('.')?;
        Some(Self {
            name: TokenName::parse(name).ok()?,
            secret: Secret::new(secret),
        })
    }

    /// Returns the token as text.
    #[must_use]
    pub fn text(&self) -> Secret {
        Secret::new(format!("{}.{}", self.name, self.secret.expose_secret()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::NOW;
    use core::time::Duration;

    fn presented(text: &str) -> PresentedToken {
        PresentedToken::parse(text).unwrap()
    }

    #[test]
    fn token_is_accepted_until_it_expires() {
        let token = InitialAccessToken {
            name: TokenName::parse("partner").unwrap(),
            digest: Secret::new("s3cret").digest(),
            expires_at: Some(NOW.plus(Duration::from_secs(60))),
            most_uses: None,
            created_at: NOW,
            version: 1,
            later: LaterMembers::default(),
        };
        let own = presented("partner.s3cret");
        assert_eq!(own.text().expose_secret(), "partner.s3cret");
        assert!(token.accepts(&own, NOW.plus(Duration::from_secs(59))));
        assert!(!token.accepts(&own, NOW.plus(Duration::from_secs(60))));
        assert!(!token.accepts(&presented("partner.other"), NOW));
        for malformed in ["", "partner", "Partner.s3cret", ".s3cret"] {
            assert!(PresentedToken::parse(malformed).is_none(), "{malformed}");
        }
    }
}
