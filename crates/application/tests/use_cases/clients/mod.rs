//! Clients: the cache, authentication and uses of secrets.

mod assertions;
mod authentication;
mod cache;
mod jwks_uri;
mod origins;
mod secret_uses;
