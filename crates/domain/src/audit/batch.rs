//! Sealed batches of the audit log: the links of a chain.

use crate::identifier::NodeId;
use crate::time::Timestamp;

/// Batch of events. Each tenant has one chain of batches, in which a batch contains the link of the preceding one. The
/// server stores a batch under a MAC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Number in the chain, from 1 and without gaps.
    pub number: u64,
    /// Node that sealed the batch.
    pub node: NodeId,
    /// Time of sealing.
    pub at: Timestamp,
    /// Number of events; 0 in a batch that only starts the use of a new master key.
    pub count: u64,
    /// Root of the Merkle tree of the events, ordered by their identifiers.
    pub root: [u8; 32],
    /// Link of the preceding batch; `None` for the first one.
    pub previous: Option<[u8; 32]>,
    /// Whether an operator added events that their node had not sealed. Their proof starts here.
    pub is_adopted: bool,
}

/// End of a chain. Kept outside of the store, it proves later that no event up to it was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// Number of the last batch.
    pub number: u64,
    /// Link of the last batch.
    pub link: [u8; 32],
}
