//! Delivery to webhooks. One node delivers at a time; another one takes over when it stops.

mod lease;
mod recent;
mod shared;
mod stored;
mod tenants;
mod worker;

use super::sealed_events::SealedEvents;
use super::tasks::{Failure, ticks};
use countersign_adapters_store::AnyStore;
use countersign_application::admin::webhooks::WebhookAdmin;
use countersign_domain::identifier::{NodeId, WebhookId};
use countersign_domain::tenant::Tenant;
use countersign_domain::webhook::Webhook;
use countersign_domain::webhook::retry::RetrySchedule;
use countersign_ports::StoreError;
use lease::Lease;
use recent::RecentEvents;
use shared::{PERIOD, Shared};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
pub(super) use tenants::Deliveries;
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;
use worker::Worker;

/// Interval at which the webhooks are read even if the change feed reported no change.
const REFRESH: Duration = Duration::from_secs(30);

/// What the delivery for one tenant needs.
pub(super) struct Webhooks {
    shared: Arc<Shared>,
    node: NodeId,
    /// Notified when a webhook has changed.
    changed: Notify,
}

impl Webhooks {
    /// Delivers the events of this log on this node.
    pub(super) fn new(
        (tenant, node): (Arc<Tenant>, NodeId),
        admin: Arc<WebhookAdmin<AnyStore>>,
        log: SealedEvents,
        schedule: RetrySchedule,
    ) -> Self {
        let shared = Shared {
            tenant,
            admin,
            log: RecentEvents::new(log),
            schedule,
        };
        Self {
            shared: Arc::new(shared),
            node,
            changed: Notify::new(),
        }
    }
}

/// Delivers for one tenant until it is aborted. Logs an error once, until delivery works again.
async fn deliver(webhooks: &Webhooks) {
    let mut crew = Crew::new(webhooks);
    let mut ticks = ticks(PERIOD);
    let mut is_failing = false;
    loop {
        let is_changed = tokio::select! {
            _ = ticks.tick() => false,
            () = webhooks.changed.notified() => true,
        };
        let round = crew.round(is_changed).await;
        if let Err(error) = &round
            && !is_failing
        {
            tracing::error!("cannot deliver to webhooks: {error}");
        }
        is_failing = round.is_err();
    }
}

/// Ends the lease of this node, so that another node takes over at once.
async fn leave(webhooks: &Webhooks) {
    let Shared { admin, tenant, .. } = &*webhooks.shared;
    if let Err(error) = lease::leave(&admin.store, tenant.id, webhooks.node).await {
        tracing::warn!("cannot hand over the delivery to webhooks: {error}");
    }
}

/// Worker that runs.
struct Running {
    webhook: watch::Sender<Arc<Webhook>>,
    task: AbortHandle,
}

/// Workers of this node, one per enabled webhook. Dropping it ends them.
struct Crew<'a> {
    shared: &'a Arc<Shared>,
    lease: Lease,
    /// Enabled webhooks.
    webhooks: Vec<Arc<Webhook>>,
    read_at: Option<Instant>,
    running: HashMap<WebhookId, Running>,
    tasks: JoinSet<()>,
    /// Number of the latest batch.
    latest: watch::Sender<u64>,
}

impl<'a> Crew<'a> {
    fn new(webhooks: &'a Webhooks) -> Self {
        Self {
            shared: &webhooks.shared,
            lease: Lease::of(webhooks.node),
            webhooks: Vec::new(),
            read_at: None,
            running: HashMap::new(),
            tasks: JoinSet::new(),
            latest: watch::Sender::new(0),
        }
    }

    async fn round(&mut self, is_changed: bool) -> Result<(), Failure> {
        let is_old = |at: Instant| at.elapsed() >= REFRESH;
        if is_changed || self.read_at.is_none_or(is_old) {
            self.webhooks = self.enabled().await?;
            self.read_at = Some(Instant::now());
        }
        let (store, tenant) = (&self.shared.admin.store, self.shared.tenant.id);
        if self.webhooks.is_empty() {
            self.stop();
            return Ok(self.lease.end(store, tenant).await?);
        }
        match self.lease.hold(store, tenant).await {
            Ok(true) => {}
            Ok(false) => {
                self.stop();
                return Ok(());
            }
            Err(error) => {
                if self.lease.has_lapsed() {
                    self.stop();
                }
                return Err(error.into());
            }
        }
        let latest = self.shared.log.latest().await?;
        self.latest.send_if_modified(|known| {
            let is_new = *known != latest;
            *known = latest;
            is_new
        });
        self.assign();
        Ok(())
    }

    /// Starts missing workers, informs others about changes, and ends those whose webhook is gone.
    fn assign(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        let wanted = |id: &WebhookId| self.webhooks.iter().any(|webhook| webhook.id == *id);
        self.running.retain(|id, running| {
            let stays = wanted(id) && !running.task.is_finished();
            if !stays {
                running.task.abort();
            }
            stays
        });
        for webhook in &self.webhooks {
            if let Some(running) = self.running.get(&webhook.id) {
                running.webhook.send_if_modified(|known| {
                    let is_new = known.version != webhook.version;
                    known.clone_from(webhook);
                    is_new
                });
                continue;
            }
            let (sender, receiver) = watch::channel(webhook.clone());
            let worker = Worker::new(self.shared.clone(), receiver, self.latest.subscribe());
            let task = self.tasks.spawn(worker.run());
            let running = Running {
                webhook: sender,
                task,
            };
            self.running.insert(webhook.id, running);
        }
    }

    fn stop(&mut self) {
        self.running.clear();
        self.tasks.abort_all();
    }

    async fn enabled(&self) -> Result<Vec<Arc<Webhook>>, StoreError> {
        let Shared { admin, tenant, .. } = &**self.shared;
        let all: Vec<Webhook> =
            countersign_application::stored::all(&*admin.store, tenant.id).await?;
        let enabled = all.into_iter().filter(|webhook| webhook.enabled);
        Ok(enabled.map(Arc::new).collect())
    }
}
