//! Delivery to one webhook.

use super::shared::{PERIOD, Shared};
use super::stored::{Stored, position};
use crate::commands::setup::now;
use crate::server::tasks::{Failure, ticks};
use countersign_application::NotDelivered;
use countersign_domain::audit::event::{Event, EventId};
use countersign_domain::tenant::TenantId;
use countersign_domain::webhook::Webhook;
use countersign_domain::webhook::delivery::{Dispatch, EventPlace, Failed, OrderingKey};
use countersign_ports::{After, Race};
use countersign_server_admin::webhook_message;
use metrics::Label;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Maximum number of requests in progress to a receiver.
const MOST: usize = 8;
/// Number of batches to read at once.
const SLICE: u32 = 50;
/// Pause after an error of the store.
const PAUSE: Duration = Duration::from_secs(2);

/// Event that was sent, with the outcome.
type Sent = (Event, Result<(), NotDelivered>);

/// Delivers to one webhook until it is disabled, or until another server delivers.
pub(super) struct Worker {
    shared: Arc<Shared>,
    webhook: watch::Receiver<Arc<Webhook>>,
    latest: watch::Receiver<u64>,
    in_progress: JoinSet<Sent>,
    /// Time at which the receiver last had all events.
    complete_at: Instant,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        webhook: watch::Receiver<Arc<Webhook>>,
        latest: watch::Receiver<u64>,
    ) -> Self {
        Self {
            shared,
            webhook,
            latest,
            in_progress: JoinSet::new(),
            complete_at: Instant::now(),
        }
    }

    /// Runs until the end of the delivery. An error ends it too: the server starts another worker, which reads the
    /// stored state again.
    pub(super) async fn run(mut self) {
        if let Err(error) = self.deliver().await {
            let name = self.webhook.borrow().name.clone();
            tracing::error!(tenant = %self.shared.tenant.id, webhook = %name, "cannot deliver to a webhook: {error}");
            sleep(PAUSE).await;
        }
    }

    async fn deliver(&mut self) -> Result<(), Failure> {
        let webhook = self.webhook.borrow_and_update().clone();
        let mut stored = Stored::open(&self.shared, self.shared.tenant.id, &webhook).await?;
        let mut dispatch = Dispatch::new(stored.state().clone());
        let mut ticks = ticks(PERIOD);
        loop {
            let webhook = self.webhook.borrow_and_update().clone();
            self.replay(&mut dispatch, &webhook).await?;
            let has_more = self.take(&mut dispatch, &webhook).await?;
            self.begin(&mut dispatch, &webhook).await?;
            self.measure(&dispatch, &webhook);
            tokio::select! {
                Some(sent) = self.in_progress.join_next() => {
                    self.ended(&mut dispatch, &webhook, sent?).await?;
                }
                _ = ticks.tick() => {
                    if stored.keep(&self.shared, &dispatch.state).await? == Race::Lost {
                        return Ok(());
                    }
                }
                changed = self.webhook.changed() => if changed.is_err() { return Ok(()) },
                changed = self.latest.changed() => if changed.is_err() { return Ok(()) },
                () = std::future::ready(()), if has_more => {}
            }
        }
    }

    /// Carries out the last replay, unless that was done before.
    async fn replay(&self, dispatch: &mut Dispatch, webhook: &Webhook) -> Result<(), Failure> {
        let Some(replay) = webhook.replay else {
            return Ok(());
        };
        if replay.number <= dispatch.state.replayed {
            return Ok(());
        }
        match replay.since {
            Some(since) => {
                let position = position(&self.shared, since).await?;
                dispatch.state.rewind(position, since);
            }
            None => dispatch.state.replay_dead_letters(now()),
        }
        dispatch.state.replayed = replay.number;
        Ok(())
    }

    /// Reads the next batches. Returns whether more follow.
    async fn take(&self, dispatch: &mut Dispatch, webhook: &Webhook) -> Result<bool, Failure> {
        let latest = *self.latest.borrow();
        if !dispatch.has_room() || dispatch.state.position >= latest {
            return Ok(false);
        }
        let after = After {
            key: Some(dispatch.state.position),
            limit: SLICE,
        };
        for batch in self.shared.log.batches(after).await? {
            if !dispatch.has_room() {
                return Ok(false);
            }
            let events = self.shared.log.sealed(&batch).await?;
            let not_before = dispatch.state.not_before;
            let wanted = events
                .iter()
                .filter(|event| event.at >= not_before && webhook.wants(event.action.as_str()));
            let wanted = wanted.map(|event| (event.id, OrderingKey::of(event)));
            dispatch.take(batch.number, wanted, now());
        }
        Ok(dispatch.state.position < latest)
    }

    /// Begins to send the events that are due.
    async fn begin(
        &mut self,
        dispatch: &mut Dispatch,
        webhook: &Arc<Webhook>,
    ) -> Result<(), Failure> {
        for EventPlace { batch, id } in dispatch.next(now(), MOST) {
            let events = self.shared.log.of(batch).await?;
            let event = events.iter().find(|event| event.id == id);
            match event.filter(|event| webhook.wants(event.action.as_str())) {
                Some(event) => {
                    let (event, webhook) = (event.clone(), webhook.clone());
                    let (sender, tenant) =
                        (self.shared.admin.sender.clone(), self.shared.tenant.id);
                    self.in_progress.spawn(async move {
                        let message = webhook_message(&event, now());
                        let outcome = sender.send(tenant, &webhook, message).await;
                        (event, outcome)
                    });
                }
                // The content was erased, the event was removed after its retention, or the webhook no longer
                // wants it.
                None => dispatch.drop_event(id),
            }
        }
        Ok(())
    }

    async fn ended(
        &self,
        dispatch: &mut Dispatch,
        webhook: &Webhook,
        (event, outcome): Sent,
    ) -> Result<(), Failure> {
        let (tenant, name) = (self.shared.tenant.id, webhook.name.as_str());
        let Err(failure) = outcome else {
            count(tenant, name, "delivered");
            if dispatch.state.failures > 0 {
                tracing::info!(%tenant, webhook = name, "a webhook accepts events again");
            }
            dispatch.delivered(event.id, now());
            return Ok(());
        };
        if dispatch.state.failures == 0 {
            tracing::warn!(%tenant, webhook = name, reason = %failure, "a webhook does not accept events; they are retried");
        }
        let (reason, random) = (failure.to_string(), self.random());
        let is_dead = dispatch.failed(event.id, now(), |attempts| Failed {
            action: event.action.as_str(),
            reason: &reason,
            pause: self.shared.schedule.pause(attempts, random),
        });
        if is_dead {
            let EventId { node, number } = event.id;
            tracing::error!(%tenant, webhook = name, %node, number, reason, "gave up an event for a webhook; see `countersign webhooks dead-letters`");
        }
        count(tenant, name, if is_dead { "gave_up" } else { "failed" });
        if failure.is_gone() {
            tracing::error!(
                %tenant,
                webhook = name,
                "disabled a webhook: its receiver is gone (410)"
            );
            self.shared
                .admin
                .disable(&self.shared.tenant, webhook)
                .await?;
        }
        Ok(())
    }

    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.shared.admin.entropy.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    fn measure(&mut self, dispatch: &Dispatch, webhook: &Webhook) {
        let waiting = dispatch.state.waiting.len();
        if waiting == 0 && dispatch.state.position >= *self.latest.borrow() {
            self.complete_at = Instant::now();
        }
        let lag = self.complete_at.elapsed().as_secs_f64();
        gauges(self.shared.tenant.id, webhook.name.as_str(), waiting, lag);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        gauges(
            self.shared.tenant.id,
            self.webhook.borrow().name.as_str(),
            0,
            0.0,
        );
    }
}

/// Returns the labels of a webhook. Its name is unique within its tenant only.
fn labels(tenant: TenantId, webhook: &str) -> Vec<Label> {
    vec![
        Label::new("tenant", tenant.to_string()),
        Label::new("webhook", webhook.to_owned()),
    ]
}

fn gauges(tenant: TenantId, webhook: &str, waiting: usize, lag: f64) {
    let labels = labels(tenant, webhook);
    #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
    metrics::gauge!("countersign_webhook_waiting_events", labels.clone()).set(waiting as f64);
    metrics::gauge!("countersign_webhook_lag_seconds", labels).set(lag);
}

fn count(tenant: TenantId, webhook: &str, outcome: &'static str) {
    let mut labels = labels(tenant, webhook);
    labels.push(Label::new("outcome", outcome));
    metrics::counter!("countersign_webhook_attempts_total", labels).increment(1);
}
