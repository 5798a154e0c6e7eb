//! What the SQL stores have in common: tables, rows, documents, and how values of the domain stand in columns. What
//! depends on the database is theirs.

pub mod changes;
pub mod clients;
pub mod columns;
pub mod consents;
pub mod devices;
pub mod documents;
pub mod ephemera;
pub mod events;
pub mod grants;
pub mod id;
pub mod passkeys;
pub mod schema;
pub mod sessions;
pub mod signing_keys;
pub mod slices;
pub mod users;
