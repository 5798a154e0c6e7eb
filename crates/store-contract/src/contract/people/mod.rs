//! Users and what belongs to them.

pub mod administration;
mod belongings;
pub mod consents;
pub mod deletions;
pub mod devices;
pub mod identities;
pub mod memberships;
pub mod passkeys;
pub mod recovery_codes;
pub mod sessions;
pub mod user_changes;
pub mod user_commands;
pub mod user_steps;
pub mod user_versions;
pub mod users;
