//! Background tasks of the audit log: sealing, forwarding and removal of old events.

use super::state::State;
use super::tasks::{report, ticks};
use crate::output;
use countersign_codec::decode_event;
use countersign_ports::{
    After, AuditProof as _, BatchCodec as _, SealedBy, StoreError, StoredEvent,
};
use countersign_server_admin::event_json;
use std::io;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// Interval between batches.
const SEALING: Duration = Duration::from_secs(1);
/// Interval at which old events are removed. Each removal is an event itself.
const REMOVAL: Duration = Duration::from_secs(3600);

/// Stores the events of requests, and seals all new events. An error is logged once, until sealing works again.
pub(super) async fn seal(state: &State) {
    let mut ticks = ticks(SEALING);
    let mut is_failing = false;
    let mut is_renewed = false;
    loop {
        ticks.tick().await;
        store_activity(state).await;
        let sealed = if is_renewed {
            state.sealing.seal(state.tenant.id).await
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
    store_activity(state).await;
    if let Err(error) = state.sealing.seal(state.tenant.id).await {
        tracing::error!("cannot seal the audit log: {error}");
    }
}

/// Prints the events of new batches to standard output, as the JSON of the admin API. Numbers of batches have no gaps,
/// so an event that commits late is not skipped.
pub(super) async fn forward(state: &State) {
    if !state.scheduled.forwards_events {
        return;
    }
    let mut last = None;
    let mut ticks = ticks(SEALING);
    loop {
        ticks.tick().await;
        match forward_after(state, last).await {
            Ok(next) => last = Some(next),
            Err(error) => report("cannot forward the audit log", &error),
        }
    }
}

/// Prints the events of the batches after `last`, and returns the number of the last batch. Without `last`, prints none:
/// events from before the start were forwarded by an earlier process, or not at all.
async fn forward_after(state: &State, last: Option<u64>) -> Result<u64, StoreError> {
    let tenant = state.tenant.id;
    let Some(mut last) = last else {
        let latest = state.store.latest_batch(tenant).await?;
        return Ok(latest.map_or(0, |batch| batch.number));
    };
    let batches = state.store.list_batches(tenant, After::key(last)).await?;
    for batch in batches.items {
        let opened = state.codecs.open(tenant, &batch);
        if opened.batch.is_none() || opened.sealed_by == SealedBy::Unknown {
            let number = batch.number;
            let forged = format!("batch {number} is not sealed with a known master key");
            return Err(StoreError::new(io::Error::other(forged)));
        }
        let events = state.store.events_of_batch(tenant, batch.number, u32::MAX);
        let lines: String = events.await?.iter().filter_map(line).collect();
        let printed = spawn_blocking(move || output::print(&lines)).await;
        if printed.map_err(StoreError::new)?.is_err() {
            return Err(StoreError::new(io::Error::other(
                "standard output is closed",
            )));
        }
        last = batch.number;
    }
    Ok(last)
}

/// Returns the line of an event, unless its content was erased.
fn line(event: &StoredEvent) -> Option<String> {
    let (_, event) = decode_event(event.content.as_ref()?).ok()?;
    Some(format!("{}\n", event_json(&event)))
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
