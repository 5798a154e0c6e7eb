//! Tokens: their claims as JSON, and the key ring that signs and verifies them.

mod access_token;
pub(crate) mod claims;
pub(crate) mod custom_json;
pub(crate) mod key_ring;
mod shared_token;
mod verify;
