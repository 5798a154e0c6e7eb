//! Webhooks: receivers of audit log events, in the format of the [Standard Webhooks] specification.
//!
//! [Standard Webhooks]: https://www.standardwebhooks.com

pub mod delivery;
pub mod message;
pub mod retry;
pub mod secret;
pub mod subscription;
pub mod url;

use crate::administration::description::{LONGEST, is_description};
use crate::administration::managed_by::ManagedBy;
use crate::identifier::WebhookId;
use crate::later::LaterMembers;
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use secret::SealedSecret;
use subscription::EventPattern;
use url::WebhookUrl;

crate::plain_name! {
    /// Name of a webhook.
    pub struct WebhookName;
    /// The text is not a valid name of a webhook.
    #[error("the name of a webhook has 1 to 64 lower-case letters, digits and hyphens, and starts with a letter")]
    pub struct InvalidWebhookName;
}

/// Receiver of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Identifier. It names the state of the delivery, and the secrets are sealed for it.
    pub id: WebhookId,
    /// Name.
    pub name: WebhookName,
    /// URL to which events are posted.
    pub url: WebhookUrl,
    /// Events that are sent.
    pub events: Vec<EventPattern>,
    /// Description; may be empty.
    pub description: String,
    /// Whether events are sent. A disabled webhook keeps its position in the audit log.
    pub enabled: bool,
    /// Signing secrets, the newest first.
    pub secrets: Vec<SealedSecret>,
    /// Last command to send events again.
    pub replay: Option<Replay>,
    /// Set of files that declares the webhook.
    pub managed_by: Option<ManagedBy>,
    /// Creation time. Earlier events are sent only by a replay.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored. Every change increments it.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

/// Command to send events again. The server that delivers carries it out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Number. Each replay of a webhook has a higher one.
    pub number: u64,
    /// Time of the first event to send again; `None` for the dead letters.
    pub since: Option<Timestamp>,
}

crate::error_type! {
    /// Reason why a webhook is invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidWebhook {
        /// The description is too long or contains control characters.
        #[error("a description has at most {max} characters and no control characters", max = LONGEST)]
        DescriptionMalformed,
        /// No events, or too many patterns.
        #[error("a webhook needs 1 to {max} event types, such as user.* or client.created", max = Webhook::MOST_PATTERNS)]
        Events,
        /// Plain `http`, which the configuration does not allow.
        #[error("the URL must use https; http is allowed only if `outbound.private_networks` contains `webhook`")]
        PlainHttp,
    }
}

impl Webhook {
    /// Maximum number of webhooks of a tenant.
    pub const MOST: usize = 50;

    /// Maximum number of event patterns.
    pub const MOST_PATTERNS: usize = 100;

    /// Longest time for which the previous secret stays valid after a rotation.
    pub const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 86_400);

    /// Creates an enabled webhook without events and secrets.
    #[must_use]
    pub fn new(id: WebhookId, name: WebhookName, url: WebhookUrl, created_at: Timestamp) -> Self {
        Self {
            id,
            name,
            url,
            events: Vec::new(),
            description: String::new(),
            enabled: true,
            secrets: Vec::new(),
            replay: None,
            managed_by: None,
            created_at,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Validates a webhook. Returns the first broken rule.
    pub fn check(&self, http_allowed: bool) -> Result<(), InvalidWebhook> {
        if !is_description(&self.description) {
            return Err(InvalidWebhook::DescriptionMalformed);
        }
        if self.events.is_empty() || self.events.len() > Self::MOST_PATTERNS {
            return Err(InvalidWebhook::Events);
        }
        if !http_allowed && !self.url.is_https() {
            return Err(InvalidWebhook::PlainHttp);
        }
        Ok(())
    }

    /// Returns whether events with this action are sent.
    #[must_use]
    pub fn wants(&self, action: &str) -> bool {
        self.events.iter().any(|pattern| pattern.matches(action))
    }

    /// Adds a signing secret. The current one stays valid for `overlap`, and older ones are removed.
    pub fn rotate(&mut self, sealed: Vec<u8>, overlap: Duration, now: Timestamp) {
        self.secrets.retain(|secret| secret.expires_at.is_none());
        for secret in &mut self.secrets {
            secret.expires_at = Some(now.plus(overlap));
        }
        self.secrets.retain(|secret| secret.is_active(now));
        let new = SealedSecret {
            sealed,
            created_at: now,
            expires_at: None,
        };
        self.secrets.insert(0, new);
    }
}

#[cfg(test)]
mod tests;
