//! Tokens: what is issued, what a token says, and the keys that sign it.

pub mod access_token;
pub mod claims;
pub mod issuance;
pub mod signing_algorithm;
pub mod signing_key;
