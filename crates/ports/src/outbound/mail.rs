//! Mail to users.

use countersign_domain::user::Email;
use std::fmt;

/// A message in plain text.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Recipient.
    pub recipient: Email,
    /// Subject; a single line.
    pub subject: String,
    /// Body.
    pub text: String,
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
