//! What happens to every request before and after the router: its turn, its client address, its ID, and its `Host`.

use super::turns::{Awaited, Turns};
use axum::body::Body;
use axum::http::{HeaderMap, Request, Version, header};
use axum::response::Response;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::{ClientAddress, identified, oauth_error};
use hyper::service::Service;
use std::net::IpAddr;
use std::pin::Pin;

/// Service for the requests of one connection.
pub(super) struct Requests<S, F> {
    service: S,
    turns: Turns,
    address_of: F,
}

impl<S, F> Requests<S, F> {
    /// `address_of` returns the client address of a request with these headers.
    pub(super) const fn new(service: S, turns: Turns, address_of: F) -> Self {
        Self {
            service,
            turns,
            address_of,
        }
    }
}

impl<S, F, B> Service<Request<B>> for Requests<S, F>
where
    S: Service<Request<Awaited<B>>, Response = Response<Body>>,
    S::Error: Send,
    S::Future: Send + 'static,
    F: Fn(&HeaderMap) -> IpAddr,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn call(&self, mut request: Request<B>) -> Self::Future {
        self.turns.next();
        let address = (self.address_of)(request.headers());
        request.extensions_mut().insert(ClientAddress(address));
        let has_host = has_host(request.version(), request.headers());
        let request = request.map(|body| Awaited::new(body, self.turns.clone()));
        let (response, turns) = (self.service.call(request), self.turns.clone());
        let response = async move {
            if has_host {
                response.await
            } else {
                Ok(without_host())
            }
        };
        Box::pin(async move {
            let response = identified(Some(address), response).await;
            turns.next();
            response
        })
    }
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

/// Returns whether a host with an optional port may contain this byte (RFC 3986 sections 3.2.2 and 3.2.3).
fn may_be_in_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(&byte)
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
