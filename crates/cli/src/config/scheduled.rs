//! Settings of what a server does on a schedule.

use crate::config::key::{Key, Kind};
use crate::config::reader::Reader;
use std::time::Duration;

pub(crate) static ROTATE_EVERY: Key = Key {
    path: "keys.rotate_every",
    kind: Kind::Seconds(3600..=31_536_000),
    default: None,
    doc: "Age at which the server replaces its signing keys, as `countersign keys rotate` does, without a restart. If several servers share a database, only one of them does so. The previous keys stay published for a day after the new ones start to sign, longer than any token is valid. If not set, only `countersign keys rotate` replaces keys.",
};

/// Settings of what a server does on a schedule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scheduled {
    /// Age at which signing keys are replaced.
    pub(crate) rotate_every: Option<Duration>,
}

impl Reader<'_> {
    pub(super) fn scheduled(&mut self) -> Scheduled {
        Scheduled {
            rotate_every: self.seconds(&ROTATE_EVERY),
        }
    }
}
