//! Users with their credentials, sessions, consents, and devices.

mod consents;
mod devices;
mod passkeys;
mod recovery_codes;
mod sessions;
mod user_credentials;
pub(crate) mod users;
