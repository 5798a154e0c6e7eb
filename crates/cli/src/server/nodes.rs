//! Node heartbeats: this node reports that it is alive and learns which formats all nodes understand.

use super::state::State;
use super::tasks::{report, ticks};
use crate::commands::setup::now;
use countersign_codec::FORMAT_GENERATION;
use countersign_domain::time::Timestamp;
use countersign_ports::{FormatGeneration, LiveGenerations, Nodes as _, StoreError};
use std::time::Duration;
use tokio::time::sleep;

/// Interval between heartbeats.
const PERIOD: Duration = Duration::from_secs(10);
/// Time after which all nodes have noticed a new node.
const NOTICED: Duration = Duration::from_secs(12);
/// How long a node counts as live after its last heartbeat.
pub(crate) const LIFETIME: Duration = Duration::from_secs(60);

/// Sends heartbeats at a fixed interval. `common` is the result of the first heartbeat.
pub(super) async fn stay(state: &State, mut common: FormatGeneration) {
    let mut ticks = ticks(PERIOD);
    // The first tick completes immediately.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        match beat(state).await {
            Ok(live) if live.lowest != common => {
                common = live.lowest;
                report_generation(common);
            }
            Ok(_) => {}
            Err(error) => report("cannot record the heartbeat of this node", &error),
        }
    }
}

/// Sends the first heartbeat. If nodes of a later version are live, waits until they have noticed this node.
///
/// From then on, they write only what this node understands.
pub(super) async fn join(state: &State) -> Result<FormatGeneration, StoreError> {
    let LiveGenerations { lowest, highest } = beat(state).await?;
    report_generation(lowest);
    if highest.0 > FORMAT_GENERATION {
        tracing::info!(
            "nodes of a later version are running; this node starts serving in {} seconds",
            NOTICED.as_secs()
        );
        sleep(NOTICED).await;
    }
    Ok(lowest)
}

fn report_generation(common: FormatGeneration) {
    tracing::info!("all nodes understand format generation {}", common.0);
}

/// Sends a heartbeat and updates the format generation that all nodes understand.
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

/// Removes this node, so that other nodes no longer take it into account.
pub(super) async fn leave(state: &State) {
    if let Err(error) = state.store.leave(state.node).await {
        report("cannot record that this node has stopped", &error);
    }
}
