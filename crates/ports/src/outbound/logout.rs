//! Back-channel logout notifications.

use countersign_domain::client::redirect_uri::RedirectUri;

/// Delivers logout tokens (OpenID Connect Back-Channel Logout section 2.5).
pub trait LogoutSender: Send + Sync {
    /// Queues a token to be posted to a client's `backchannel_logout_uri`, and returns at once. A failed delivery is
    /// retried a few times, then logged and dropped.
    fn send(&self, uri: &RedirectUri, token: String);
}
