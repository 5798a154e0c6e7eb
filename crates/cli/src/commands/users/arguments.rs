//! Arguments that several commands about users have.

use crate::arguments::{OutputArgs, TargetArgs};
use clap::Args;

/// Source of the password.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct PasswordArgs {
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(super) password_stdin: bool,
}

/// User that a command is about.
#[derive(Args, Debug)]
pub(crate) struct UserArgs {
    /// ID or email address of the user
    pub(super) user: String,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}
