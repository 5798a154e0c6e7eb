//! Delivery of logout tokens (OpenID Connect Back-Channel Logout section 2.5).

#[cfg(test)]
mod tests;

use crate::outbox::{Courier, Limits, Outbox, Undelivered};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_ports::{
    LogoutSender, Outbound, OutboundContent, OutboundError, OutboundPurpose, OutboundRequest,
};
use std::sync::Arc;
use std::time::Duration;

/// Limits for logout tokens. The timeout is longer than the timeout of the outbound client, which is at most a minute.
const LIMITS: Limits = Limits {
    attempt: Duration::from_secs(90),
    ..Limits::USUAL
};

/// Sends logout tokens to clients in the background, a few at a time.
pub struct HttpLogoutSender(Outbox<Post>);

impl HttpLogoutSender {
    /// Creates a sender that uses this HTTP client.
    #[must_use]
    pub fn new(outbound: Arc<dyn Outbound>) -> Self {
        Self::within(LIMITS, outbound)
    }

    fn within(limits: Limits, outbound: Arc<dyn Outbound>) -> Self {
        Self(Outbox::new(Post(outbound), limits))
    }

    /// Stops accepting tokens and waits up to `patience` for pending deliveries.
    pub async fn close(&self, patience: Duration) {
        self.0.close(patience).await;
    }
}

impl LogoutSender for HttpLogoutSender {
    fn send(&self, uri: &RedirectUri, token: String) {
        self.0.post((uri.clone(), token));
    }
}

struct Post(Arc<dyn Outbound>);

impl Courier for Post {
    type Parcel = (RedirectUri, String);

    fn label(&self, (uri, _): &Self::Parcel) -> String {
        format!("logout token for {}", uri.host().unwrap_or_default())
    }

    async fn deliver(&self, (uri, token): &Self::Parcel) -> Result<(), Undelivered> {
        let request = OutboundRequest {
            purpose: OutboundPurpose::BackChannelLogout,
            url: uri.as_str().to_owned(),
            content: OutboundContent::Form(vec![("logout_token", token.clone())]),
        };
        let response = self.0.send(request).await.map_err(|error| match error {
            OutboundError::Timeout | OutboundError::Failed(_) => Undelivered::for_now(&error),
            OutboundError::Url
            | OutboundError::PrivateNetwork { .. }
            | OutboundError::TooLarge(_) => Undelivered::for_good(&error),
        })?;
        match response.status {
            // Includes 204, which "some Web frameworks will substitute" (section 2.8).
            200..=299 => Ok(()),
            // Request Timeout, Too Early, Too Many Requests, and server errors.
            status @ (408 | 425 | 429 | 500..=599) => Err(Undelivered::for_now(&Answered(status))),
            status => Err(Undelivered::for_good(&Answered(status))),
        }
    }
}

/// The client did not accept the token.
#[derive(Debug, thiserror::Error)]
#[error("the client responded with status {0}")]
struct Answered(u16);
