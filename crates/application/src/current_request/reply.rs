//! The place for the reply of a command.

use countersign_ports::EphemeralKey;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Keeps the reply of a command with its event.
#[derive(Clone)]
pub(crate) struct ReplyWithEvent {
    pub(crate) key: EphemeralKey,
    pub(crate) seal: Arc<SealReply>,
}

/// Returns the sealed reply for an outcome; `None` for an outcome of another type.
pub(crate) type SealReply = dyn Fn(&dyn Any) -> Option<Vec<u8>> + Send + Sync;

impl fmt::Debug for ReplyWithEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyWithEvent(..)")
    }
}
