//! Upstream providers: identity providers at which the users of this server can sign in.

pub mod account;
pub mod check;
pub mod claims;
pub mod email_domain;
pub mod identity;
pub mod preset;
pub mod profile_mapping;
pub mod protocol;
pub mod provider;
pub mod provider_name;
pub mod url;
pub mod value_table;
pub mod ways_in;
