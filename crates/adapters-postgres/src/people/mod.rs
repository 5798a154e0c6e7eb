//! Users with their credentials, sessions, consents, and devices.

mod consents;
mod devices;
mod passkeys;
mod recovery_codes;
mod sessions;
pub(crate) mod users;
