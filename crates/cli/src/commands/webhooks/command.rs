//! Arguments of `countersign webhooks`.

use super::examples;
use crate::api::fields::{FieldsArgs, Schema};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::date::parse;
use clap::{Args, Subcommand};
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::WebhookName;

/// Commands of `countersign webhooks`.
#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// Create a webhook
    ///
    /// Prints the signing secret, which is never shown again. The receiver gets the events from now on.
    #[command(after_help = examples::CREATE)]
    Create(CreateArgs),
    /// List all webhooks
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show a webhook
    #[command(after_help = examples::SHOW)]
    Show(WebhookArgs),
    /// Change a webhook
    ///
    /// A disabled webhook continues where it stopped once it is enabled again.
    #[command(after_help = examples::EDIT)]
    Edit {
        #[command(flatten)]
        webhook: WebhookArgs,
        #[command(flatten)]
        fields: FieldsArgs<Fields>,
    },
    /// Delete a webhook with its dead letters
    #[command(after_help = examples::DELETE)]
    Delete(WebhookArgs),
    /// Add a signing secret
    ///
    /// Prints the secret, which is never shown again. Messages are signed with both secrets until the previous one
    /// expires.
    #[command(after_help = examples::ROTATE_SECRET)]
    RotateSecret {
        #[command(flatten)]
        webhook: WebhookArgs,
        /// Seconds until the previous secret expires; 0 if it has leaked
        #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
        overlap: u64,
    },
    /// Send a test message
    ///
    /// Sends a message of the type webhook.test once, from this machine or from the server, and prints the outcome.
    #[command(after_help = examples::TEST)]
    Test(WebhookArgs),
    /// List the events that were given up
    #[command(after_help = examples::DEAD_LETTERS)]
    DeadLetters(WebhookArgs),
    /// Send events again
    ///
    /// Sends the dead letters again, or with --since all events from this time on.
    #[command(after_help = examples::REPLAY)]
    Replay {
        #[command(flatten)]
        webhook: WebhookArgs,
        /// Time of the first event: RFC 3339, or seconds since the Unix epoch
        #[arg(long, value_name = "TIME", value_parser = time)]
        since: Option<Timestamp>,
    },
}

/// New webhook.
#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    pub(super) webhook: WebhookArgs,
    /// URL of the receiver
    #[arg(long)]
    pub(super) url: String,
    /// Event type to send, such as client.created, or all types of an object: user.*; may be repeated
    #[arg(long = "event", value_name = "TYPE", required = true, num_args = 1.., value_delimiter = ',')]
    pub(super) events: Vec<String>,
    /// Description
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(super) description: String,
    /// Send nothing until the webhook is enabled
    #[arg(long)]
    pub(super) disabled: bool,
}

/// Webhook that a command is about.
#[derive(Args, Debug)]
pub(crate) struct WebhookArgs {
    /// Name of the webhook
    #[arg(value_parser = WebhookName::parse)]
    pub(super) name: WebhookName,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// Fields of a webhook.
#[derive(Debug)]
pub(crate) struct Fields;

impl Schema for Fields {
    const OPERATION: &'static str = "updateWebhook";
    const FIXED: &'static [&'static str] = &["name"];
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    parse(text)
        .ok_or("it must be a time such as 2026-11-22T05:04:50Z, or seconds since the Unix epoch")
}

impl WebhooksCommand {
    /// Returns the store or server of the command.
    pub(super) const fn target(&self) -> &TargetArgs {
        match self {
            Self::Create(args) => &args.webhook.target,
            Self::List { target, .. } => target,
            Self::Show(webhook)
            | Self::Delete(webhook)
            | Self::Test(webhook)
            | Self::DeadLetters(webhook)
            | Self::Edit { webhook, .. }
            | Self::RotateSecret { webhook, .. }
            | Self::Replay { webhook, .. } => &webhook.target,
        }
    }
}
