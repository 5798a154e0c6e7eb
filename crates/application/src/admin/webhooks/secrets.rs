//! Signing secrets of webhooks.

use super::{WebhookAdmin, WithSecret, may_send};
use crate::admin::fields::redacted;
use crate::admin::replies::with_reply;
use crate::admin::{AdminError, Conflict, TRIES};
use crate::webhooks::secret_context;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::WebhookId;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::webhook::secret::SigningSecret;
use countersign_domain::webhook::{Webhook, WebhookName};
use countersign_ports::{Race, Store};
use std::time::Duration;

/// Function that seals a sealed secret again, for a context. It returns `None` for a secret that needs no new seal.
pub type Reseal<'a> = dyn Fn(&str, &[u8]) -> Option<Vec<u8>> + Send + Sync + 'a;

impl<S: Store> WebhookAdmin<S> {
    /// Adds a signing secret. The current one stays valid for `overlap`, at most [`Webhook::LONGEST_OVERLAP`].
    pub async fn rotate_secret(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &WebhookName,
        overlap: Duration,
    ) -> Result<WithSecret, AdminError> {
        may_send(operator)?;
        for _ in 0..TRIES {
            let mut webhook = self.expected(tenant, name, None).await?;
            let (secret, sealed) = self.new_secret(tenant.id, webhook.id);
            let overlap = overlap.min(Webhook::LONGEST_OVERLAP);
            webhook.rotate(sealed, overlap, self.clock.now());
            let changes = vec![redacted("secret", true, true)];
            let action = Action::WEBHOOK_SECRET_ROTATED;
            let event = self.event(tenant, operator, (action, &webhook), changes);
            let mut rotated = WithSecret { webhook, secret };
            let shown = WithSecret {
                webhook: Webhook {
                    version: rotated.webhook.version + 1,
                    ..rotated.webhook.clone()
                },
                secret: rotated.secret.clone(),
            };
            let event = with_reply(event, &shown);
            if self.replace(tenant, &mut rotated.webhook, &event).await? == Race::Won {
                return Ok(rotated);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Seals the secrets of a webhook under another master key. Returns their number.
    pub async fn reseal(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &WebhookName,
        reseal: &Reseal<'_>,
    ) -> Result<u64, AdminError> {
        may_send(operator)?;
        for _ in 0..TRIES {
            let mut webhook = self.expected(tenant, name, None).await?;
            let context = secret_context(webhook.id);
            let mut resealed = 0;
            for secret in &mut webhook.secrets {
                if let Some(sealed) = reseal(&context, &secret.sealed) {
                    secret.sealed = sealed;
                    resealed += 1;
                }
            }
            if resealed == 0 {
                return Ok(0);
            }
            let action = Action::WEBHOOK_UPDATED;
            let changes = vec![redacted("secret", true, true)];
            let event = self.event(tenant, operator, (action, &webhook), changes);
            if self.replace(tenant, &mut webhook, &event).await? == Race::Won {
                return Ok(resealed);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Returns a new secret, and the secret as it is stored.
    pub(super) fn new_secret(&self, tenant: TenantId, id: WebhookId) -> (SigningSecret, Vec<u8>) {
        let mut bytes = [0; SigningSecret::BYTES];
        self.entropy.fill(&mut bytes);
        let secret = SigningSecret::from_bytes(bytes);
        let context = secret_context(id);
        let sealed = self.vault.seal(tenant, &context, secret.expose_bytes());
        (secret, sealed)
    }
}
