//! Readings of the machine: clock, randomness, and the two checks that a person takes part in, passwords
//! and one-time codes.
//!
//! This is the only crate that asks the operating system what time it is.

mod clock;
mod entropy;
mod generated;
mod passkeys;
mod passwords;
mod remembered;
mod totp;

pub use clock::SystemClock;
pub use entropy::SystemEntropy;
pub use generated::{random_client_id, random_secret};
pub use passkeys::WebauthnPasskeys;
pub use passwords::Argon2Passwords;
pub use totp::TotpCodes;
