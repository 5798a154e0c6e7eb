//! Result of a verification.

use countersign_domain::audit::batch::ChainHead;
use countersign_domain::audit::event::EventId;
use std::fmt;

/// Contradiction between the audit log and its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The batch after this one is missing, or it is the first one and has a predecessor.
    BatchRemoved(u64),
    /// The content of a batch does not match its number, its successor or the master key.
    BatchAltered(u64),
    /// The events of a batch are not those that were sealed: one was added, removed or replaced.
    EventsChanged {
        /// Number of the batch.
        batch: u64,
        /// Number of events that were sealed.
        sealed: u64,
        /// Number of stored events.
        stored: u64,
    },
    /// The stored parts of an event contradict each other.
    EventAltered(EventId),
    /// An event belongs to a batch that does not exist.
    EventAdded(EventId),
    /// The content of more events is gone than the events of erasures say.
    ErasedWithoutRecord {
        /// Number of events without content.
        erased: u64,
        /// Number of events that operators erased.
        recorded: u64,
    },
    /// An event is not sealed, although its node should have done so.
    EventUnsealed(EventId),
    /// The chain does not contain the given head: it was cut off before it, or replaced.
    HeadMissing(u64),
    /// The given head is older than the first batch that the retention kept.
    HeadRemoved(u64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BatchRemoved(number) => write!(f, "batch {number}: missing"),
            Self::BatchAltered(number) => write!(
                f,
                "batch {number}: altered, or sealed with a master key that is not configured"
            ),
            Self::EventsChanged {
                batch,
                sealed,
                stored,
            } if sealed == stored => {
                write!(f, "batch {batch}: an event was altered, replaced or moved")
            }
            Self::EventsChanged {
                batch,
                sealed,
                stored,
            } => write!(
                f,
                "batch {batch}: {sealed} events were sealed, {stored} are stored"
            ),
            Self::EventAltered(id) => write!(f, "event {}:{}: altered", id.node, id.number),
            Self::EventAdded(id) => write!(
                f,
                "event {}:{}: added, or its batch was removed",
                id.node, id.number
            ),
            Self::EventUnsealed(id) => write!(
                f,
                "event {}:{}: not sealed; added, or its process was killed",
                id.node, id.number
            ),
            Self::ErasedWithoutRecord { erased, recorded } => write!(
                f,
                "the content of {erased} events is gone, but operators erased only {recorded}"
            ),
            Self::HeadRemoved(number) => write!(
                f,
                "batch {number}: the given head is older than the retention; keep a newer one"
            ),
            Self::HeadMissing(number) => write!(
                f,
                "batch {number}: not the one of the given head; the audit log was cut off or replaced"
            ),
        }
    }
}

/// Result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Number of batches.
    pub batches: u64,
    /// Number of sealed events.
    pub events: u64,
    /// Number of sealed events with erased content.
    pub erased: u64,
    /// Number of events that an operator adopted.
    pub adopted: u64,
    /// End of the chain; `None` without batches.
    pub head: Option<ChainHead>,
    /// Contradictions, in the order in which they were found.
    pub findings: Vec<Finding>,
}
