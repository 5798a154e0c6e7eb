//! The embedded store: one SQLite file.
//!
//! A commit that waits for the disk costs some 200 microseconds, a rotation itself some 15. So all
//! changes go through one thread, which puts those that wait at the same moment into one transaction;
//! each keeps its own answer, and gets it after the commit. When only one waits, it goes at once.
//!
//! Points are read on the thread of the caller (some microseconds, and a writer never blocks a reader in
//! WAL mode), lists on a thread that may block.
//!
//! Several processes may have the file open: a server, and the command line beside it.

mod changes;
mod clients;
mod connection;
mod consents;
mod devices;
mod ephemera;
mod events;
mod grants;
mod housekeeping;
mod nodes;
mod passkeys;
#[cfg(test)]
mod plans;
mod readers;
mod recovery_codes;
mod schema;
mod sessions;
mod signing_keys;
mod statement;
mod store;
mod transfer;
mod user_credentials;
mod users;
mod writer;

pub use store::SqliteStore;
