//! Session credentials.

use countersign_domain::identifier::SessionId;
use countersign_domain::secret::Secret;

/// Credential of a session in the session cookie of a browser.
#[derive(Clone)]
pub enum SessionCredential {
    /// Session ID and secret.
    Secret(SessionId, Secret),
    /// Signed token of an earlier version, valid only while the session has no secret. Any value that is not an ID and
    /// a secret is read as a token. The server then verifies it.
    Signed(String),
}

impl std::fmt::Debug for SessionCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionCredential(..)")
    }
}
