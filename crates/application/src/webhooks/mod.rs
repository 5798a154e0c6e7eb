//! Messages to webhooks: sealed secrets, signatures and requests.

use countersign_domain::identifier::WebhookId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::Webhook;
use countersign_domain::webhook::message::WebhookMessage;
use countersign_domain::webhook::secret::{SealedSecret, SigningSecret};
use countersign_ports::{
    EphemeralKey, EphemeralKind, Outbound, OutboundContent, OutboundError, OutboundPurpose,
    OutboundRequest, Vault,
};
use std::sync::Arc;

/// Key of the lease of the node that delivers.
pub const WEBHOOK_LEASE: EphemeralKey = EphemeralKey {
    expires_at: Timestamp::LATEST,
    kind: EphemeralKind::WebhookLease,
    id: [0; 16],
};

/// Returns the key of the state of a delivery.
#[must_use]
pub const fn webhook_delivery(id: WebhookId) -> EphemeralKey {
    EphemeralKey {
        expires_at: Timestamp::LATEST,
        kind: EphemeralKind::WebhookDelivery,
        id: *id.as_bytes(),
    }
}

/// Returns the context in which the secrets of a webhook are sealed.
pub(crate) fn secret_context(id: WebhookId) -> String {
    format!("webhook\n{id}")
}

/// Reason why a receiver did not accept a message.
#[derive(Debug, thiserror::Error)]
pub enum NotDelivered {
    /// The receiver responded, but not with success.
    #[error("the receiver responded with status {0}")]
    Status(u16),
    /// There was no response.
    #[error(transparent)]
    Unanswered(#[from] OutboundError),
    /// A signing secret cannot be unsealed. It was sealed under another master key.
    #[error("the signing secret cannot be decrypted with this master key")]
    Unsealing,
}

impl NotDelivered {
    /// Returns whether the receiver wants no further messages: it responded with 410 Gone.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Status(410))
    }
}

/// Signs messages and sends them to receivers.
#[derive(Clone)]
pub struct WebhookSender {
    /// HTTP client.
    pub outbound: Arc<dyn Outbound>,
    /// Unseals the signing secrets.
    pub vault: Arc<dyn Vault>,
}

impl WebhookSender {
    /// Sends a message once. A response with a status of 2xx is a success. A redirect is a failure.
    pub async fn send(
        &self,
        tenant: TenantId,
        webhook: &Webhook,
        message: WebhookMessage,
    ) -> Result<(), NotDelivered> {
        let secrets = webhook.secrets.iter();
        let secrets = secrets.filter(|secret| secret.is_active(message.at));
        let secrets = secrets.map(|secret| self.unsealed(tenant, webhook.id, secret));
        let secrets: Option<Vec<_>> = secrets.collect();
        let secrets = secrets.filter(|secrets| !secrets.is_empty());
        let signature = message.signature(&secrets.ok_or(NotDelivered::Unsealing)?);
        let request = OutboundRequest {
            purpose: OutboundPurpose::Webhook,
            url: webhook.url.as_str().to_owned(),
            content: OutboundContent::Json {
                headers: vec![
                    ("webhook-id", message.id),
                    ("webhook-timestamp", message.at.to_string()),
                    ("webhook-signature", signature),
                ],
                body: message.body,
            },
        };
        match self.outbound.send(request).await?.status {
            200..=299 => Ok(()),
            status => Err(NotDelivered::Status(status)),
        }
    }

    fn unsealed(
        &self,
        tenant: TenantId,
        id: WebhookId,
        secret: &SealedSecret,
    ) -> Option<SigningSecret> {
        let opened = self
            .vault
            .unseal(tenant, &secret_context(id), &secret.sealed)?;
        Some(SigningSecret::from_bytes(opened.try_into().ok()?))
    }
}
