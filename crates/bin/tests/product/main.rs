//! End-to-end tests: the binary as an operator starts it, requests over TCP and commands.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod admin_faults;
mod audit;
mod back_channel_logout;
mod client_address;
mod crash;
mod deploy;
mod housekeeping;
mod live_changes;
mod over_tcp;
mod postgres;
mod recovery;
mod restart;
mod rolling_restart;
#[cfg(feature = "test-later-version")]
mod rolling_upgrade;
mod rust_clients;
mod store_copy;
mod support;
mod webhooks;
mod write_budget;
