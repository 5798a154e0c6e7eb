//! Documents of initial access tokens.

use crate::columns::{Failure, Unreadable};
use crate::documents::client_parts::bytes;
use crate::documents::members::{self, Members};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::dynamic::initial_access_token::{InitialAccessToken, TokenName};
use countersign_domain::secret::SecretDigest;
use countersign_domain::time::Timestamp;
use serde::Serialize;

/// Members of the document of an initial access token.
#[derive(Serialize)]
struct Document {
    /// SHA-256 of the secret part, in base64url.
    digest: String,
    /// Seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    most_uses: Option<u32>,
}

/// Writes the document of an initial access token.
pub(in crate::documents) fn write(token: &InitialAccessToken) -> Result<String, Failure> {
    let document = Document {
        digest: Base64UrlUnpadded::encode_string(token.digest.as_bytes()),
        expires_at: token.expires_at.map(Timestamp::as_unix_seconds),
        most_uses: token.most_uses,
    };
    members::write(&document, &token.later)
}

/// Reads an initial access token from its document and columns.
pub(in crate::documents) fn read(
    members: &mut Members,
    id: &str,
    created_at: Timestamp,
    version: u64,
) -> Result<InitialAccessToken, Unreadable> {
    let digest = members.require_parsed("digest", bytes)?;
    let expires_at: Option<u64> = members.take("expires_at")?;
    Ok(InitialAccessToken {
        name: TokenName::parse(id).map_err(|_| Unreadable("definitions.id"))?,
        digest: SecretDigest::from_bytes(digest),
        expires_at: expires_at.map(Timestamp::from_unix_seconds),
        most_uses: members.take("most_uses")?,
        created_at,
        version,
        later: members.take_later()?,
    })
}
