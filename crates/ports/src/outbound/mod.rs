//! Outbound communication: HTTP requests, key sets of clients, logout tokens and mail; upstream providers; places of network addresses.

mod http;
mod key_sets;
mod logout;
mod mail;
mod places;
mod upstreams;

pub use http::{
    Outbound, OutboundContent, OutboundError, OutboundPurpose, OutboundRequest, OutboundResponse,
};
pub use key_sets::{KeySetFuture, KeySets, NoKeySet};
pub use logout::LogoutSender;
pub use mail::{Letter, Mailer, Message};
pub use places::{NoPlaces, Place, Places};
pub use upstreams::{
    UpstreamError, UpstreamFuture, UpstreamMetadata, UpstreamReach, UpstreamTokenRequest,
    UpstreamTokens, Upstreams,
};
