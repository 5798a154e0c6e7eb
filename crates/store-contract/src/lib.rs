//! Stores and fixtures for the tests of other crates.
//!
//! | You need | Use |
//! |---|---|
//! | a store for tests of use cases | [`MemoryStore`], which satisfies the contract |
//! | to check that a store satisfies the contract of the ports | [`suite!`] |
//! | a failing store, or a check that nothing was written | [`MockStore`] |
//! | default values | [`fixtures`] |
//! | a PostgreSQL server | [`postgres`] |
//! | the latency of slices among many users | [`scale`] |
//!
//! **Layering:** this crate uses `domain`, `ports` and `codec`. Other crates depend on it only for their tests.
//!
//! **Invariants:** every sentence of a port's contract is a property in [`contract`], and every property is in [`suite!`].
//! Tests check both.

pub mod contract;
pub mod fixtures;
mod memory;
mod mock;
pub mod postgres;
pub mod scale;
mod suite;

pub use memory::MemoryStore;
pub use mock::MockStore;
