//! Outbound communication: HTTP requests, key sets of clients, logout tokens and mail.

mod http;
mod key_sets;
mod logout;
mod mail;

pub use http::{
    Outbound, OutboundContent, OutboundError, OutboundPurpose, OutboundRequest, OutboundResponse,
};
pub use key_sets::{KeySetFuture, KeySets, NoKeySet};
pub use logout::LogoutSender;
pub use mail::{Letter, Mailer, Message};
