//! Accounts at upstream providers, and how they become accounts of this server.

mod linking;
mod profile;
mod upstream_user;

pub use linking::{AddressOwner, Linking, NotLinked};
pub use upstream_user::{ListedEmail, UnidentifiedUser, UpstreamEmail, UpstreamUser};
