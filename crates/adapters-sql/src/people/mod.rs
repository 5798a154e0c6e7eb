//! Rows of users and of what belongs to them.

pub mod consents;
pub mod devices;
pub mod passkeys;
pub mod sessions;
pub mod users;
