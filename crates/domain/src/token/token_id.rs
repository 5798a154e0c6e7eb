//! Token identifiers: the claim `jti` (RFC 7519 section 4.1.7).

use crate::identifier::GrantId;
use crate::time::Timestamp;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use core::fmt;
use core::str::FromStr;

/// `jti` (RFC 7519 section 4.1.7). It names the root of the token, so the server can check that the root is still live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenId {
    /// What ends the token if it is revoked.
    pub root: Root,
    /// 96 random bits.
    pub unique: [u8; 12],
    /// MAC over all other claims, under a key that only the server holds. Only a token that a shared key signs has
    /// one: a resource server that holds the shared key can sign any claims, but cannot compute this MAC.
    pub mac: Option<[u8; 20]>,
}

/// Root of a token. A token that was obtained by exchanging another one keeps its root
/// (RFC 8693), so revoking the root ends them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The token itself, for example one of the client credentials grant.
    Own,
    /// A grant.
    Grant(GrantId),
    /// A grant. The token was obtained by exchanging one of its tokens, directly or not.
    GrantOfExchanged(GrantId),
    /// A token without a grant. The token was obtained by exchanging it, directly or not.
    Token(FirstToken),
}

/// First token of a chain of exchanged tokens that have no grant. Its denial is stored under both facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstToken {
    /// 96 random bits of its `jti`.
    pub unique: [u8; 12],
    /// `exp`.
    pub expires_at: Timestamp,
}

impl Root {
    /// Returns the grant, if the root is one.
    #[must_use]
    pub const fn grant(&self) -> Option<GrantId> {
        match self {
            Self::Grant(grant) | Self::GrantOfExchanged(grant) => Some(*grant),
            Self::Own | Self::Token(_) => None,
        }
    }

    /// Returns whether the token was obtained by exchanging another one.
    #[must_use]
    pub const fn is_exchanged(&self) -> bool {
        matches!(self, Self::GrantOfExchanged(_) | Self::Token(_))
    }

    /// Returns the root of a token that is obtained by exchanging the token with this root.
    pub(crate) const fn of_exchanged(self, token: FirstToken) -> Self {
        match self {
            Self::Own => Self::Token(token),
            Self::Grant(grant) | Self::GrantOfExchanged(grant) => Self::GrantOfExchanged(grant),
            Self::Token(first) => Self::Token(first),
        }
    }
}

crate::error_type! {
    /// The text is not a valid `jti` of this server.
    #[error("not a token identifier")]
    pub struct InvalidTokenId;
}

/// First byte of the identifier of an exchanged token. Other identifiers have none: their length tells the root.
const OF_GRANT: u8 = 1;
const OF_TOKEN: u8 = 2;

/// Length of the longest identifier, and of its text.
const LONGEST: usize = 33;
const LONGEST_TEXT: usize = 44;

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; LONGEST];
        let mut text = [0; LONGEST_TEXT];
        let mut length = 0;
        let mut put = |part: &[u8]| {
            let room = bytes.iter_mut().skip(length);
            room.zip(part).for_each(|(to, from)| *to = *from);
            length += part.len();
        };
        match &self.root {
            Root::Own => {}
            Root::Grant(grant) => put(grant.as_bytes()),
            Root::GrantOfExchanged(grant) => {
                put(&[OF_GRANT]);
                put(grant.as_bytes());
            }
            Root::Token(first) => {
                put(&[OF_TOKEN]);
                put(&first.unique);
                put(&first.expires_at.as_unix_seconds().to_be_bytes());
            }
        }
        put(&self.unique);
        let bytes = bytes.get(..length).unwrap_or_default();
        f.write_str(Base64UrlUnpadded::encode(bytes, &mut text).map_err(|_| fmt::Error)?)?;
        if let Some(mac) = &self.mac {
            let mac = Base64UrlUnpadded::encode(mac, &mut text).map_err(|_| fmt::Error)?;
            write!(f, ".{mac}")?;
        }
        Ok(())
    }
}

impl FromStr for TokenId {
    type Err = InvalidTokenId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (text, mac) = match text.split_once('.') {
            Some((text, mac)) => (text, Some(mac)),
            None => (text, None),
        };
        let mac = mac.map(mac_from).transpose()?;
        let mut bytes = [0; LONGEST];
        let decoded = Base64UrlUnpadded::decode(text, &mut bytes).map_err(|_| InvalidTokenId)?;
        let (root, unique) = decoded.split_last_chunk::<12>().ok_or(InvalidTokenId)?;
        Ok(Self {
            root: root_from(root).ok_or(InvalidTokenId)?,
            unique: *unique,
            mac,
        })
    }
}

fn root_from(bytes: &[u8]) -> Option<Root> {
    let grant = |bytes: &[u8]| bytes.try_into().ok().map(GrantId::from_bytes);
    match (bytes.len(), bytes) {
        (0, _) => Some(Root::Own),
        (16, id) => grant(id).map(Root::Grant),
        (17, [OF_GRANT, id @ ..]) => grant(id).map(Root::GrantOfExchanged),
        (21, [OF_TOKEN, first @ ..]) => {
            let (unique, expires_at) = first.split_first_chunk::<12>()?;
            let seconds = u64::from_be_bytes(expires_at.try_into().ok()?);
            Some(Root::Token(FirstToken {
                unique: *unique,
                expires_at: Timestamp::from_unix_seconds(seconds),
            }))
        }
        _ => None,
    }
}

fn mac_from(text: &str) -> Result<[u8; 20], InvalidTokenId> {
    let mut mac = [0; 20];
    match Base64UrlUnpadded::decode(text, &mut mac) {
        Ok(decoded) if decoded.len() == 20 => Ok(mac),
        _ => Err(InvalidTokenId),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    /// Texts that other versions have issued. They must never change.
    #[test]
    fn token_ids_of_all_roots_keep_their_text() {
        let first = FirstToken {
            unique: [3; 12],
            expires_at: Timestamp::from_unix_seconds(1_900_000_000),
        };
        let grant = GrantId::from_bytes([2; 16]);
        for (root, text) in [
            (Root::Own, "AQEBAQEBAQEBAQEB"),
            (Root::Grant(grant), "AgICAgICAgICAgICAgICAgEBAQEBAQEBAQEBAQ"),
            (
                Root::GrantOfExchanged(grant),
                "AQICAgICAgICAgICAgICAgIBAQEBAQEBAQEBAQE",
            ),
            (
                Root::Token(first),
                "AgMDAwMDAwMDAwMDAwAAAABxP7MAAQEBAQEBAQEBAQEB",
            ),
        ] {
            let id = TokenId {
                root,
                unique: [1; 12],
                mac: None,
            };
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse(), Ok(id));
        }
    }

    fn roots() -> impl Strategy<Value = Root> {
        let grant = any::<[u8; 16]>().prop_map(GrantId::from_bytes);
        let first = any::<([u8; 12], u64)>().prop_map(|(unique, seconds)| FirstToken {
            unique,
            expires_at: Timestamp::from_unix_seconds(seconds),
        });
        prop_oneof![
            Just(Root::Own),
            grant.clone().prop_map(Root::Grant),
            grant.prop_map(Root::GrantOfExchanged),
            first.prop_map(Root::Token),
        ]
    }

    proptest! {
        #[test]
        fn token_id_round_trips_through_its_text(root in roots(), unique: [u8; 12], mac: Option<[u8; 20]>) {
            let id = TokenId { root, unique, mac };
            assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn token_id_parser_never_panics(text in "\\PC{0,80}") {
            let _ = text.parse::<TokenId>();
        }
    }
}
