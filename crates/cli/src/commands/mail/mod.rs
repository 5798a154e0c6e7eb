//! `countersign mail`.

mod examples;

use crate::arguments::ConfigArgs;
use crate::command_error::{CommandError, Exit};
use crate::commands::setup;
use crate::config::mailer;
use crate::output;
use axum::http::HeaderMap;
use clap::Subcommand;
use countersign_domain::user::Email;
use countersign_ports::Message;

/// Commands of `countersign mail`.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Send a test message through the configured mail server
    ///
    /// Tries once, and prints the reply of the mail server.
    #[command(after_help = examples::TEST)]
    Test {
        /// Recipient
        #[arg(value_parser = Email::parse)]
        address: Email,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

impl MailCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Test { address, config } => test(address, &config).await,
        }
    }
}

async fn test(recipient: Email, config: &ConfigArgs) -> Result<(), CommandError> {
    let settings = setup::settings(config)?;
    if settings.mail.is_none() {
        return Err(CommandError::usage(
            "`mail.url` is not set. Set it to the mail server, such as smtps://user:password@mail.example.org, and `mail.from` to the sender address.",
        ));
    }
    let mailer = mailer(settings.mail.as_ref())?;
    let issuer = settings.issuer.as_deref().unwrap_or_default();
    let pages = settings.pages.pages(issuer)?;
    let (subject, text) = pages.page(&HeaderMap::new(), None).test_mail();
    let message = Message {
        recipient,
        subject,
        text,
    };
    let to = message.recipient.as_str();
    match mailer.send_now(&message).await {
        Ok(reply) => output::print(&format!(
            "The message to {to} was accepted: {reply}\nIf it does not arrive, look at the log of the mail server and in the spam folder.\n"
        )),
        Err(failure) => Err(CommandError::new(
            Exit::Failed,
            format!(
                "The message to {to} was not sent: {failure}. Check `mail.url` and `mail.from`."
            ),
        )),
    }
}
