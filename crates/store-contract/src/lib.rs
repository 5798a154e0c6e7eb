//! What the tests of every other crate need of a store.
//!
//! | you want | take |
//! |---|---|
//! | a store for the test of a use case | [`MemoryStore`], which passes the contract |
//! | an answer that no honest store gives, or a proof that nothing was written | [`MockStore`] |
//! | facts to begin with | [`fixtures`] |

pub mod fixtures;
mod memory;
mod mock;

pub use memory::MemoryStore;
pub use mock::MockStore;
