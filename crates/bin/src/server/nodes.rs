//! The nodes of a store: this one says that it is alive, and learns which formats all of them understand.

use super::background::{report, ticks};
use super::compose::State;
use crate::commands::setup::now;
use countersign_codec::FORMAT_GENERATION;
use countersign_domain::time::Timestamp;
use countersign_ports::{FormatGeneration, LiveGenerations, Nodes as _, StoreError};
use std::time::Duration;
use tokio::time::sleep;

/// How often a node says that it is alive.
const PERIOD: Duration = Duration::from_secs(10);
/// After how long all nodes have noticed another one.
const NOTICED: Duration = Duration::from_secs(12);
/// How long a node counts that has not said so again.
const LIFETIME: Duration = Duration::from_secs(60);

/// Says that this node is alive, again and again. `common` is what was learned when it said so first.
pub(super) async fn stay(state: &State, mut common: FormatGeneration) {
    let mut ticks = ticks(PERIOD);
    // The first tick comes at once.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        match beat(state).await {
            Ok(live) if live.lowest != common => {
                common = live.lowest;
                tell(common);
            }
            Ok(_) => {}
            Err(error) => report("the store was not told that this node is alive", &error),
        }
    }
}

/// Reports for the first time that this node is alive. Beside nodes of a later version, it waits until all of them have
/// noticed: from then on they write nothing that this node does not understand.
pub(super) async fn join(state: &State) -> Result<FormatGeneration, StoreError> {
    let LiveGenerations { lowest, highest } = beat(state).await?;
    tell(lowest);
    if highest.0 > FORMAT_GENERATION {
        tracing::info!(
            "nodes of a later version are running; this node serves in {} seconds",
            NOTICED.as_secs()
        );
        sleep(NOTICED).await;
    }
    Ok(lowest)
}

fn tell(common: FormatGeneration) {
    tracing::info!("all nodes understand format generation {}", common.0);
}

/// Says that this node is alive, and takes note of what all nodes understand.
async fn beat(state: &State) -> Result<LiveGenerations, StoreError> {
    let now = now();
    let since = now.as_unix_seconds().saturating_sub(LIFETIME.as_secs());
    let since = Timestamp::from_unix_seconds(since);
    let own = FormatGeneration(FORMAT_GENERATION);
    let live = state.store.heartbeat(state.node, own, since, now).await?;
    state.codecs.set_common_generation(live.lowest.0);
    metrics::gauge!("countersign_format_generation").set(live.lowest.0);
    Ok(live)
}

/// Says that this node has stopped, so that others do not wait for it.
pub(super) async fn leave(state: &State) {
    if let Err(error) = state.store.leave(state.node).await {
        report("the store was not told that this node has stopped", &error);
    }
}
