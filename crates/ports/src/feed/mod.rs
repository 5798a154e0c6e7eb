//! Information that nodes share through the store: changes, audit log events and heartbeats.

mod changes;
mod events;
mod nodes;

pub use changes::{Change, ChangeKind, Changes, Cursor};
pub use events::{Audit, EventCodec, EventRecord, FoundEvents, KeptReply};
pub use nodes::{FormatGeneration, LiveGenerations, Nodes};
