//! The store for several nodes: PostgreSQL.
//!
//! A commit costs far more than the update in it. So grants that are established, rotated, revoked or looked up at the
//! same time share a statement and a commit; each request keeps its own result. A request that arrives alone is sent at
//! once, by its own task. See `connection/groups`.
//!
//! | folder or file | holds |
//! |---|---|
//! | `store` | [`PostgresStore`] |
//! | `connection` | address, TLS, pool, groups of requests |
//! | `schema` | migrations, and indexes that are built during operation |
//! | `grants`, `clients`, `signing_keys`, `people`, `ephemera`, `feed`, `housekeeping`, `transfer` | implementations of the ports of the same names |
//! | `diagnosis` | facts that predict failures |
//! | `statement`, `keyset` | helpers for statements |
//!
//! **Layering:** this crate uses `domain`, `ports` and `adapters-sql`. No other crate uses its connections.
//!
//! **Invariants:**
//!
//! * Every statement of a token request uses the primary key, is prepared once per connection, and is a separate
//!   transaction. A redemption sends two in one round trip. Only commands of administrators (clients, users, signing
//!   keys) run several statements in a transaction.
//! * A statement touches rows of one tenant, except for housekeeping and the feed. No statement locks a row that tenants
//!   share.
//! * All statements lock rows in key order, so that no two of them deadlock.

mod clients;
mod connection;
mod definitions;
mod diagnosis;
mod ephemera;
#[cfg(test)]
mod explain;
mod feed;
mod grants;
mod housekeeping;
mod keyset;
mod people;
mod schema;
mod signing_keys;
mod statement;
mod statistics;
mod store;
#[cfg(test)]
mod test_store;
mod transfer;

pub use store::{Options, PostgresStore};
