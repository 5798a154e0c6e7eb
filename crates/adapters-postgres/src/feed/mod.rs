//! The change feed, the audit log, and the heartbeats of nodes.

pub(crate) mod changes;
pub(crate) mod events;
mod listening;
mod locks;
mod nodes;
mod proof;
