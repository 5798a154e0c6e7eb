use axum::http::Extensions;
use std::net::IpAddr;

/// Network address that a request came from: an extension of the request, set by the listener.
///
/// Without it, no attempt is counted for an address.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Returns the address of a request, if it is known.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<IpAddr> {
        extensions.get().map(|Self(address)| *address)
    }
}
