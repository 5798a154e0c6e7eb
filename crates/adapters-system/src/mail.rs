//! Mail over SMTP (RFC 5321), or to files in a folder.

#[cfg(test)]
mod smtp_server;
#[cfg(test)]
mod tests;
mod transport;

pub use transport::InvalidMailSettings;

use crate::outbox::{Courier, Limits, Outbox, Undelivered, causes};
use countersign_ports::{Mailer, Message};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::{AsyncTransport as _, Message as Mail};
use std::time::Duration;
use transport::{Transport, check_folder, write_down};
use uuid::Uuid;

/// Limits for mail: few connections, and enough time for a mail server that delays its greeting.
const LIMITS: Limits = Limits {
    at_once: 4,
    attempt: Duration::from_secs(30),
    ..Limits::USUAL
};

/// Time between queuing and delivery. By then, the response to the request has been sent, so the work of a delivery does
/// not delay it. A withheld message causes none.
const AFTER_RESPONSE: Duration = Duration::from_millis(50);

/// Reason why the mail server cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct MailFailure(String);

async fn within_time<T>(
    work: impl Future<Output = Result<T, MailFailure>>,
) -> Result<T, MailFailure> {
    let late = || {
        MailFailure(format!(
            "no answer within {} seconds",
            LIMITS.attempt.as_secs()
        ))
    };
    let done = tokio::time::timeout(LIMITS.attempt, work).await;
    done.unwrap_or_else(|_| Err(late()))
}

/// Sends mail in the background.
pub struct SystemMailer(Option<Outbox<Post>>);

impl SystemMailer {
    /// Creates a mailer that sends by `url`, from the address `from` (`Name <local@host>` or only the address).
    ///
    /// * `smtps://user:password@host:port`: implicit TLS (RFC 8314 section 3.3). The default port is 465.
    /// * `smtp://user:password@host:port`: mandatory STARTTLS (RFC 3207). The default port is 587.
    /// * `smtp://host:port?tls=none`: no TLS. The default port is 25. A password is allowed only for loopback.
    /// * `file:///folder`: one file per message, for development.
    ///
    /// The host is a name or an IPv4 address. User and password are percent-encoded. TLS trusts the certificate
    /// authorities of the system.
    pub fn new(url: &str, from: &str) -> Result<Self, InvalidMailSettings> {
        Self::within(LIMITS, url, from)
    }

    /// Creates a mailer that drops all mail, with a log warning for each message.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    fn within(limits: Limits, url: &str, from: &str) -> Result<Self, InvalidMailSettings> {
        let from: Mailbox = from.parse().map_err(|_| InvalidMailSettings::From)?;
        let transport = Transport::of(url, from.email.domain())?;
        Ok(Self(Some(Outbox::new(Post { transport, from }, limits))))
    }

    /// Connects to the mail server and logs in, without sending a message. For a folder, checks that it can be written.
    pub async fn check(&self) -> Result<(), MailFailure> {
        let post = self.post()?;
        let check = async {
            match &post.transport {
                Transport::Smtp(smtp) => match smtp.test_connection().await {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(MailFailure("the server closed the connection".into())),
                    Err(error) => Err(MailFailure(causes(&error))),
                },
                Transport::Folder(folder) => {
                    let checked = check_folder(folder).await;
                    checked.map_err(|error| MailFailure(causes(&error)))
                }
            }
        };
        within_time(check).await
    }

    /// Sends a message at once, without retries. Returns the reply of the mail server, or the file.
    pub async fn send_now(&self, message: &Message) -> Result<String, MailFailure> {
        let post = self.post()?;
        let id = Uuid::now_v7();
        let send = async {
            let delivered = post.send(id, message).await;
            delivered.map_err(|undelivered| MailFailure(undelivered.why))
        };
        within_time(send).await
    }

    fn post(&self) -> Result<&Post, MailFailure> {
        let none = || MailFailure("no mail server is configured".into());
        Ok(self.0.as_ref().ok_or_else(none)?.courier())
    }

    /// Stops accepting mail and waits up to `patience` for pending deliveries.
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
            tracing::warn!("dropped mail: no mail server is configured");
            return;
        };
        // One ID for all attempts, so that a mail server can detect duplicates.
        outbox.post((Uuid::now_v7(), message));
    }
}

struct Post {
    transport: Transport,
    from: Mailbox,
}

impl Post {
    fn letter(&self, id: Uuid, message: &Message) -> Result<Mail, Undelivered> {
        let recipient = message.recipient.as_str().parse();
        let recipient = recipient.map_err(|error| Undelivered::for_good(&error))?;
        // A sender that is not valid is that of the server.
        let own = message
            .letter
            .from
            .as_deref()
            .and_then(|from| from.parse().ok());
        let from: Mailbox = own.unwrap_or_else(|| self.from.clone());
        let domain = from.email.domain().to_owned();
        MessageBuilder::new()
            .from(from)
            .to(Mailbox::new(None, recipient))
            .subject(&message.letter.subject)
            .message_id(Some(format!("<{id}@{domain}>")))
            // Suppresses automatic replies (RFC 3834 section 5).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ))
            .multipart(MultiPart::alternative_plain_html(
                message.letter.text.clone(),
                message.letter.html.clone(),
            ))
            .map_err(|error| Undelivered::for_good(&error))
    }
}

impl Post {
    /// Attempts delivery once. Returns the reply of the mail server, or the file.
    async fn send(&self, id: Uuid, message: &Message) -> Result<String, Undelivered> {
        let letter = self.letter(id, message)?;
        if message.is_withheld {
            return Ok("withheld".to_owned());
        }
        match &self.transport {
            Transport::Smtp(smtp) => match smtp.send(letter).await {
                Ok(reply) => {
                    let lines: Vec<&str> = reply.message().collect();
                    Ok(format!("{} {}", reply.code(), lines.join(" ")))
                }
                Err(error) if error.is_permanent() => Err(Undelivered::for_good(&error)),
                Err(error) => Err(Undelivered::for_now(&error)),
            },
            Transport::Folder(folder) => {
                let written = write_down(folder, id, &letter.formatted()).await;
                let file = written.map_err(|error| Undelivered::for_good(&error))?;
                Ok(file.display().to_string())
            }
        }
    }
}

impl Courier for Post {
    type Parcel = (Uuid, Message);

    fn label(&self, (id, _): &Self::Parcel) -> String {
        format!("mail {id}")
    }

    async fn deliver(&self, (id, message): &Self::Parcel) -> Result<(), Undelivered> {
        tokio::time::sleep(AFTER_RESPONSE).await;
        self.send(*id, message).await.map(drop)
    }
}
