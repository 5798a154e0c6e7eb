//! Delivery to the webhooks of all tenants.

use super::{REFRESH, Webhooks, deliver, leave};
use crate::server::sealed_events::SealedEvents;
use crate::server::tasks::{report, ticks};
use countersign_adapters_store::AnyStore;
use countersign_application::TenantDirectory;
use countersign_application::admin::webhooks::WebhookAdmin;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_domain::webhook::retry::RetrySchedule;
use countersign_ports::{DefinitionKind, DefinitionRepository as _, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

/// Deliveries to the webhooks of all tenants.
pub(in crate::server) struct Deliveries {
    pub(in crate::server) node: NodeId,
    pub(in crate::server) tenants: Arc<TenantDirectory<AnyStore>>,
    pub(in crate::server) admin: Arc<WebhookAdmin<AnyStore>>,
    /// Log of the server's own tenant, from which those of others are made.
    pub(in crate::server) log: SealedEvents,
    pub(in crate::server) schedule: RetrySchedule,
    /// Notified when a tenant got its first webhook.
    pub(in crate::server) changed: Notify,
    pub(in crate::server) running: Mutex<HashMap<TenantId, (Arc<Webhooks>, AbortHandle)>>,
}

impl Deliveries {
    fn running(&self) -> MutexGuard<'_, HashMap<TenantId, (Arc<Webhooks>, AbortHandle)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Delivers until it is aborted.
    pub(in crate::server) async fn run(&self) {
        let mut tasks = JoinSet::new();
        let mut ticks = ticks(REFRESH);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.changed.notified() => {}
            }
            if let Err(error) = self.assign(&mut tasks).await {
                report("cannot read the webhooks of tenants", &error);
            }
        }
    }

    /// Starts the deliveries of tenants with webhooks, and ends those of tenants that are gone or disabled.
    async fn assign(&self, tasks: &mut JoinSet<()>) -> Result<(), StoreError> {
        let store = &self.admin.store;
        let mut with_webhooks = store.tenants_with(DefinitionKind::Webhook).await?;
        with_webhooks.retain(|id| self.tenants.is_active(*id));
        while tasks.try_join_next().is_some() {}
        self.running().retain(|id, (_, task)| {
            let stays = with_webhooks.contains(id) && !task.is_finished();
            if !stays {
                task.abort();
            }
            stays
        });
        for id in with_webhooks {
            if self.running().contains_key(&id) {
                continue;
            }
            let tenant = if id == self.tenants.own().id {
                Some(self.tenants.own().clone())
            } else {
                self.tenants.look_up(id).await?
            };
            // No tenant: it was disabled a moment ago.
            let Some(tenant) = tenant else {
                continue;
            };
            let log = SealedEvents {
                tenant: id,
                ..self.log.clone()
            };
            let schedule = self.schedule.clone();
            let own = Webhooks::new((tenant, self.node), self.admin.clone(), log, schedule);
            let own = Arc::new(own);
            let work = own.clone();
            let task = tasks.spawn(async move { deliver(&work).await });
            self.running().insert(id, (own, task));
        }
        Ok(())
    }

    /// Applies a change of a webhook.
    pub(in crate::server) fn follow(&self, tenant: TenantId) {
        match self.running().get(&tenant) {
            Some((own, _)) => own.changed.notify_one(),
            None => self.changed.notify_one(),
        }
    }

    /// Reads all webhooks again.
    pub(in crate::server) fn start_over(&self) {
        for (own, _) in self.running().values() {
            own.changed.notify_one();
        }
        self.changed.notify_one();
    }

    /// Ends the leases of this node, so that other nodes take over at once.
    pub(in crate::server) async fn leave(&self) {
        let all: Vec<_> = self.running().drain().map(|(_, running)| running).collect();
        for (own, task) in all {
            task.abort();
            leave(&own).await;
        }
    }
}
