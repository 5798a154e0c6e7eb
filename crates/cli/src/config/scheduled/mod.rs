//! Settings of what a server does on a schedule.

pub(super) mod keys;

use crate::config::reader::Reader;
use keys::{AUDIT_FORWARD, AUDIT_RETENTION, ROTATE_EVERY};
use std::time::Duration;

/// Settings of what a server does on a schedule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scheduled {
    /// Age at which signing keys are replaced.
    pub(crate) rotate_every: Option<Duration>,
    /// How long events are kept; `None` keeps them forever.
    pub(crate) audit_retention: Option<Duration>,
    /// Whether events are printed to standard output.
    pub(crate) forwards_events: bool,
}

impl Reader<'_> {
    pub(in crate::config) fn scheduled(&mut self) -> Option<Scheduled> {
        let rotate_every = self.seconds(&ROTATE_EVERY);
        let audit_retention = self.seconds(&AUDIT_RETENTION);
        let forwards_events = self.word(&AUDIT_FORWARD, |text| Some(text == "stdout"));
        Some(Scheduled {
            rotate_every,
            audit_retention,
            forwards_events: forwards_events?,
        })
    }
}
