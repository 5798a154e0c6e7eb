//! Tokens: token responses, claims, checks of presented access tokens, and signing keys.

pub mod access_token;
pub mod actor;
pub mod claims;
pub mod custom_claims;
pub mod issuance;
pub mod signing_algorithm;
pub mod signing_key;
pub mod token_id;
