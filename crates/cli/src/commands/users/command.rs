//! Arguments of `countersign users`.

use super::access::AccessCommand;
use super::arguments::{PasswordArgs, UserArgs};
use super::delete::SearchUsers;
use super::edit::EditUser;
use super::examples;
use super::invitations::InvitationCommand;
use crate::arguments::{OutputArgs, TargetArgs};
use clap::{Args, Subcommand};
use countersign_domain::user::Email;
use std::path::PathBuf;

/// Commands of `countersign users`.
#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Create a user
    ///
    /// Without --password-stdin, generates a password and prints it once.
    #[command(after_help = examples::CREATE)]
    Create(CreateUser),
    /// List all users
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List the users whose email address begins with a text
    #[command(after_help = examples::SEARCH)]
    Search(SearchUsers),
    /// Show a user
    #[command(after_help = examples::SHOW)]
    Show(UserArgs),
    /// Change the email address or claims of a user
    ///
    /// A new address is unverified, unless --email-verified says otherwise. `users set-claims` sets the postal address.
    #[command(after_help = examples::EDIT)]
    Edit(EditUser),
    /// Disable a user
    ///
    /// Ends the user's sessions, removes trusted devices, revokes grants and notifies clients. `users enable` lets the
    /// user sign in again, but does not restore the grants.
    #[command(after_help = examples::DISABLE)]
    Disable(UserArgs),
    /// Enable a disabled user
    #[command(after_help = examples::ENABLE)]
    Enable(UserArgs),
    /// Clear a user's failed sign-in attempts
    ///
    /// After too many failed attempts, a user has to wait for up to ten minutes. This command ends the wait. It does not
    /// change a disabled user: see `users enable`.
    #[command(after_help = examples::UNLOCK)]
    Unlock(UserArgs),
    /// Delete a user
    ///
    /// Deletes the user with credentials, sessions, consents and admin roles, revokes grants and notifies clients. The
    /// audit log keeps the user's events. The last owner cannot be deleted.
    #[command(after_help = examples::DELETE)]
    Delete(UserArgs),
    /// Set a user's password
    ///
    /// Ends the user's sessions, removes trusted devices, revokes grants and notifies clients. Without
    /// --password-stdin, generates a password and prints it once.
    #[command(after_help = examples::SET_PASSWORD)]
    SetPassword {
        #[command(flatten)]
        user: UserArgs,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Set a user's OpenID claims
    ///
    /// The file uses the claim names of OpenID Connect. A claim with null is removed. Claims that are not in the file
    /// are kept. An address replaces the previous address as a whole.
    #[command(after_help = examples::SET_CLAIMS)]
    SetClaims {
        #[command(flatten)]
        user: UserArgs,
        /// JSON file with standard claims, such as {"locale": "en", "address": {"country": "DEU"}}
        #[arg(long, value_name = "FILE")]
        claims: PathBuf,
    },
    /// Require a one-time code from a user at each login (TOTP, RFC 6238)
    ///
    /// Prints the secret for the user's authenticator app once. If the user already has a secret, a new one
    /// replaces it, and recovery codes and trusted devices are removed.
    #[command(after_help = examples::ENABLE_TOTP)]
    EnableTotp(UserArgs),
    /// Remove a user's second factors
    ///
    /// For a user who has lost them: removes the authenticator app, passkeys, recovery codes and trusted devices. Ends
    /// the user's sessions, revokes grants and notifies clients, because a lost device may still be signed in.
    #[command(after_help = examples::RESET_FACTORS)]
    ResetFactors(UserArgs),
    #[command(flatten)]
    Invitation(InvitationCommand),
    #[command(flatten)]
    Access(AccessCommand),
}

/// User to create.
#[derive(Args, Debug)]
pub(crate) struct CreateUser {
    /// Email address that the user signs in with
    #[arg(long, value_parser = Email::parse)]
    pub(super) email: Email,
    /// Full name of the user
    #[arg(long)]
    pub(super) name: Option<String>,
    /// JSON file with standard claims, as in `users set-claims`
    #[arg(long, value_name = "FILE")]
    pub(super) claims: Option<PathBuf>,
    #[command(flatten)]
    pub(super) password: PasswordArgs,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

impl CreateUser {
    /// Returns whether the admin API cannot create the user.
    pub(super) const fn needs_store(&self) -> bool {
        self.claims.is_some() || self.password.password_stdin
    }
}

impl UsersCommand {
    /// Returns the store or server of the command, and the output format if the admin API returns an object.
    pub(super) fn place(&self) -> (&TargetArgs, Option<OutputArgs>) {
        match self {
            Self::Create(args) => {
                let output = Some(args.output).filter(|_| !args.needs_store());
                (&args.target, output)
            }
            Self::List { target, output } => (target, Some(*output)),
            Self::Search(args) => (&args.target, Some(args.output)),
            Self::Edit(args) => (&args.target, Some(args.output)),
            Self::Show(args)
            | Self::Disable(args)
            | Self::Enable(args)
            | Self::Unlock(args)
            | Self::ResetFactors(args) => (&args.target, Some(args.output)),
            Self::SetPassword { user, password } => {
                let output = Some(user.output).filter(|_| !password.password_stdin);
                (&user.target, output)
            }
            Self::Delete(args) | Self::EnableTotp(args) | Self::SetClaims { user: args, .. } => {
                (&args.target, None)
            }
            Self::Invitation(command) => (command.target(), None),
            Self::Access(command) => command.place(),
        }
    }
}
