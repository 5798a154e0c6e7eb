//! Use cases on stores that answer what no honest store would be made to: faults, lost races, and proofs
//! that nothing was written.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod clients;
mod fakes;
mod secret_uses;
mod signing_keys;
mod token;
