//! Following the feed of changes: what other nodes and the command line have changed.

use super::background::{report, ticks};
use super::compose::State;
use crate::commands::setup::now;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    Change, ChangeKind, Changes as _, Cursor, KeySetVersion, SigningKeyRepository as _, StoreError,
};
use std::time::Duration;
use tokio::sync::Notify;

/// How often the store is asked whether clients or keys have changed: a change must be in force within a
/// second, with room for a slow answer.
const PERIOD: Duration = Duration::from_millis(250);
/// For how long a place in the feed is good. Stores keep changes for an hour at least.
const LONGEST_GAP: Duration = Duration::from_secs(1800);

/// How far this node has followed.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Place in the feed.
    pub(super) cursor: Cursor,
    /// Version of the signing keys in memory.
    pub(super) keys: KeySetVersion,
    /// When the store was last asked with success.
    pub(super) at: Timestamp,
}

/// Follows changes: when the store tells of one, and each time that it might not have told.
pub(super) async fn follow(state: &State, changed: &Notify) {
    let mut place = state.place;
    let mut failing = false;
    let mut ticks = ticks(PERIOD);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = changed.notified() => {}
        }
        match catch_up(state, place).await {
            Ok(next) => {
                place = next;
                failing = false;
            }
            Err(error) => {
                state.clients.miss(now());
                // Said once, not four times a second.
                if !std::mem::replace(&mut failing, true) {
                    report("changes cannot be followed", &error);
                }
            }
        }
        state.keys.advance(now());
    }
}

async fn catch_up(state: &State, place: Place) -> Result<Place, StoreError> {
    let now = now();
    if now.since(place.at) > LONGEST_GAP {
        return start_over(state, now).await;
    }
    let (changes, cursor) = state.store.changes_after(place.cursor).await?;
    count(&changes);
    state.clients.follow(&changes);
    let are_new_keys = |change: &Change| {
        change.kind == ChangeKind::SigningKeys
            && change.tenant == state.tenant.id
            && change.version > place.keys.0
    };
    let keys = if changes.iter().any(are_new_keys) {
        load_keys(state).await?
    } else {
        place.keys
    };
    Ok(Place {
        cursor,
        keys,
        at: now,
    })
}

/// Reads everything again. The place is read before the facts: what changes in between is followed next time.
async fn start_over(state: &State, now: Timestamp) -> Result<Place, StoreError> {
    let cursor = state.store.latest_change().await?;
    state.clients.forget();
    state.clients.follow(&[]);
    let keys = load_keys(state).await?;
    tracing::warn!(
        "the changes of the last half hour were missed; clients and keys are read again"
    );
    Ok(Place {
        cursor,
        keys,
        at: now,
    })
}

async fn load_keys(state: &State) -> Result<KeySetVersion, StoreError> {
    let tenant = state.tenant.id;
    let (version, keys) = state.store.list_signing_keys(tenant).await?;
    if let Err(error) = state.keys.load(tenant, &keys, &*state.codecs, now()) {
        tracing::error!("{error}; the other keys are in force");
    }
    Ok(version)
}

fn count(changes: &[Change]) {
    for change in changes {
        let kind = match change.kind {
            ChangeKind::Client => "client",
            ChangeKind::SigningKeys => "signing_keys",
        };
        metrics::counter!("countersign_changes_followed_total", "kind" => kind).increment(1);
        tracing::debug!(
            kind,
            id = change.id,
            version = change.version,
            "a change is followed"
        );
    }
}
