//! Federation: sign-in with accounts at upstream providers.

pub mod identity;
