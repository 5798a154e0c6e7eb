//! Rows of users, and of their groups, sessions, consents, passkeys, and devices.

pub mod consents;
pub mod devices;
pub mod memberships;
pub mod passkeys;
pub mod search;
pub mod sessions;
pub mod users;
