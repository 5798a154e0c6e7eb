//! Stored state of a delivery.

use super::shared::Shared;
use crate::commands::setup::now;
use crate::server::tasks::Failure;
use countersign_application::{stored, webhook_delivery};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::Webhook;
use countersign_domain::webhook::delivery::Delivery;
use countersign_ports::{Ephemera as _, EphemeralKey, Race};
use std::time::Duration;
use tokio::time::Instant;

/// Interval at which a position is stored if nothing else changed.
const POSITION: Duration = Duration::from_secs(60);

/// Tolerated difference of the clocks of nodes that seal batches.
const SKEW: u64 = 60;

/// State in the store, as this worker wrote it.
pub(super) struct Stored {
    tenant: TenantId,
    key: EphemeralKey,
    version: u64,
    state: Delivery,
    at: Instant,
}

impl Stored {
    /// Reads the state of a webhook, or creates that of a new one.
    pub(super) async fn open(
        shared: &Shared,
        tenant: TenantId,
        webhook: &Webhook,
    ) -> Result<Self, Failure> {
        let key = webhook_delivery(webhook.id);
        let store = &shared.admin.store;
        let (version, state) = if let Some(stored) = store.get(tenant, &key, now()).await? {
            let state = shared.admin.deliveries.decode(&stored.value);
            let state = state.ok_or("the state of a webhook is of a later version")?;
            (stored.version, state)
        } else {
            // Its deletion has removed the state of a deleted webhook.
            let found = stored::find::<Webhook>(&**store, tenant, webhook.name.as_str()).await?;
            if found.is_none_or(|own| own.id != webhook.id) {
                return Err("the webhook was deleted".into());
            }
            let position = position(shared, webhook.created_at).await?;
            let state = Delivery::new(position, webhook.created_at);
            let value = shared.admin.deliveries.encode(&state);
            if store.insert(tenant, &key, &value, now()).await? == Race::Lost {
                return Err("another server began to deliver to a webhook".into());
            }
            (1, state)
        };
        Ok(Self {
            tenant,
            key,
            version,
            state,
            at: Instant::now(),
        })
    }

    /// Returns the state.
    pub(super) const fn state(&self) -> &Delivery {
        &self.state
    }

    /// Stores a changed state. A position alone is stored once a minute: it only saves the next server from reading
    /// batches without wanted events again. Returns `Lost` if another server delivers, or the webhook was deleted.
    pub(super) async fn keep(
        &mut self,
        shared: &Shared,
        state: &Delivery,
    ) -> Result<Race, Failure> {
        let moved = Delivery {
            position: state.position,
            ..self.state.clone()
        };
        let has_only_moved = moved == *state;
        if self.state == *state || has_only_moved && self.at.elapsed() < POSITION {
            return Ok(Race::Won);
        }
        let value = shared.admin.deliveries.encode(state);
        let store = &shared.admin.store;
        let replaced = store.replace(self.tenant, &self.key, self.version, &value, now());
        let race = replaced.await?;
        if race == Race::Won {
            self.version += 1;
            self.state.clone_from(state);
            self.at = Instant::now();
        }
        Ok(race)
    }
}

/// Returns the number of a batch before the events of a time.
pub(super) async fn position(shared: &Shared, at: Timestamp) -> Result<u64, Failure> {
    let at = Timestamp::from_unix_seconds(at.as_unix_seconds().saturating_sub(SKEW));
    shared.log.last_before(at).await
}
