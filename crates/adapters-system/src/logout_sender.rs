//! Delivery of logout tokens (OpenID Connect Back-Channel Logout section 2.5).

#[cfg(test)]
mod tests;

use crate::outbox::{Courier, Limits, Outbox, Undelivered};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_ports::LogoutSender;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Posts logout tokens from server to server, a few at a time. TLS believes the authorities that the system does.
/// A proxy in the environment is not used.
pub struct HttpLogoutSender(Outbox<Post>);

impl HttpLogoutSender {
    /// With nothing to send yet.
    #[must_use]
    pub fn new() -> Self {
        Self::within(Limits::USUAL)
    }

    fn within(limits: Limits) -> Self {
        Self(Outbox::new(Post(OnceCell::new()), limits))
    }

    /// Takes no more tokens, and waits up to `patience` for those that are under way.
    pub async fn close(&self, patience: Duration) {
        self.0.close(patience).await;
    }
}

impl Default for HttpLogoutSender {
    fn default() -> Self {
        Self::new()
    }
}

impl LogoutSender for HttpLogoutSender {
    fn send(&self, uri: &RedirectUri, token: String) {
        self.0.post((uri.clone(), token));
    }
}

/// Made when there is something to send: a machine without certificate authorities, on which making it fails, can
/// be a server none the less.
struct Post(OnceCell<Client>);

impl Courier for Post {
    type Parcel = (RedirectUri, String);

    fn label(&self, (uri, _): &Self::Parcel) -> String {
        format!("a logout token for {}", uri.host().unwrap_or_default())
    }

    async fn deliver(&self, (uri, token): &Self::Parcel) -> Result<(), Undelivered> {
        let making = async || {
            Client::builder()
                .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
                // The token is for this URI and no other.
                .redirect(Policy::none())
                .no_proxy()
                .build()
        };
        let client = self.0.get_or_try_init(making).await;
        let client = client.map_err(|error| Undelivered::for_good(&error))?;
        let request = client.post(uri.as_str()).form(&[("logout_token", token)]);
        let answer = request.send().await.map_err(|error| {
            // The URI may be nobody's business beyond its host, which the label says.
            Undelivered::for_now(&error.without_url())
        })?;
        match answer.status() {
            // 204 as well: "some Web frameworks will substitute" it (section 2.8).
            status if status.is_success() => Ok(()),
            status if status.is_server_error() || is_for_later(status) => {
                Err(Undelivered::for_now(&Answered(status)))
            }
            status => Err(Undelivered::for_good(&Answered(status))),
        }
    }
}

fn is_for_later(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
    )
}

/// The client did not take the token.
#[derive(Debug, thiserror::Error)]
#[error("it was answered with {0}")]
struct Answered(StatusCode);
