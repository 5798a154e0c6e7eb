//! Forwarding of the audit log: each batch is sent once its events are sealed.

mod otlp;
mod syslog;

use super::sealed_events::SealedEvents;
use super::tasks::Failure;
use crate::config::Destination;
use countersign_domain::audit::event::Event;
use countersign_ports::After;
use countersign_server_admin::event_json;
use otlp::Otlp;
use std::io::{self, Write as _};
use std::time::Duration;
use syslog::Syslog;
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

/// Timeout for the events of a batch.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends the events of batches. Numbers of batches have no gaps, so an event that commits late is not skipped.
pub(super) struct Forwarder {
    log: SealedEvents,
    progress: Mutex<Progress>,
}

struct Progress {
    receiver: Receiver,
    /// Number of the last batch that was sent; `None` before the first look.
    last: Option<u64>,
    is_failing: bool,
}

enum Receiver {
    /// Standard output, and the print that has begun: it goes on if its reader is slow.
    Stdout(Option<JoinHandle<io::Result<()>>>),
    Syslog(Syslog),
    Otlp(Otlp),
}

impl Forwarder {
    /// Creates a forwarder to this destination.
    pub(super) fn new(destination: Destination, log: SealedEvents) -> Self {
        let receiver = match destination {
            Destination::Stdout => Receiver::Stdout(None),
            Destination::Syslog(address) => Receiver::Syslog(Syslog::new(address)),
            Destination::Otlp(url) => Receiver::Otlp(Otlp::new(url)),
        };
        let progress = Progress {
            receiver,
            last: None,
            is_failing: false,
        };
        Self {
            log,
            progress: Mutex::new(progress),
        }
    }

    /// Sends the events of all batches after the last one that was sent. The first call sends none: events from before
    /// the start were forwarded by an earlier process, or not at all. An error is logged once, until sending works again.
    /// Returns whether it sent a batch.
    pub(super) async fn send_new(&self) -> bool {
        let mut progress = self.progress.lock().await;
        let before = progress.last;
        let sent = self.send_after(&mut progress).await;
        if let Err(error) = &sent
            && !progress.is_failing
        {
            tracing::error!("cannot forward the audit log: {error}");
        }
        progress.is_failing = sent.is_err();
        before.is_some() && progress.last > before
    }

    async fn send_after(&self, progress: &mut Progress) -> Result<(), Failure> {
        let Some(last) = progress.last else {
            progress.last = Some(self.log.latest().await?);
            return Ok(());
        };
        for batch in self.log.batches(After::key(last)).await? {
            let events = self.log.events(&batch).await?;
            if !events.is_empty() {
                timeout(TIMEOUT, progress.receiver.send(&events)).await??;
            }
            progress.last = Some(batch.number);
        }
        Ok(())
    }
}

impl Receiver {
    async fn send(&mut self, events: &[Event]) -> Result<(), Failure> {
        match self {
            Self::Stdout(begun) => {
                let print = begun.get_or_insert_with(|| {
                    let lines = events.iter();
                    let lines = lines.map(|event| format!("{}\n", event_json(event)));
                    let lines: String = lines.collect();
                    spawn_blocking(move || {
                        let mut out = io::stdout().lock();
                        out.write_all(lines.as_bytes()).and_then(|()| out.flush())
                    })
                });
                let printed = print.await;
                *begun = None;
                Ok(printed??)
            }
            Self::Syslog(syslog) => syslog.send(events).await,
            Self::Otlp(otlp) => otlp.send(events).await,
        }
    }
}
