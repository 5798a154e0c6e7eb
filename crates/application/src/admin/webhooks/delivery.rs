//! Delivery to webhooks: tests, dead letters and replays.

use super::{WebhookAdmin, may_send};
use crate::admin::fields::Fields;
use crate::admin::{AdminError, Conflict, TRIES, may};
use crate::failure::Failure;
use crate::webhooks::{NotDelivered, webhook_delivery};
use countersign_domain::audit::event::{Action, FieldChange};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::delivery::{DeadLetter, Delivery};
use countersign_domain::webhook::message::WebhookMessage;
use countersign_domain::webhook::{Replay, Webhook, WebhookName};
use countersign_ports::{Race, Store};
use std::borrow::Cow;

/// State of the delivery to a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Number of events that are waiting for a retry.
    pub waiting: usize,
    /// Number of failed attempts since the last success.
    pub failures: u32,
    /// Dead letters, the oldest failure first.
    pub dead: Vec<DeadLetter>,
}

impl<S: Store> WebhookAdmin<S> {
    /// Returns the state of the delivery.
    pub async fn status(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &WebhookName,
    ) -> Result<Status, AdminError> {
        may(operator, Permission::WebhooksRead)?;
        may(operator, Permission::AuditRead)?;
        let webhook = self.expected(tenant, name, None).await?;
        let delivery = self.delivery(tenant, &webhook).await?;
        Ok(delivery.map_or_else(Status::default, |delivery| Status {
            waiting: delivery.waiting.len(),
            failures: delivery.failures,
            dead: delivery.dead,
        }))
    }

    /// Sends a message once and returns the outcome. Records the event first. `body` is called with the time.
    pub async fn test(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &WebhookName,
        body: impl FnOnce(Timestamp) -> Vec<u8> + Send,
    ) -> Result<Result<(), NotDelivered>, AdminError> {
        may_send(operator)?;
        let webhook = self.expected(tenant, name, None).await?;
        let action = Action::WEBHOOK_TESTED;
        let event = self.event(tenant, operator, (action, &webhook), Vec::new());
        self.store.append_activity(tenant.id, &[event]).await?;
        let now = self.clock.now();
        let random = u128::from_be_bytes(self.entropy.time_ordered_id());
        let message = WebhookMessage {
            id: format!("test:{random:032x}"),
            at: now,
            body: body(now),
        };
        Ok(self.sender.send(tenant.id, &webhook, message).await)
    }

    /// Has the dead letters sent again, or with `since` all events from this time on. A server does so within seconds.
    pub async fn replay(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &WebhookName,
        since: Option<Timestamp>,
    ) -> Result<Webhook, AdminError> {
        may_send(operator)?;
        for _ in 0..TRIES {
            let mut webhook = self.expected(tenant, name, None).await?;
            if !webhook.enabled {
                return Err(Conflict::WebhookDisabled.into());
            }
            if let Some(earlier) = webhook.replay {
                let delivery = self.delivery(tenant, &webhook).await?;
                if delivery.is_none_or(|own| own.replayed < earlier.number) {
                    return Err(Conflict::ReplayPending.into());
                }
            }
            let number = webhook.version + 1;
            webhook.replay = Some(Replay { number, since });
            let changes = vec![FieldChange {
                field: Cow::Borrowed("since"),
                before: None,
                after: Some(since.map_or("dead letters".to_owned(), |at| at.to_string())),
            }];
            let action = Action::WEBHOOK_REPLAYED;
            let event = self.event(tenant, operator, (action, &webhook), changes);
            if self.replace(tenant, &mut webhook, &event).await? == Race::Won {
                return Ok(webhook);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Disables a webhook whose receiver is gone, on behalf of the server. Does nothing if it has changed meanwhile.
    pub async fn disable(&self, tenant: &Tenant, gone: &Webhook) -> Result<(), AdminError> {
        let mut webhook = gone.clone();
        webhook.enabled = false;
        let changes = Fields::of_webhook(&webhook).since(&Fields::of_webhook(gone));
        let action = Action::WEBHOOK_DISABLED;
        let event = self.event(tenant, &Operator::schedule(), (action, &webhook), changes);
        let _ = self.replace(tenant, &mut webhook, &event).await?;
        Ok(())
    }

    async fn delivery(
        &self,
        tenant: &Tenant,
        webhook: &Webhook,
    ) -> Result<Option<Delivery>, AdminError> {
        let key = webhook_delivery(webhook.id);
        let stored = self.store.get(tenant.id, &key, self.clock.now()).await?;
        let decoded = stored.map(|stored| self.deliveries.decode(&stored.value));
        let decoded = decoded.map(|decoded| decoded.ok_or(Failure::Later));
        Ok(decoded.transpose()?)
    }
}
