//! Mail settings.

pub(super) mod keys;
mod recovery;
mod sign_up;

use crate::command_error::{CommandError, Exit};
use crate::config::keys as all_keys;
use crate::config::reader::Reader;
use countersign_adapters_system::{InvalidMailSettings, SystemMailer};
use countersign_domain::secret::Secret;

/// Mail settings.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// URL of the mail server, which may contain a password.
    pub(crate) url: Secret,
    /// Sender address.
    pub(crate) from: String,
}

impl Mail {
    /// Creates the mailer. The error omits the URL because it may contain a password.
    fn mailer(&self) -> Result<SystemMailer, CommandError> {
        SystemMailer::new(self.url.expose_secret(), &self.from).map_err(|error| {
            let key = match error {
                InvalidMailSettings::From => &all_keys::MAIL_FROM,
                _ => &all_keys::MAIL_URL,
            };
            CommandError::of(&format!("`{}` is invalid", key.path), &error).with(Exit::Usage)
        })
    }
}

/// Returns the mailer of these settings. Without settings, it drops all mail.
pub(crate) fn mailer(mail: Option<&Mail>) -> Result<SystemMailer, CommandError> {
    mail.map_or_else(|| Ok(SystemMailer::none()), Mail::mailer)
}

impl Reader<'_> {
    /// Returns whether a mail server is set.
    fn has_mail(&self) -> bool {
        self.values.get(&all_keys::MAIL_URL).is_some()
    }

    pub(in crate::config) fn mail(&mut self) -> Option<Mail> {
        let url = self.read(&all_keys::MAIL_URL, |text| Some(Secret::new(text)));
        let from = self.read(&all_keys::MAIL_FROM, |text| Some(text.to_owned()));
        match (url, from) {
            (Some(url), Some(from)) => Some(Mail { url, from }),
            (None, None) => None,
            (Some(_), None) => {
                self.problems
                    .push("`mail.url` requires `mail.from`. Set it to the sender address.".into());
                None
            }
            (None, Some(_)) => {
                self.problems
                    .push("`mail.from` requires `mail.url`. Set both or neither.".into());
                None
            }
        }
    }
}
