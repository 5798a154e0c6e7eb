//! Secret API keys.

use crate::client::id::ClientId;
use crate::secret::{Secret, SecretDigest};
use crate::time::Timestamp;
use alloc::format;
use alloc::string::String;
use base64ct::{Base64UrlUnpadded, Encoding as _};

/// Secret key of a client. A client has several while it rotates them.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Digest of the secret part. The key itself is not stored.
    pub digest: SecretDigest,
    /// Creation time.
    pub created_at: Timestamp,
    /// Expiration time; `None` for the current key.
    pub expires_at: Option<Timestamp>,
}

/// Secret key in cleartext, split into its parts.
#[derive(Debug)]
pub struct PresentedApiKey {
    /// Client.
    pub client: ClientId,
    /// Secret part.
    pub secret: Secret,
}

impl PresentedApiKey {
    /// Prefix of secret keys.
    pub const PREFIX: &'static str = "sk_live_";

    /// Parses a secret key. Returns `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (client, secret) = text.strip_prefix(Self::PREFIX)?.split_once('.')?;
        let client = Base64UrlUnpadded::decode_vec(client).ok()?;
        Some(Self {
            client: ClientId::parse(&String::from_utf8(client).ok()?).ok()?,
            secret: Secret::new(secret),
        })
    }

    /// Returns the key as text.
    #[must_use]
    pub fn text(&self) -> Secret {
        let client = Base64UrlUnpadded::encode_string(self.client.as_str().as_bytes());
        let secret = self.secret.expose_secret();
        Secret::new(format!("{}{client}.{secret}", Self::PREFIX))
    }
}

impl ApiKey {
    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| !end.has_passed(now))
    }
}
