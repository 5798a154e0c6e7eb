//! The embedded store: one SQLite file.
//!
//! A commit that waits for the disk takes about 200 microseconds, a rotation itself about 15. So one thread makes all
//! changes. It puts the changes that wait at the same time into one transaction; each keeps its own result, which it gets
//! after the commit. A change that arrives alone is committed at once.
//!
//! Reads by key run on the calling thread: they take microseconds, and in WAL mode a writer never blocks a reader. Lists are
//! read on a thread that may block. Several processes may open the file: a server and the command line.
//!
//! | folder or file | holds |
//! |---|---|
//! | `store` | [`SqliteStore`] |
//! | `connection` | opening the file, the readers, the writer thread |
//! | `schema` | migrations, and the table of the change feed |
//! | `grants`, `clients`, `signing_keys`, `people`, `ephemera`, `feed`, `housekeeping`, `transfer` | implementations of the ports of the same names |
//! | `tenant_rows` | removal of the rows of a tenant |
//! | `statement` | a macro for statements with a fixed text |
//!
//! **Layering:** this crate uses `domain`, `ports` and `adapters-sql`.
//!
//! **Invariants:**
//!
//! * A write runs in one transaction, and is on disk before its caller gets the result.
//! * A failed write does not affect the other writes of its group.
//! * A statement touches rows of one tenant, except for housekeeping and the feed.

mod clients;
mod connection;
mod definitions;
mod ephemera;
mod feed;
mod grants;
mod housekeeping;
mod people;
#[cfg(test)]
mod plans;
mod schema;
mod signing_keys;
mod statement;
mod statistics;
mod store;
mod tenant_rows;
mod transfer;

pub use store::SqliteStore;
