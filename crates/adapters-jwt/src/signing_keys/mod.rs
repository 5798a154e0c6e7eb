//! Signing keys: stored, parsed, published, and used to sign a token.

pub(crate) mod held_key;
pub(crate) mod jwk;
pub(crate) mod rsa_turns;
mod seen_tokens;
pub(crate) mod signing_key;
pub(crate) mod spare_keys;
pub(crate) mod token;
pub(crate) mod view;
