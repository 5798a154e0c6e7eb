//! What the tests of every other crate need of a store.
//!
//! | you want | take |
//! |---|---|
//! | a store for the test of a use case | [`MemoryStore`], which passes the contract |
//! | to prove that a store keeps the contract of the ports | [`suite!`] |
//! | an answer that no honest store gives, or a proof that nothing was written | [`MockStore`] |
//! | facts to begin with | [`fixtures`] |
//! | a PostgreSQL | [`postgres`] |

pub mod contract;
pub mod fixtures;
mod memory;
mod mock;
pub mod postgres;
mod suite;

pub use memory::MemoryStore;
pub use mock::MockStore;
