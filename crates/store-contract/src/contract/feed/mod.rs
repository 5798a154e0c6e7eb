//! Changes, events and live nodes.

pub mod changes;
pub mod event_searches;
pub mod events;
pub mod nodes;
