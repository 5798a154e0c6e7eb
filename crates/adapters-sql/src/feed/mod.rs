//! Rows of changes and of events.

pub mod changes;
pub mod events;
