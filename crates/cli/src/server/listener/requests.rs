//! Steps before and after the handler of every request: its turn, its client address, its ID, and its `Host`.

use super::address::{ProxyHeader, client_address};
use super::host::{may_be_in_host, take_forwarded_host};
use super::turns::{Awaited, Turns};
use axum::http::{HeaderMap, Request, StatusCode, Version, header};
use axum::response::{IntoResponse as _, Response};
use countersign_adapters_system::SystemClock;
use countersign_application::CurrentRequest;
use countersign_ports::Clock as _;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::{identified, oauth_error};
use countersign_server_http::{Answers, RequestBody};
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;

/// Requests of one connection.
pub(super) struct Requests<H> {
    pub(super) handler: H,
    pub(super) turns: Turns,
    pub(super) peer: IpAddr,
    /// Number of reverse proxies, and how they name the client.
    pub(super) proxies: (usize, ProxyHeader),
}

impl<H: Answers> Requests<H> {
    /// Answers a request. The turn of the server begins with this call.
    pub(super) fn answer<B: RequestBody>(
        &self,
        mut request: Request<B>,
    ) -> impl Future<Output = Result<Response, Infallible>> + Send {
        self.turns.next();
        let address = client_address(request.headers(), self.peer, self.proxies);
        let has_host = has_host(request.version(), request.headers());
        take_forwarded_host(request.headers_mut(), self.proxies);
        let request = request.map(|body| Awaited::new(body, self.turns.clone()));
        let is_detached = self
            .handler
            .is_detached(request.method(), request.uri().path());
        async move {
            let response = if is_detached {
                // A client that closes its connection would otherwise end the request between a change and its event.
                let handler = self.handler.clone();
                let work = async move { answered(&handler, request, address, has_host).await };
                let done = tokio::spawn(work).await;
                done.unwrap_or_else(|_| Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
            } else {
                answered(&self.handler, request, address, has_host).await
            };
            self.turns.next();
            response
        }
    }
}

/// Answers a request under its ID.
async fn answered<H: Answers, B: RequestBody>(
    handler: &H,
    request: Request<B>,
    address: IpAddr,
    has_host: bool,
) -> Result<Response, Infallible> {
    // Pinned, because a future that is passed by value takes twice the memory, and is copied.
    let answered = pin!(async move {
        Ok(if has_host {
            handler.answer(request, Some(address)).await
        } else {
            without_host()
        })
    });
    let request = CurrentRequest::new(Some(address), SystemClock.now());
    identified(request, answered, |request| handler.after(request)).await
}

/// Returns whether a request has exactly one valid `Host` (RFC 9112 section 3.2). HTTP/1.0 does not require one.
fn has_host(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.as_bytes().iter().copied().all(may_be_in_host),
        (None, _) => version < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

fn without_host() -> Response {
    let refused = RequestError::from(Malformed::HostInvalid);
    oauth_error::failure(&refused.answer("none", None, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn accepts(version: Version, hosts: &[&'static str]) -> bool {
        let hosts = hosts
            .iter()
            .map(|host| (header::HOST, HeaderValue::from_static(host)));
        has_host(version, &hosts.collect())
    }

    #[test]
    fn request_must_have_one_valid_host() {
        for (hosts, is_valid) in [
            (&["id.example.org"][..], true),
            (&["id.example.org:8443"], true),
            (&["[::1]:8080"], true),
            (&[""], true),
            (&[], false),
            (&["id.example.org", "id.example.org"], false),
            (&["id.example.org/x"], false),
            (&["user@id.example.org"], false),
            (&["id example.org"], false),
        ] {
            assert_eq!(accepts(Version::HTTP_11, hosts), is_valid, "{hosts:?}");
        }
        assert!(accepts(Version::HTTP_10, &[]));
        assert!(!accepts(Version::HTTP_10, &["a", "b"]));
    }
}
