//! Mail to users.

use countersign_domain::user::Email;
use std::fmt;

/// A message in plain text.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// To whom.
    pub recipient: Email,
    /// One line.
    pub subject: String,
    /// The body.
    pub text: String,
}

/// It may hold a code to log in with: it stays out of debug output.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(..)")
    }
}

/// Sends mail.
pub trait Mailer: Send + Sync {
    /// Whether mail is sent at all: without that, nobody is offered a code by mail.
    fn is_set_up(&self) -> bool;

    /// Takes a message to be sent in the background, and answers at once: a slow mail server holds nobody up, and
    /// the time of an answer does not tell whether there was anybody to write to. A message that cannot be sent
    /// after a few tries is dropped, and the log says so without what it says.
    fn send(&self, message: Message);
}
