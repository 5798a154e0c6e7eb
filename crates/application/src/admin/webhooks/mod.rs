//! Administration of webhooks.
//!
//! A webhook sends events of the audit log to another system, so every command that starts or changes this also requires
//! [`Permission::AuditRead`].

mod delivery;
mod secrets;

pub use delivery::Status;
pub use secrets::Reseal;

use super::definitions;
use super::events::{Done, EventSource};
use super::fields::Fields;
use super::replies::with_reply;
use super::{AdminError, Conflict, TRIES, may};
use crate::definitions::stored;
use crate::webhooks::{WebhookSender, webhook_delivery};
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::identifier::WebhookId;
use countersign_domain::tenant::Tenant;
use countersign_domain::webhook::secret::SigningSecret;
use countersign_domain::webhook::subscription::EventPattern;
use countersign_domain::webhook::url::WebhookUrl;
use countersign_domain::webhook::{Webhook, WebhookName};
use countersign_ports::{
    After, Clock, Definition, Entropy, EventRecord, Race, Slice, Store, Vault, WebhookDeliveryCodec,
};
use std::sync::Arc;

/// New values of a webhook. `None` keeps the current value.
#[derive(Clone, Debug, Default)]
pub struct WebhookChange {
    /// URL.
    pub url: Option<WebhookUrl>,
    /// Events that are sent.
    pub events: Option<Vec<EventPattern>>,
    /// Description.
    pub description: Option<String>,
    /// Whether events are sent.
    pub enabled: Option<bool>,
    /// Set of files that declares the webhook, or none.
    pub managed_by: Option<Option<ManagedBy>>,
}

impl WebhookChange {
    /// Applies the change to a webhook.
    pub fn apply(&self, webhook: &mut Webhook) {
        if let Some(url) = &self.url {
            webhook.url.clone_from(url);
        }
        if let Some(events) = &self.events {
            webhook.events.clone_from(events);
        }
        if let Some(description) = &self.description {
            webhook.description.clone_from(description);
        }
        if let Some(enabled) = self.enabled {
            webhook.enabled = enabled;
        }
        if let Some(managed_by) = &self.managed_by {
            webhook.managed_by.clone_from(managed_by);
        }
    }
}

/// Webhook with a new signing secret, which is shown once.
#[derive(Clone, Debug)]
pub struct WithSecret {
    /// Webhook.
    pub webhook: Webhook,
    /// New secret.
    pub secret: SigningSecret,
}

/// Commands for webhooks.
pub struct WebhookAdmin<S> {
    /// Webhooks, and the states of their deliveries.
    pub store: Arc<S>,
    /// Seals signing secrets.
    pub vault: Arc<dyn Vault>,
    /// Sends test messages.
    pub sender: WebhookSender,
    /// Decodes the states of deliveries.
    pub deliveries: Arc<dyn WebhookDeliveryCodec>,
    /// Whether a URL may use `http`.
    pub http_allowed: bool,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Randomness of identifiers and secrets.
    pub entropy: Arc<dyn Entropy>,
}

/// Checks that the operator may have events sent.
fn may_send(operator: &Operator) -> Result<(), AdminError> {
    may(operator, Permission::WebhooksWrite)?;
    may(operator, Permission::AuditRead)
}

