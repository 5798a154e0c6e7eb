//! The table of mails: which texts and values each has.

use crate::account::browser_name;
use crate::pages::PageContext;
use crate::paths;
use countersign_application::{LinkMail, Mail, Notice, NoticeMail};
use countersign_domain::secret::Secret;
use countersign_server_http::wire::date::to_the_minute;
use std::time::Duration;

/// Name, values and facts of a mail.
pub(super) struct Content {
    /// Name in the catalogues: `mail.NAME_subject`, `mail.NAME_text`, `mail.NAME_button`.
    name: String,
    /// Values of the placeholders, besides the name of the server.
    values: Vec<(&'static str, String)>,
    /// Table with labels.
    pub(super) facts: Vec<(String, String)>,
}

impl Content {
    /// Returns the content of a mail.
    pub(super) fn of(mail: Mail<'_>, page: PageContext<'_>, issuer: &str) -> Self {
        match mail {
            Mail::Code(code) => Self {
                values: vec![("code", code.to_owned())],
                ..Self::named("code")
            },
            Mail::AddressVerified => Self::named("verified"),
            Mail::Registered => Self::named("registered"),
            Mail::AlreadyRegistered => Self::named("already_registered"),
            Mail::Recovery(link) => Self::linked("recovery", &link, issuer, paths::RECOVER_LINK),
            Mail::SignUp(link) => Self::linked("sign_up", &link, issuer, paths::SIGN_UP_LINK),
            Mail::Invitation(mail) => Self {
                values: vec![
                    ("link", address(issuer, paths::INVITATION, mail.token)),
                    ("until", to_the_minute(mail.expires_at)),
                ],
                ..Self::named("invitation")
            },
            Mail::AddressChange(link) => {
                Self::linked("address_change", &link, issuer, paths::CONFIRM_ADDRESS)
            }
            Mail::Notice(notice) => Self::notice(notice, page, issuer),
        }
    }

    /// Returns the content of a mail without values.
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: Vec::new(),
            facts: Vec::new(),
        }
    }

    fn linked(name: &str, link: &LinkMail<'_>, issuer: &str, path: &str) -> Self {
        Self {
            values: vec![
                ("link", address(issuer, path, link.token)),
                ("code", link.code.expose_secret().to_owned()),
                ("minutes", minutes(link.lifetime)),
            ],
            ..Self::named(name)
        }
    }

    fn notice(mail: &NoticeMail<'_>, page: PageContext<'_>, issuer: &str) -> Self {
        let device = mail.origin.user_agent.as_deref();
        let device = device.and_then(browser_name);
        let device = device.unwrap_or_else(|| page.text("account.unknown_browser").to_owned());
        let mut facts = vec![
            (
                page.text("mail.fact_time").to_owned(),
                format!("{} UTC", to_the_minute(mail.at)),
            ),
            (page.text("mail.fact_device").to_owned(), device),
        ];
        if let Some(due_at) = mail.due_at {
            facts.push((
                page.text("mail.fact_due").to_owned(),
                format!("{} UTC", to_the_minute(due_at)),
            ));
        }
        let path = match mail.notice {
            Notice::AddressChanged => paths::UNDO_ADDRESS,
            _ => paths::SECURE,
        };
        if let Some(address) = &mail.origin.ip_address {
            facts.push((page.text("mail.fact_address").to_owned(), address.clone()));
        }
        if let Some(place) = page.place_text(mail.origin.ip_address.as_deref()) {
            facts.push((page.text("mail.fact_place").to_owned(), place));
        }
        Self {
            name: format!("notice_{}", mail.notice.as_str()),
            values: vec![("link", address(issuer, path, mail.token))],
            facts,
        }
    }

    fn is_notice(&self) -> bool {
        self.name.starts_with("notice_")
    }

    /// Returns the text with its placeholders. All notices end alike.
    pub(super) fn template(&self, page: PageContext<'_>) -> String {
        let own = page.mail_text(&self.name, "text");
        if self.is_notice() {
            format!("{own}\n\n{}", page.mail_text("notice", "text"))
        } else {
            own
        }
    }

    /// Returns a text of the mail, with its values.
    pub(super) fn text(&self, page: PageContext<'_>, part: &str) -> String {
        let name = match part {
            "button" if self.is_notice() => "notice",
            _ => &self.name,
        };
        self.filled(page, &page.mail_text(name, part))
    }

    /// Returns the value of a placeholder; empty if the mail has none.
    pub(super) fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(own, _)| *own == name);
        found.map_or("", |(_, value)| value)
    }

    /// Replaces the placeholders of a text in one pass, so that a value cannot contain another placeholder.
    pub(super) fn filled(&self, page: PageContext<'_>, text: &str) -> String {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            match part.split_once('}') {
                Some(("name", rest)) => filled = filled + &page.theme().name + rest,
                Some((name, rest)) => filled = filled + self.value(name) + rest,
                None => filled = filled + "{" + part,
            }
        }
        filled
    }
}

/// Returns the address of a mailed link. It is built from the issuer: a request can choose its `Host` header.
fn address(issuer: &str, path: &str, token: &Secret) -> String {
    format!("{issuer}{path}?token={}", token.expose_secret())
}

fn minutes(lifetime: Duration) -> String {
    lifetime.as_secs().div_ceil(60).to_string()
}
