//! In-memory store of clients, grants, sessions and consents. It carries out the decisions of [`countersign_domain`].
//!
//! | task | call |
//! |---|---|
//! | redeem a code, or store the grant of a custom grant type | [`Grants::redeem`] |
//! | refresh | [`Grants::refresh`] |
//! | carry out another decision | [`Grants::carry_out`] |
//! | register and find clients | [`Clients`] |
//! | keep users signed in, and store their consent | [`Sessions`], [`Consents`] |
//! | use all of them together, sign a user out, or disable a user | [`Store`] |
//!
//! The store is for tests, prototypes and devices: a restart loses all data. The methods take `&mut self`, so a
//! multithreaded server puts the store behind one lock. Reading, judging and writing are then one atomic step. In a
//! store that several processes share, each write is one conditional statement. A caller that loses a race reads again.
//!
//! The crate is `no_std` and synchronous, and has no lock.

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
