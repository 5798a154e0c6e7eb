//! `countersign mail`.

mod examples;

use crate::arguments::ConfigArgs;
use crate::command_error::{CommandError, Exit};
use crate::commands::setup;
use crate::config::mailer;
use crate::output;
use axum::http::HeaderMap;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use countersign_domain::user::Email;
use countersign_ports::{Message, NoPlaces};
use countersign_server_pages::mails::{self, Mails};
use std::sync::Arc;

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
    /// Show a mail with sample data
    ///
    /// Prints the subject and the text, or the HTML document. Uses the name, colors and texts of the configuration.
    #[command(after_help = examples::PREVIEW)]
    Preview {
        /// Name of the mail
        #[arg(value_parser = PossibleValuesParser::new(mails::names()))]
        name: String,
        /// Language of the mail, instead of `pages.language`
        #[arg(long, value_name = "TAG")]
        language: Option<String>,
        /// Print the HTML document instead of the text
        #[arg(long)]
        html: bool,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

impl MailCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Test { address, config } => test(address, &config).await,
            Self::Preview {
                name,
                language,
                html,
                config,
            } => preview(&name, language.as_deref(), html, &config),
        }
    }
}

/// Issuer of the links in a preview, if `issuer` is not set.
const SAMPLE_ISSUER: &str = "https://id.example.org";

fn preview(
    name: &str,
    language: Option<&str>,
    html: bool,
    config: &ConfigArgs,
) -> Result<(), CommandError> {
    let settings = setup::settings(config)?;
    let issuer = settings.issuer.as_deref().unwrap_or(SAMPLE_ISSUER);
    let pages = settings.pages.pages(issuer, Arc::new(NoPlaces))?;
    let page = pages.page(&HeaderMap::new(), None);
    let page = match language {
        Some(tag) if pages.languages().all(|own| !own.eq_ignore_ascii_case(tag)) => {
            let languages: Vec<_> = pages.languages().collect();
            return Err(CommandError::usage(format!(
                "There are no texts in the language {tag}. Use one of: {}. `pages.catalogues` adds languages.",
                languages.join(", ")
            )));
        }
        Some(tag) => page.in_language_of(tag),
        None => page,
    };
    let letter = mails::preview(Mails::new(page, issuer), name);
    let letter = letter.ok_or_else(|| CommandError::usage("There is no such mail."))?;
    if html {
        output::print(&letter.html)
    } else {
        output::print(&format!("Subject: {}\n\n{}", letter.subject, letter.text))
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
    let pages = settings.pages.pages(issuer, Arc::new(NoPlaces))?;
    let page = pages.page(&HeaderMap::new(), None);
    let message = Message::new(recipient, Mails::new(page, issuer).test());
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
