//! Background tasks: following the change feed, heartbeats and housekeeping.

use super::state::{Rotation, State};
use super::tasks::{report, ticks};
use super::{audit_log, follow, nodes, places, tour};
use crate::commands::setup::now;
use countersign_application::admin::AdminError;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{FormatGeneration, Housekeeping as _, Removed, SigningError, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// Interval between writes of the last uses of client secrets.
const WRITE_DOWN: Duration = Duration::from_secs(10);
/// Interval at which a server checks the age of its signing keys.
const ROTATION: Duration = Duration::from_secs(60);
/// Interval at which a server makes keys ahead.
const SPARES: Duration = Duration::from_secs(5);
/// Interval between housekeeping rounds.
const HOUSEKEEPING: Duration = Duration::from_secs(60);
/// Rows per batch, few enough not to delay writes of requests.
const BATCH: u32 = 500;

/// Runs all background tasks until it is aborted. `common` is the format generation that all nodes understand.
pub(super) async fn run(state: Arc<State>, common: FormatGeneration) {
    let changed = Notify::new();
    tokio::join!(
        state.store.listen(|| changed.notify_one()),
        follow::follow(&state, &changed),
        nodes::stay(&state, common),
        write_down(&state),
        audit_log::seal(&state),
        audit_log::forward(&state),
        audit_log::remove_old(&state),
        state.webhooks.run(),
        rotate_keys(&state),
        make_spare_keys(&state),
        keep_house(&state),
        tour::tour(&state),
        tour::remove_unused_clients(&state),
        places::follow(state.places.as_ref()),
        build_indexes(&state)
    );
}

async fn write_down(state: &State) {
    let mut ticks = ticks(WRITE_DOWN);
    loop {
        ticks.tick().await;
        write_down_secret_uses(state).await;
    }
}

/// Writes the last uses of client secrets to the store.
pub(super) async fn write_down_secret_uses(state: &State) {
    if let Err(error) = state.secret_uses.write_down(&*state.store, now()).await {
        report("cannot record the last use of client secrets", &error);
    }
}

/// Replaces signing keys on a schedule. A thread for blocking work creates them, because an RSA key takes up to a second.
async fn rotate_keys(state: &Arc<State>) {
    if state.rotation.is_none() {
        return;
    }
    let mut ticks = ticks(ROTATION);
    loop {
        ticks.tick().await;
        let (state, runtime) = (state.clone(), Handle::current());
        let rotated = spawn_blocking(move || runtime.block_on(rotated(&state))).await;
        match rotated {
            Ok(Ok(keys)) if keys.is_empty() => {}
            Ok(Ok(keys)) => {
                let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
                tracing::info!(keys = %ids.join(" "), "replaced the signing keys on schedule");
            }
            Ok(Err(error)) => {
                tracing::error!("cannot replace the signing keys on schedule: {error}");
            }
            Err(error) => tracing::error!("cannot replace the signing keys on schedule: {error}"),
        }
    }
}

/// Makes keys for new tenants, on a thread for blocking work.
async fn make_spare_keys(state: &State) {
    let Some(spares) = &state.spares else {
        return;
    };
    loop {
        // First, so that the start of the server does not take longer.
        sleep(SPARES).await;
        let spares = spares.clone();
        let made = spawn_blocking(move || {
            while spares.make_one()? {}
            Ok::<_, SigningError>(())
        });
        if let Ok(Err(error)) = made.await {
            tracing::error!("cannot make signing keys ahead: {error}");
        }
    }
}

async fn rotated(state: &State) -> Result<Vec<SigningKey>, AdminError> {
    let Some(Rotation {
        keys,
        make,
        every,
        announcement,
    }) = &state.rotation
    else {
        return Ok(Vec::new());
    };
    keys.rotate_on_schedule(&state.tenant, &**make, *every, *announcement)
        .await
}

async fn keep_house(state: &State) {
    if !state.keeps_house {
        return;
    }
    let mut ticks = ticks(HOUSEKEEPING);
    loop {
        ticks.tick().await;
        if let Err(error) = remove_expired(state).await {
            report("cannot delete expired rows", &error);
        }
        let (users, sessions) = &state.deletions;
        match users.delete_due(&state.tenant, sessions).await {
            Ok(0) => {}
            Ok(count) => {
                metrics::counter!("countersign_requested_deletions_total").increment(count);
                tracing::info!(count, "deleted users who had requested it");
            }
            Err(error) => tracing::error!("cannot delete users who requested it: {error}"),
        }
        if let Err(error) = users.remove_old_factor_resets(&state.tenant).await {
            tracing::error!("cannot remove expired requests to reset factors: {error}");
        }
    }
}

/// Deletes expired rows in batches. The gauge is the age of the oldest expired row, or 0 if there was none.
async fn remove_expired(state: &State) -> Result<(), StoreError> {
    let mut all = Removed::default();
    loop {
        let now = now();
        let removed = state.store.remove_expired(now, BATCH).await?;
        all += removed;
        let waited = all.oldest.map(|ended_at| now.since(ended_at));
        metrics::gauge!("countersign_oldest_expired_row_age_seconds")
            .set(waited.unwrap_or_default().as_secs_f64());
        if removed.count < BATCH {
            return Ok(());
        }
    }
}

/// Builds the indexes that migrations of a large store leave out, without blocking requests.
async fn build_indexes(state: &State) {
    if !state.migrates {
        return;
    }
    loop {
        match state.store.build_indexes().await {
            Ok(built) => {
                if !built.is_empty() {
                    tracing::info!(indexes = %built.join(", "), "built indexes");
                }
                return;
            }
            Err(error) => report("cannot build indexes", &error),
        }
        sleep(HOUSEKEEPING).await;
    }
}
