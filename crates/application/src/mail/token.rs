//! Tokens of mailed links.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::identifier::LoginId;
use countersign_domain::secret::{Secret, SecretDigest};
use countersign_domain::time::Timestamp;

/// Place of a link in the store. It is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkId {
    /// Identifier.
    pub id: LoginId,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// Length of the secret in bytes.
pub(super) const SECRET: usize = 32;

/// Length of a token in bytes: identifier, expiry time and secret.
const TOKEN: usize = 16 + 8 + SECRET;

pub(super) fn token(id: LinkId, secret: &[u8; SECRET]) -> Secret {
    let expires_at = id.expires_at.as_unix_seconds().to_be_bytes();
    let bytes = [id.id.as_bytes().as_slice(), &expires_at, secret].concat();
    Secret::new(Base64UrlUnpadded::encode_string(&bytes))
}

/// Returns the place that a token names; `None` for a text that is no token.
pub(super) fn place_of(token: &Secret) -> Option<LinkId> {
    let mut buffer = [0; TOKEN];
    let bytes = Base64UrlUnpadded::decode(token.expose_secret(), &mut buffer).ok()?;
    let (id, rest) = bytes.split_first_chunk()?;
    let (expires_at, secret) = rest.split_first_chunk()?;
    let expires_at = Timestamp::from_unix_seconds(u64::from_be_bytes(*expires_at));
    // The store has no later times.
    (secret.len() == SECRET && expires_at <= Timestamp::LATEST).then(|| LinkId {
        id: LoginId::from_bytes(*id),
        expires_at,
    })
}

pub(super) fn code_digest(id: LinkId, code: &str) -> SecretDigest {
    Secret::new(format!("{}:{code}", id.id)).digest()
}
