//! The store of the product, SQLite or PostgreSQL, behind the same ports.
//!
//! | file | holds |
//! |---|---|
//! | `store` | [`AnyStore`] |
//! | `ports` | implementations of the ports, by delegation |
//!
//! **Layering:** this crate uses `domain`, `ports`, `adapters-sqlite` and `adapters-postgres`.
//!
//! **Invariant:** the statements of both stores are compiled in this crate, and not again in the crates that use it.

#[expect(
    clippy::elidable_lifetime_names,
    reason = "a macro writes them for every method, with references or without"
)]
mod ports;
mod store;

pub use countersign_adapters_postgres::Options;
pub use store::AnyStore;
