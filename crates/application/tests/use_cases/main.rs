//! Use cases on mock stores: faults, lost races, and checks that nothing is written.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

mod accounts;
mod admin;
mod admin_claims;
mod admin_clients;
mod admin_secrets;
mod admin_users;
mod assertions;
mod authorize;
mod browser_login;
mod client_authentication;
mod clients;
mod composition;
mod factors;
mod fakes;
mod introspection;
mod logins;
mod logout;
mod origins;
mod registration;
mod revocation;
mod second_factor;
mod secret_uses;
mod session_ends;
mod sessions;
mod sign_in;
mod signing_keys;
mod step_up;
mod stores;
mod token;
mod tokens_back;
mod userinfo;
mod world;
