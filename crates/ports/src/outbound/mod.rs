//! Outbound communication: HTTP requests, logout tokens and mail.

mod http;
mod logout;
mod mail;

pub use http::{Outbound, OutboundError, OutboundPurpose, OutboundRequest, OutboundResponse};
pub use logout::LogoutSender;
pub use mail::{Mailer, Message};
