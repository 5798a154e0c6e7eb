//! Wire formats of an OAuth 2.1 and OpenID Connect server that uses [`countersign_domain`].
//!
//! | task | start with |
//! |---|---|
//! | read a form or a query | [`form::parse`], [`parameters::parameters`] |
//! | read the parameters of an endpoint | [`authorization::AuthorizationParameters`], [`token_request::TokenParameters`] |
//! | read client credentials | [`client::PresentedClient::read`] |
//! | write an error response | [`refused::RequestRefused`], [`refused::status`], [`refused::basic_challenge`] |
//! | write a token response | [`token_response::TokenMembers`] |
//! | write the claims of a token | [`claims::access_token`], [`claims::id_token`] |
//! | seal codes, refresh tokens and completed steps | [`sealed`] |
//!
//! Responses and claims are pairs of a name and a [`Value`], for any serializer. With the feature `serde`, [`Object`]
//! serializes them.
//!
//! The crate is `no_std`. It needs no HTTP library: headers are bytes, and a status is a number.

#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a failing test panics"
    )
)]

extern crate alloc;

pub mod authorization;
pub mod claims;
pub mod client;
pub mod form;
mod json;
pub mod malformed;
pub mod parameters;
pub mod prelude;
pub mod refused;
pub mod sealed;
#[cfg(feature = "serde")]
mod serde;
pub mod token_request;
pub mod token_response;
mod value;

#[cfg(feature = "serde")]
pub use crate::serde::Object;
pub use value::Value;
