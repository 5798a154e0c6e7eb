//! What the SQL stores have in common: how values of the domain stand in columns, and the rows of what
//! both keep in the same form. Whatever depends on the database is theirs.

pub mod clients;
pub mod columns;
pub mod consents;
pub mod denied_tokens;
pub mod devices;
pub mod id;
mod openid;
pub mod passkeys;
mod profile;
pub mod schema;
pub mod sessions;
pub mod signing_keys;
pub mod users;
