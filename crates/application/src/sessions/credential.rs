//! What a browser holds for a session.

use countersign_domain::identifier::SessionId;
use countersign_domain::secret::Secret;

/// What a browser holds for a session, in its cookie.
#[derive(Clone)]
pub enum SessionCredential {
    /// ID and secret of the session.
    Secret(SessionId, Secret),
    /// Signed token that names the session. It counts only until the session has a secret. Any text that is not the
    /// first form counts as a token, and fails its verification.
    Signed(String),
}

impl std::fmt::Debug for SessionCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionCredential(..)")
    }
}
