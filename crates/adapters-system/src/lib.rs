//! The world outside: readings of the machine (clock, randomness), the checks that a person takes part in
//! (passwords, one-time codes, passkeys), and what is sent to others (mail, logout tokens, HTTP requests).
//!
//! This is the only crate that asks the operating system what time it is.

mod clock;
mod entropy;
mod logout_sender;
mod mail;
mod outbound;
mod outbox;
mod passkeys;
mod passwords;
mod remembered;
mod totp;

pub use clock::SystemClock;
pub use entropy::SystemEntropy;
pub use logout_sender::HttpLogoutSender;
pub use mail::{InvalidMailSettings, SystemMailer};
pub use outbound::{HttpOutbound, InvalidOutboundSettings, OutboundSettings};
pub use passkeys::WebauthnPasskeys;
pub use passwords::Argon2Passwords;
pub use totp::TotpCodes;
