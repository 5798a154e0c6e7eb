//! The token endpoint: both dialects, client authentication, replays and resources.

mod aero2;
mod aries;
mod aries_refusals;
mod both;
mod jwks_uri;
mod kinds;
pub(crate) mod private_key_jwt;
mod races;
mod replay;
mod resources;
mod token_exchange;
mod workloads;
