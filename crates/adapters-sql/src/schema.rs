//! The tables of both SQL stores, as statements are checked against.
//!
//! `tenant` is the number of the tenant that a row belongs to. It is part of every primary key, unique constraint and
//! index. Identifiers that grow with time come before it. Times are Unix seconds.

mod of_clients;
mod of_grants;
mod of_keys;
mod of_operation;
mod of_people;
mod of_users;

pub use of_clients::{client_origins, client_secrets, clients};
pub use of_grants::grants;
pub use of_keys::{key_sets, signing_keys};
pub use of_operation::{ephemera, events, nodes};
pub use of_people::{consents, devices, passkeys, recovery_codes, sessions};
pub use of_users::{credentials, users};

use diesel::allow_tables_to_appear_in_same_query;

allow_tables_to_appear_in_same_query!(clients, client_secrets);
allow_tables_to_appear_in_same_query!(sessions, users, credentials);
