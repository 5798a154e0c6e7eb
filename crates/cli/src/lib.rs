//! The command line: commands, configuration, output, the development server, and the server process itself.
//!
//! This is where a store URL, a key file and a mail URL become adapters, so this crate may use all of them. It uses the
//! router crates (`server-http`, `server-pages`, `server-admin`) for `serve` and `dev`.
//!
//! Architecture invariants:
//!
//! * A command parses its arguments, calls one use case of `application::admin` and prints the result. It contains no rule.
//! * Only [`Endpoints::front`] composes endpoints. The product and the wire tests both call it.
//! * The environment and the configuration file are read once, at the start.

#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may fail loudly"
    )
)]

mod api;
mod arguments;
mod cli;
mod command_error;
mod commands;
mod config;
mod date;
mod dev;
mod files;
mod logging;
mod output;
mod ownership;
mod product;
mod server;
mod store;

pub use server::Endpoints;
use std::io::Write as _;
use std::process::ExitCode;

/// Runs the command that the arguments of the process name, and returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    match commands::run(cli::Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If standard error is closed, the message is lost.
            let _ = writeln!(std::io::stderr(), "{}", failure.message);
            ExitCode::from(failure.exit as u8)
        }
    }
}
