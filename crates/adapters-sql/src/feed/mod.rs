//! Rows of changes, of events, and of their batches.

pub mod changes;
pub mod events;
pub mod proof;
