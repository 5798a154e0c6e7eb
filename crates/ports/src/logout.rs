//! News of a logout, from server to server.

use countersign_domain::redirect_uri::RedirectUri;

/// Delivers logout tokens (OpenID Connect Back-Channel Logout section 2.5).
pub trait LogoutSender: Send + Sync {
    /// Takes a token to be posted to a client's `backchannel_logout_uri` in the background, and answers at once. A
    /// delivery that fails is tried again a few times, and then dropped with a line in the log.
    fn send(&self, uri: &RedirectUri, token: String);
}
