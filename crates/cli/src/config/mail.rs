//! Mail settings.

use crate::config::keys;
use crate::config::reader::Reader;
use countersign_domain::secret::Secret;

/// Mail settings.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// URL of the mail server, which may contain a password.
    pub(crate) url: Secret,
    /// Sender address.
    pub(crate) from: String,
}

impl Reader<'_> {
    pub(super) fn mail(&mut self) -> Option<Mail> {
        let url = self.read(&keys::MAIL_URL, |text| Some(Secret::new(text)));
        let from = self.read(&keys::MAIL_FROM, |text| Some(text.to_owned()));
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
