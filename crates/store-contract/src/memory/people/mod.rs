//! Users and what belongs to them.

mod consents;
mod devices;
mod passkeys;
mod recovery_codes;
mod sessions;
mod users;
