//! What the SQL stores share: tables, rows, and documents.
//!
//! A row type converts between a domain value and its columns. [`documents`] are the JSON objects that hold what
//! administrators edit. [`schema`] has the tables as Diesel knows them. Migrations, and statements that depend on the
//! database, are in the crates of the stores.
//!
//! **Layering:** this crate uses `domain`, `ports` and `codec`. Only the two SQL stores use it.
//!
//! **Invariants:**
//!
//! * Domain constructors validate every row that is read. An invalid value is an error, never a panic.
//! * Every row of a table with tenants has the number of its tenant.
//! * A document keeps members that this version does not know.

pub mod clients;
pub mod columns;
pub mod definitions;
pub mod documents;
pub mod ephemera;
pub mod feed;
pub mod grants;
pub mod id;
pub mod people;
pub mod schema;
pub mod signing_keys;
pub mod slices;
pub mod statistics;
