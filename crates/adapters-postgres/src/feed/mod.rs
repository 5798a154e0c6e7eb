//! What a node tells others: changes, events of the audit log, and that it is alive.

pub(crate) mod changes;
pub(crate) mod events;
mod listening;
mod nodes;
