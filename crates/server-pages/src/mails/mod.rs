//! Mail to users: the table of all mails, in text and HTML.
//!
//! The table `mail` of the catalogues has a subject and a text for each mail. A paragraph of a text that is only `{link}`,
//! `{code}` or `{facts}` becomes a button, a large code, or a table. So both forms of a mail come from one text.

mod composer;
mod content;
mod html;
mod preview;
#[cfg(test)]
mod tests;

pub use composer::{Mails, for_commands};
pub use preview::{names, preview};
