//! In-memory store of grants and clients, and the loop that carries out the decisions of [`countersign_domain`].
//!
//! | task | call |
//! |---|---|
//! | redeem a code, or store the grant of a custom grant type | [`Grants::redeem`] |
//! | refresh | [`Grants::refresh`] |
//! | carry out another decision | [`Grants::carry_out`] |
//! | register and find clients | [`Clients`] |
//! | keep users signed in, and keep their consent | [`Sessions`], [`Consents`] |
//! | all of them, and sign-out | [`Store`] |
//!
//! The store is for tests, prototypes and devices: a restart loses all grants. The methods take `&mut self`, so a
//! server with threads puts the store behind one lock. Reading, judging and writing are then one step. A store that
//! several processes share replaces each write by one conditional statement, and reads again when it lost the race.
//!
//! The crate is `no_std`, and neither async nor bound to a lock.

#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a failing test panics"
    )
)]

extern crate alloc;

mod clients;
mod grants;
mod people;
mod store;
#[cfg(test)]
mod test_facts;

pub use clients::Clients;
pub use grants::Grants;
pub use people::{Consents, Sessions};
pub use store::Store;
