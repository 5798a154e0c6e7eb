//! HTML form of a mail: inline styles, no script, and no external resource but the logo.

use crate::pages::PageContext;
use askama::Template;

/// Paragraph of a mail.
pub(super) enum Block {
    /// Text.
    Text(String),
    /// Link.
    Button {
        /// Label.
        label: String,
        /// Address.
        link: String,
    },
    /// Code to type.
    Code(String),
    /// Table with labels.
    Facts(Vec<(String, String)>),
}

impl Block {
    /// Returns the paragraph in plain text.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Button { label, link } => format!("{label}:\n{link}"),
            Self::Code(code) => format!("    {code}"),
            Self::Facts(facts) => {
                let lines = facts
                    .iter()
                    .map(|(label, value)| format!("{label}: {value}"));
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }
}

/// An HTML mail.
#[derive(Template)]
#[template(path = "mails/mail.html")]
struct MailView<'a> {
    page: PageContext<'a>,
    issuer: &'a str,
    subject: &'a str,
    blocks: &'a [Block],
}

/// Returns the HTML document of a mail.
pub(super) fn document(
    page: PageContext<'_>,
    issuer: &str,
    subject: &str,
    blocks: &[Block],
) -> String {
    let view = MailView {
        page,
        issuer,
        subject,
        blocks,
    };
    view.render().unwrap_or_else(|error| {
        tracing::error!(%error, "cannot render a mail");
        String::new()
    })
}
