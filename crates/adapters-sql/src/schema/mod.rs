//! Tables of both SQL stores, against which Diesel checks the statements.
//!
//! `tenant` is the number of the tenant of a row. It is part of every primary key, unique constraint, and index.
//! Identifiers that grow with time come before it. Times are in Unix seconds.

mod client_tables;
mod grant_tables;
mod key_tables;
mod operation_tables;
mod people_tables;
mod tenant_tables;
mod user_tables;

pub use client_tables::{client_origins, client_secrets, clients, definitions};
pub use grant_tables::grants;
pub use key_tables::{key_sets, signing_keys};
pub use operation_tables::{ephemera, event_batches, events, nodes};
pub use people_tables::{consents, devices, identities, passkeys, recovery_codes, sessions};
pub use user_tables::{credentials, memberships, users};

use diesel::allow_tables_to_appear_in_same_query;

allow_tables_to_appear_in_same_query!(clients, client_secrets);
allow_tables_to_appear_in_same_query!(events, event_batches);
allow_tables_to_appear_in_same_query!(sessions, users, credentials, memberships);
pub use tenant_tables::TENANT_TABLES;
