//! Use cases on mock stores: faults, lost races, and checks that nothing is written.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

mod account;
mod admin;
mod authorize;
mod browser_login;
mod clients;
mod composition;
mod email_codes;
mod fakes;
mod known_devices;
mod logins;
mod logout;
mod published;
mod registration;
mod second_factor;
mod sessions;
mod sign_in;
mod step_up;
mod stores;
mod tokens;
mod world;
