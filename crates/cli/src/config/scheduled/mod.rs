//! Settings of what a server does on a schedule.

mod destination;
pub(super) mod keys;

use crate::config::reader::Reader;
pub(crate) use destination::{Destination, SyslogAddress};
use keys::{AUDIT_FORWARD, AUDIT_RETENTION, ROTATE_EVERY};
use std::time::Duration;

/// Settings of what a server does on a schedule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scheduled {
    /// Age at which signing keys are replaced.
    pub(crate) rotate_every: Option<Duration>,
    /// How long events are kept; `None` keeps them forever.
    pub(crate) audit_retention: Option<Duration>,
}

impl Reader<'_> {
    pub(in crate::config) fn scheduled(&mut self) -> Scheduled {
        Scheduled {
            rotate_every: self.seconds(&ROTATE_EVERY),
            audit_retention: self.seconds(&AUDIT_RETENTION),
        }
    }

    /// Reads where events are sent. For a malformed value, adds a problem and returns `None`, as for `off`.
    pub(in crate::config) fn forward(&mut self) -> Option<Destination> {
        let read = self.read(&AUDIT_FORWARD, |text| match text {
            "off" => Some(None),
            other => Destination::parse(other).map(Some),
        });
        read.flatten()
    }
}
