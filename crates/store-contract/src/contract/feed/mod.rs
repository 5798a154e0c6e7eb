//! Changes, events and live nodes.

pub mod changes;
pub mod events;
pub mod nodes;
