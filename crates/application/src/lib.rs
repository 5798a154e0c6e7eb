//! The use cases: read, judge, race.
//!
//! Each reads the clock once, asks the store for facts, lets a rule of the domain judge, and carries the
//! decision out by one verb of the store. None of them knows a wire format.

mod clients;
mod failure;
mod login;
mod secret_uses;
mod signing_keys;
mod token;

pub use clients::Clients;
pub use failure::Failure;
pub use login::{IssuedCode, LoginRequest, Logins, PendingStep, totp_context};
pub use secret_uses::SecretUses;
pub use signing_keys::{MakeSigningKey, ensure_signing_keys, rotate_signing_keys};
pub use token::{
    GrantRequest, ResponseForm, TokenIssuer, TokenRequest, TokenResponse, TokenSettings,
};
