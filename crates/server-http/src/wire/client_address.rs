use axum::http::Extensions;
use std::net::IpAddr;

/// Network address of the client. The listener sets it as an extension of the request.
///
/// Without it, the server does not limit attempts by address.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Returns the address of a request, if known.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<IpAddr> {
        extensions.get().map(|Self(address)| *address)
    }
}
