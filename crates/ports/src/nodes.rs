//! The nodes that use a store, and what all of them understand.

use crate::store::StoreError;
use countersign_domain::identifier::NodeId;
use countersign_domain::time::Timestamp;
use std::future::Future;

/// A generation of the formats that are sealed and stored. A node reads every format up to its own generation; a critical
/// tag is written only once every live node understands its generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormatGeneration(pub u32);

/// The generations of the live nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveGenerations {
    /// Lowest one: what every node understands.
    pub lowest: FormatGeneration,
    /// Highest one: what some node may write once every node understands it.
    pub highest: FormatGeneration,
}

/// The nodes of a store.
pub trait Nodes {
    /// Notes that a node is alive at `now` and understands formats up to `generation`. Returns the generations of the
    /// nodes that were alive after `since`, this one included; nodes that were not are removed.
    fn heartbeat(
        &self,
        node: NodeId,
        generation: FormatGeneration,
        since: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<LiveGenerations, StoreError>> + Send;

    /// Notes that a node has stopped.
    fn leave(&self, node: NodeId) -> impl Future<Output = Result<(), StoreError>> + Send;
}
