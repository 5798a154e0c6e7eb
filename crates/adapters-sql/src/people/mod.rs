//! Rows of users, and of their groups, sessions, consents, passkeys, devices, and identities.

pub mod consents;
pub mod devices;
pub mod identities;
pub mod memberships;
pub mod passkeys;
pub mod search;
pub mod sessions;
pub mod users;
