//! Turns of a connection: the client sends a request, then the server sends a response.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Number of turns of a connection. It is the client's turn if the number is even.
#[derive(Clone)]
pub(super) struct Turns(Arc<State>);

struct State {
    count: AtomicUsize,
    begun: Instant,
    /// Start of the client's last turn, in milliseconds after `begun`.
    waits_since: AtomicU64,
}

impl Turns {
    /// Returns the number of turns. Only the connection's task changes it. Another task that chooses an idle connection
    /// to close may read an outdated number: the connection checks again. So relaxed ordering is enough.
    pub(super) fn count(&self) -> usize {
        self.0.count.load(Ordering::Relaxed)
    }

    /// Returns whether the server waits for the client.
    pub(super) fn is_clients(&self) -> bool {
        self.count().is_multiple_of(2)
    }

    /// Returns since when the server has been waiting for the client; `None` during a request.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let since = Duration::from_millis(self.0.waits_since.load(Ordering::Relaxed));
        self.is_clients().then(|| self.0.begun + since)
    }

    pub(super) fn next(&self) {
        if !self.is_clients() {
            let since = self.0.begun.elapsed().as_millis();
            let since = u64::try_from(since).unwrap_or(u64::MAX);
            self.0.waits_since.store(since, Ordering::Relaxed);
        }
        self.0.count.fetch_add(1, Ordering::Relaxed);
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(State {
            count: AtomicUsize::new(0),
            begun: Instant::now(),
            waits_since: AtomicU64::new(0),
        }))
    }
}
