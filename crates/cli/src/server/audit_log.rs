//! Background tasks of the audit log: events of requests, sealing, forwarding, and removal of old events.

use super::state::State;
use super::tasks::{report, ticks};
use countersign_application::admin::SealingError;
use std::time::Duration;
use tokio::time::sleep;

/// Interval between batches.
const SEALING: Duration = Duration::from_secs(1);
/// Interval at which old events are removed. Each removal is an event itself.
const REMOVAL: Duration = Duration::from_secs(3600);

/// Attempts to store the last events, and the pause after a failed one.
const LAST_TRIES: usize = 5;
const LAST_PAUSE: Duration = Duration::from_millis(500);

/// Stores the events of requests, and seals all new events. An error is logged once, until sealing works again.
pub(super) async fn seal(state: &State) {
    let mut ticks = ticks(SEALING);
    let mut is_failing = false;
    let mut is_renewed = false;
    loop {
        ticks.tick().await;
        store_activity(state).await;
        let sealed = if is_renewed {
            seal_all(state).await
        } else {
            state.sealing.renew_key(state.tenant.id).await
        };
        if let Err(error) = &sealed
            && !is_failing
        {
            tracing::error!("cannot seal the audit log: {error}");
        }
        is_failing = sealed.is_err();
        is_renewed |= !is_failing;
    }
}

/// Seals the new events of all tenants. A tenant whose log cannot be sealed does not keep the others from it.
async fn seal_all(state: &State) -> Result<(), SealingError> {
    let mut all = Ok(());
    for tenant in state.sealing.events.unsealed_tenants() {
        // Late events of a tenant that was removed: its chain is gone.
        if !state.tenants.is_known(tenant) {
            continue;
        }
        all = state.sealing.seal(tenant).await.and(all);
    }
    all
}

/// Stores the events of requests that are no commands.
async fn store_activity(state: &State) {
    let stored = state.activity.store(&*state.store, &state.sealing.events);
    match stored.await {
        Ok(0) => {}
        Ok(lost) => {
            metrics::counter!("countersign_events_lost_total").increment(lost);
            tracing::error!(
                lost,
                "events of the audit log were lost: too many at once, or the store did not answer"
            );
        }
        Err(error) => report("cannot store the events of requests", &error),
    }
}

/// Stores and seals the events that were recorded since the last round.
pub(super) async fn seal_last(state: &State) {
    for _ in 0..LAST_TRIES {
        store_activity(state).await;
        if state.activity.count() == 0 {
            break;
        }
        sleep(LAST_PAUSE).await;
    }
    let lost = state.activity.count();
    if lost > 0 {
        tracing::error!(
            lost,
            "events of the audit log were lost: the store did not answer at the end of the server"
        );
    }
    if let Err(error) = seal_all(state).await {
        tracing::error!("cannot seal the audit log: {error}");
    }
}

/// Sends the events of new batches, if the server forwards events.
pub(super) async fn forward(state: &State) {
    let mut ticks = ticks(SEALING);
    while let Some(forwarder) = &state.forwarder {
        ticks.tick().await;
        forwarder.send_new().await;
    }
}

/// Sends the events that the server sealed at its end.
pub(super) async fn forward_last(state: &State) {
    if let Some(forwarder) = &state.forwarder {
        while forwarder.send_new().await {}
    }
}

/// Removes events after their retention. One node does so at a time: the others lose the race.
pub(super) async fn remove_old(state: &State) {
    let Some(retention) = state
        .scheduled
        .audit_retention
        .filter(|_| state.keeps_house)
    else {
        return;
    };
    let mut ticks = ticks(REMOVAL);
    loop {
        ticks.tick().await;
        match state.sealing.remove_old(state.tenant.id, retention).await {
            Ok(0) => {}
            Ok(batches) => tracing::info!(batches, "removed old events from the audit log"),
            Err(error) => tracing::error!("cannot remove old events from the audit log: {error}"),
        }
    }
}
