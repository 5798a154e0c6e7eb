//! The nodes that share a store, and the format generations they understand.

use crate::answer::StoreError;
use countersign_domain::identifier::NodeId;
use countersign_domain::time::Timestamp;
use std::future::Future;

/// Generation of the sealed and stored formats. A node reads every format up to its own generation. It writes a
/// critical tag only once every live node understands the tag's generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormatGeneration(pub u32);

impl FormatGeneration {
    /// First generation of nodes that accept the secret of a session in a cookie. Earlier nodes only know signed session
    /// tokens, and clear any other cookie.
    pub const SESSION_SECRETS: Self = Self(2);
}

/// Range of generations among the live nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveGenerations {
    /// Lowest generation. Every live node understands it.
    pub lowest: FormatGeneration,
    /// Highest generation. Some node may write it once every live node understands it.
    pub highest: FormatGeneration,
}

/// The nodes of a store.
pub trait Nodes {
    /// Records that a node is alive at `now` and understands formats up to `generation`. Returns the generations of the
    /// nodes that were alive after `since`, including this one. Removes all other nodes.
    fn heartbeat(
        &self,
        node: NodeId,
        generation: FormatGeneration,
        since: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<LiveGenerations, StoreError>> + Send;

    /// Returns the generation of each node that was alive after `since`. Changes nothing.
    fn live_nodes(
        &self,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<FormatGeneration>, StoreError>> + Send;

    /// Records that a node has stopped.
    fn leave(&self, node: NodeId) -> impl Future<Output = Result<(), StoreError>> + Send;
}
