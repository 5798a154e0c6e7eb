//! What all workers share.

use super::recent::RecentEvents;
use countersign_adapters_store::AnyStore;
use countersign_application::admin::webhooks::WebhookAdmin;
use countersign_domain::tenant::Tenant;
use countersign_domain::webhook::retry::RetrySchedule;
use std::sync::Arc;
use std::time::Duration;

/// Interval at which a server looks for new batches, and at which a worker stores its state.
pub(super) const PERIOD: Duration = Duration::from_secs(1);

/// What all workers share.
pub(super) struct Shared {
    pub(super) tenant: Arc<Tenant>,
    pub(super) admin: Arc<WebhookAdmin<AnyStore>>,
    pub(super) log: RecentEvents,
    pub(super) schedule: RetrySchedule,
}
