//! Mail to users.

use countersign_domain::user::Email;
use std::fmt;

/// Content of a message, in plain text and in HTML.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Sender; `None` for that of the server.
    pub from: Option<String>,
    /// Subject; a single line.
    pub subject: String,
    /// Body in plain text.
    pub text: String,
    /// The same body as an HTML document.
    pub html: String,
}

/// A message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Recipient.
    pub recipient: Email,
    /// Content.
    pub letter: Letter,
    /// Whether the mailer drops the message instead of delivering it.
    ///
    /// A request for an address without an account queues such a message, so that it does the same work as a request
    /// for an address with one. A stranger cannot use the server to send mail to arbitrary addresses.
    pub is_withheld: bool,
}

impl Message {
    /// Returns a message to deliver.
    #[must_use]
    pub const fn new(recipient: Email, letter: Letter) -> Self {
        Self {
            recipient,
            letter,
            is_withheld: false,
        }
    }
}

/// Hides the content, because it may contain a login code.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// Hides the content, because the message may contain a login code.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(..)")
    }
}

/// Sends mail.
pub trait Mailer: Send + Sync {
    /// Returns whether mail is configured. If not, codes by mail are not offered.
    fn is_set_up(&self) -> bool;

    /// Queues a message and returns at once. A slow mail server therefore delays no request, and response times do not
    /// reveal whether an account exists. A message that still fails after a few retries is dropped; the log entry omits
    /// its content.
    fn send(&self, message: Message);
}
