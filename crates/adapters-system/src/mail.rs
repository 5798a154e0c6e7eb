//! Mail: over SMTP (RFC 5321), or into a folder.

#[cfg(test)]
mod smtp_server;
#[cfg(test)]
mod tests;
mod transport;

pub use transport::InvalidMailSettings;

use crate::outbox::{Courier, Limits, Outbox, Undelivered};
use countersign_ports::{Mailer, Message};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::{AsyncTransport as _, Message as Letter};
use std::time::Duration;
use transport::{Transport, write_down};
use uuid::Uuid;

/// As many connections as a mail server may like, and as long as it may take to greet.
const LIMITS: Limits = Limits {
    at_once: 4,
    attempt: Duration::from_secs(30),
    ..Limits::USUAL
};

/// Sends mail in the background.
pub struct SystemMailer(Option<Outbox<Post>>);

impl SystemMailer {
    /// Mail by `url`, from the address `from` (`Name <local@host>` or the address alone).
    ///
    /// * `smtps://user:password@host:port`: TLS from the start (RFC 8314 section 3.3). Port 465 unless given.
    /// * `smtp://user:password@host:port`: TLS by STARTTLS (RFC 3207), never without. Port 587 unless given.
    /// * `smtp://host:port?tls=none`: no TLS. Port 25 unless given. A password is only sent to this machine itself.
    /// * `file:///folder`: a file for each message, for development.
    ///
    /// The host is a name or an IPv4 address. User and password are percent-encoded. TLS believes the authorities that the system does.
    pub fn new(url: &str, from: &str) -> Result<Self, InvalidMailSettings> {
        Self::within(LIMITS, url, from)
    }

    /// No mail at all: the log tells of each message that was dropped.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    fn within(limits: Limits, url: &str, from: &str) -> Result<Self, InvalidMailSettings> {
        let from: Mailbox = from.parse().map_err(|_| InvalidMailSettings::From)?;
        let transport = Transport::of(url, from.email.domain())?;
        Ok(Self(Some(Outbox::new(Post { transport, from }, limits))))
    }

    /// Takes no more mail, and waits up to `patience` for what is under way.
    pub async fn close(&self, patience: Duration) {
        if let Some(outbox) = &self.0 {
            outbox.close(patience).await;
        }
    }
}

impl Mailer for SystemMailer {
    fn is_set_up(&self) -> bool {
        self.0.is_some()
    }

    fn send(&self, message: Message) {
        let Some(outbox) = &self.0 else {
            tracing::warn!("mail was dropped: there is no mail server in the settings");
            return;
        };
        // One id for all attempts, by which a mail server may notice that it has the message already.
        outbox.post((Uuid::now_v7(), message));
    }
}

struct Post {
    transport: Transport,
    from: Mailbox,
}

impl Post {
    fn letter(&self, id: Uuid, message: &Message) -> Result<Letter, Undelivered> {
        let recipient = message.recipient.as_str().parse();
        let recipient = recipient.map_err(|error| Undelivered::for_good(&error))?;
        let domain = self.from.email.domain();
        MessageBuilder::new()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(&message.subject)
            .message_id(Some(format!("<{id}@{domain}>")))
            // Nobody's absence note is wanted (RFC 3834 section 5).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ))
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(|error| Undelivered::for_good(&error))
    }
}

impl Courier for Post {
    type Parcel = (Uuid, Message);

    fn label(&self, (id, _): &Self::Parcel) -> String {
        format!("mail {id}")
    }

    async fn deliver(&self, (id, message): &Self::Parcel) -> Result<(), Undelivered> {
        let letter = self.letter(*id, message)?;
        match &self.transport {
            Transport::Smtp(smtp) => match smtp.send(letter).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => Err(Undelivered::for_good(&error)),
                Err(error) => Err(Undelivered::for_now(&error)),
            },
            Transport::Folder(folder) => {
                let written = write_down(folder, *id, &letter.formatted()).await;
                written.map_err(|error| Undelivered::for_good(&error))
            }
        }
    }
}
