//! Countersign: an OAuth 2.1 and OpenID Connect authorization server in one binary.
//!
//! Thin on purpose: configuration, adapters, router. The rules are in `countersign-domain`.

#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may fail loudly"
    )
)]

mod cli;
mod commands;
mod config;
mod date;
mod dev;
mod failure;
mod logging;
mod output;
mod server;
mod store;

use clap::Parser as _;
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // With standard error gone there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{}", failure.message);
            ExitCode::from(failure.exit as u8)
        }
    }
}