impl<S: Store> WebhookAdmin<S> {
    /// Returns a slice of the webhooks, ordered by name.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<Webhook>, AdminError> {
        may(operator, Permission::WebhooksRead)?;
        Ok(stored::list(&*self.store, tenant.id, after).await?)
    }

    /// Finds a webhook by its name.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &WebhookName,
    ) -> Result<Webhook, AdminError> {
        may(operator, Permission::WebhooksRead)?;
        self.expected(tenant, name, None).await
    }

    /// Creates a webhook with a signing secret. It gets the events from now on.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (name, url): (WebhookName, WebhookUrl),
        change: &WebhookChange,
    ) -> Result<WithSecret, AdminError> {
        may_send(operator)?;
        let now = self.clock.now();
        let id = WebhookId::from_bytes(self.entropy.time_ordered_id());
        let mut webhook = Webhook::new(id, name, url, now);
        change.apply(&mut webhook);
        webhook.check(self.http_allowed)?;
        self.has_room(tenant).await?;
        let (secret, sealed) = self.new_secret(tenant.id, id);
        webhook.rotate(sealed, Webhook::LONGEST_OVERLAP, now);
        let changes = Fields::of_webhook(&webhook).since(&Fields::default());
        let event = self.event(
            tenant,
            operator,
            (Action::WEBHOOK_CREATED, &webhook),
            changes,
        );
        webhook.version = 1;
        let created = WithSecret { webhook, secret };
        let event = with_reply(event, &created);
        let definition = Definition::Webhook(created.webhook.clone());
        let inserted = self.store.insert_definition(tenant.id, &definition, &event);
        match inserted.await? {
            Race::Won => Ok(created),
            Race::Lost => Err(Conflict::WebhookName.into()),
        }
    }

    /// Changes a webhook. With `expected`, fails if the webhook has another version. Writes nothing if no field changes.
    pub async fn update(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &WebhookName,
        expected: Option<u64>,
        change: &WebhookChange,
    ) -> Result<Webhook, AdminError> {
        may_send(operator)?;
        for _ in 0..TRIES {
            let before = self.expected(tenant, name, expected).await?;
            let mut webhook = before.clone();
            change.apply(&mut webhook);
            let changes = Fields::of_webhook(&webhook).since(&Fields::of_webhook(&before));
            if changes.is_empty() {
                return Ok(before);
            }
            webhook.check(self.http_allowed)?;
            let event = self.event(
                tenant,
                operator,
                (Action::WEBHOOK_UPDATED, &webhook),
                changes,
            );
            if self.replace(tenant, &mut webhook, &event).await? == Race::Won {
                return Ok(webhook);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Deletes a webhook with its dead letters. A server stops sending within a second. With `expected`, fails if the
    /// webhook has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &WebhookName,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may(operator, Permission::WebhooksWrite)?;
        for _ in 0..TRIES {
            let webhook = self.expected(tenant, name, expected).await?;
            let changes = Fields::default().since(&Fields::of_webhook(&webhook));
            let action = Action::WEBHOOK_DELETED;
            let event = self.event(tenant, operator, (action, &webhook), changes);
            if definitions::delete(&*self.store, tenant, &webhook, &event).await? == Race::Won {
                let (state, now) = (webhook_delivery(webhook.id), self.clock.now());
                self.store.take(tenant.id, &state, now).await?;
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    async fn has_room(&self, tenant: &Tenant) -> Result<(), AdminError> {
        let all: Vec<Webhook> = stored::all(&*self.store, tenant.id).await?;
        if all.len() < Webhook::MOST {
            Ok(())
        } else {
            Err(Conflict::TooManyWebhooks.into())
        }
    }

    /// Returns a webhook. With `expected`, fails if it has another version.
    async fn expected(
        &self,
        tenant: &Tenant,
        name: &WebhookName,
        expected: Option<u64>,
    ) -> Result<Webhook, AdminError> {
        definitions::expected(&*self.store, tenant, name.as_str(), expected).await
    }

    /// Replaces a webhook, and increments its version if it wins.
    async fn replace(
        &self,
        tenant: &Tenant,
        webhook: &mut Webhook,
        event: &EventRecord,
    ) -> Result<Race, AdminError> {
        let definition = Definition::Webhook(webhook.clone());
        let updated = self.store.update_definition(tenant.id, &definition, event);
        let race = updated.await?;
        webhook.version += u64::from(race == Race::Won);
        Ok(race)
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, webhook): (Action, &Webhook),
        changes: Vec<FieldChange>,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("webhook", webhook.name.as_str()),
            changes,
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}
