//! Users with their credentials, groups, sessions, consents, and devices.

mod administration;
mod consents;
mod devices;
mod identities;
mod identity_rows;
pub(crate) mod lookups;
pub(crate) mod memberships;
mod passkeys;
mod recovery_codes;
mod removals;
pub(crate) mod sessions;
mod user_credentials;
pub(crate) mod users;
