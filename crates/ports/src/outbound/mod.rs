//! Outbound communication: HTTP requests, key sets of clients, logout tokens and mail; places of network addresses.

mod http;
mod key_sets;
mod logout;
mod mail;
mod places;

pub use http::{
    Outbound, OutboundContent, OutboundError, OutboundPurpose, OutboundRequest, OutboundResponse,
};
pub use key_sets::{KeySetFuture, KeySets, NoKeySet};
pub use logout::LogoutSender;
pub use mail::{Letter, Mailer, Message};
pub use places::{NoPlaces, Place, Places};
