//! Changes, events and live nodes.

mod changes;
mod events;
mod nodes;
