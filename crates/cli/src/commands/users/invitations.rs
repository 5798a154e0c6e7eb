//! Invitations to create an account.

use super::examples;
use crate::api::{Api, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::output;
use axum::http::Method;
use clap::{Args, Subcommand};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::user::Email;
use serde_json::json;

/// Commands of `countersign users` about invitations.
#[derive(Debug, Subcommand)]
pub(crate) enum InvitationCommand {
    /// Invite a person to create an account
    ///
    /// Sends a mail with a link that works once. Requires `login.sign_up` and `mail.url`. A new invitation of the same
    /// address replaces the earlier one, whose link then no longer works.
    #[command(after_help = examples::INVITE)]
    Invite(Invite),
    /// List the invitations that have not been accepted
    ///
    /// Some may have expired.
    #[command(after_help = examples::INVITATIONS)]
    Invitations {
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Revoke an invitation
    ///
    /// Its link no longer works.
    #[command(after_help = examples::REVOKE_INVITATION)]
    RevokeInvitation {
        /// Email address of the invited person
        #[arg(value_parser = Email::parse)]
        email: Email,
        #[command(flatten)]
        target: TargetArgs,
    },
}

/// Person to invite.
#[derive(Args, Debug)]
pub(crate) struct Invite {
    /// Email address of the person
    #[arg(value_parser = Email::parse)]
    email: Email,
    /// Group that the new user joins; may be repeated
    #[arg(long = "group", value_name = "NAME", value_parser = GroupName::parse)]
    groups: Vec<GroupName>,
    /// Language of the mail, instead of `pages.language`
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl InvitationCommand {
    /// Returns the store or server of the command.
    pub(super) const fn target(&self) -> &TargetArgs {
        match self {
            Self::Invite(invite) => &invite.target,
            Self::Invitations { target, .. } | Self::RevokeInvitation { target, .. } => target,
        }
    }

    /// Runs the command.
    pub(super) async fn run_at(self, api: &Api) -> Result<(), CommandError> {
        match self {
            Self::Invite(invite) => {
                let groups = invite.groups.iter().map(GroupName::as_str);
                let new = json!({
                    "email": invite.email.as_str(),
                    "groups": groups.collect::<Vec<_>>(),
                    "language": invite.language,
                });
                let invited = api.send(Method::POST, "/invitations", Some(&new)).await?;
                render::print(&invited, &[], invite.output)
            }
            Self::Invitations { output, .. } => {
                let all = api.list("/invitations").await?;
                render::print(&all, &["email", "groups", "expires_at"], output)
            }
            Self::RevokeInvitation { email, .. } => {
                let one = path(&["invitations", email.as_str()]);
                api.send(Method::DELETE, &one, None).await?;
                output::print(&format!("Revoked the invitation of {email}.\n"))
            }
        }
    }
}
