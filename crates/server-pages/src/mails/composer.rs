//! Composes mails.

use super::content::Content;
use super::html::{self, Block};
use crate::pages::{BrandedPages, PageContext};
use axum::http::HeaderMap;
use countersign_application::Mail;
use countersign_application::admin::invitations::ComposeIn;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::user::User;
use countersign_ports::Letter;
use std::sync::Arc;

/// Returns the function that composes the mails of commands, which have no browser.
pub fn for_commands(pages: BrandedPages) -> Arc<ComposeIn> {
    Arc::new(move |tenant, mail, language| {
        let pages = pages.of(tenant);
        let page = pages.page(&HeaderMap::new(), None);
        let page = match language {
            Some(tag) if pages.languages().all(|own| !own.eq_ignore_ascii_case(tag)) => {
                return None;
            }
            Some(tag) => page.in_language_of(tag),
            None => page,
        };
        Some(Mails::new(page, &tenant.issuer).compose(mail, None))
    })
}

/// Composes mails of an issuer.
#[derive(Clone, Copy, Debug)]
pub struct Mails<'a> {
    page: PageContext<'a>,
    issuer: &'a str,
}

impl<'a> Mails<'a> {
    /// Creates mails whose links lead to `issuer`. `page` has the language of the request.
    #[must_use]
    pub const fn new(page: PageContext<'a>, issuer: &'a str) -> Self {
        Self { page, issuer }
    }

    /// Composes a mail in the language of the user (`locale`), or else in that of the request.
    #[must_use]
    pub fn compose(self, mail: Mail<'_>, user: Option<&User>) -> Letter {
        let locale = user.and_then(|user| user.profile.text(StandardClaim::Locale));
        let page = match locale {
            Some(locale) => self.page.in_language_of(locale),
            None => self.page,
        };
        let content = Content::of(mail, page, self.issuer);
        Self { page, ..self }.letter(&content)
    }

    /// Composes a mail that tests the mail server.
    #[must_use]
    pub fn test(self) -> Letter {
        self.letter(&Content::named("test"))
    }

    fn letter(self, content: &Content) -> Letter {
        let template = content.template(self.page);
        let paragraphs = template
            .split("\n\n")
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let (mut text, mut blocks) = (String::new(), Vec::new());
        for paragraph in paragraphs {
            let block = self.block(content, paragraph);
            text.push_str(&block.plain());
            text.push_str("\n\n");
            blocks.push(block);
        }
        let name = &self.page.theme().name;
        for line in ["-- ", name, self.issuer] {
            text.push_str(line);
            text.push('\n');
        }
        let subject = content.text(self.page, "subject");
        let html = html::document(self.page, self.issuer, &subject, &blocks);
        Letter {
            from: self.page.pages().mail_from().map(str::to_owned),
            subject,
            text,
            html,
        }
    }

    fn block(self, content: &Content, paragraph: &str) -> Block {
        match paragraph {
            "{link}" => Block::Button {
                label: content.text(self.page, "button"),
                link: content.value("link").to_owned(),
            },
            "{code}" => Block::Code(content.value("code").to_owned()),
            "{facts}" => Block::Facts(content.facts.clone()),
            _ => Block::Text(content.filled(self.page, paragraph)),
        }
    }
}
