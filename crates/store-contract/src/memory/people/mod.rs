//! Users and what belongs to them.

mod administration;
mod consents;
mod devices;
mod identities;
mod passkeys;
mod recovery_codes;
mod sessions;
mod users;
