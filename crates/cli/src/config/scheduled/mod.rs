//! Settings of what a server does on a schedule.

mod destination;
pub(super) mod keys;

use crate::config::reader::Reader;
use countersign_domain::webhook::retry::RetrySchedule;
pub(crate) use destination::{Destination, SyslogAddress};
use keys::{AUDIT_FORWARD, AUDIT_RETENTION, ROTATE_EVERY, WEBHOOK_RETRIES};
use std::time::Duration;

/// Settings of what a server does on a schedule.
#[derive(Clone, Debug)]
pub(crate) struct Scheduled {
    /// Age at which signing keys are replaced.
    pub(crate) rotate_every: Option<Duration>,
    /// How long events are kept; `None` keeps them forever.
    pub(crate) audit_retention: Option<Duration>,
    /// Pauses between the attempts to deliver to a webhook.
    pub(crate) webhook_retries: RetrySchedule,
}

impl Reader<'_> {
    pub(in crate::config) fn scheduled(&mut self) -> Scheduled {
        Scheduled {
            rotate_every: self.seconds(&ROTATE_EVERY),
            audit_retention: self.seconds(&AUDIT_RETENTION),
            webhook_retries: self.webhook_retries(),
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

    /// Reads the pauses between attempts. For a malformed value, adds a problem and returns the default.
    fn webhook_retries(&mut self) -> RetrySchedule {
        let read = self.read(&WEBHOOK_RETRIES, |text| {
            let pauses = text.split(',').map(|pause| pause.trim().parse().ok());
            let pauses = pauses.map(|pause| pause.map(Duration::from_secs));
            RetrySchedule::new(pauses.collect::<Option<_>>()?)
        });
        read.unwrap_or_default()
    }
}
