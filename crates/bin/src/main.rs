//! Countersign: an OAuth 2.1 and OpenID Connect authorization server in one binary.
//!
//! The rules are in `countersign-domain`, and the commands in `countersign-cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    countersign_cli::run()
}
