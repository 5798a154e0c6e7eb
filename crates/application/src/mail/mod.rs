//! Mail to users, the links in it, and security notices.

mod letters;
mod links;
mod notices;
mod token;

pub(crate) use letters::post;
pub use letters::{Compose, InvitationMail, LinkMail, Mail, Notice, NoticeMail};
pub use links::{FoundLink, MailedLinks, NewLink, NewlyMade};
pub(crate) use notices::Announcement;
pub use notices::Notices;
pub use token::LinkId;
