//! Turns of a connection: the client sends a request, then the server sends a response. While the server waits for the
//! body of a request, it waits for the client, too.

use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

/// Number of turns of a connection. It is the client's turn if the number is even.
#[derive(Clone)]
pub(super) struct Turns(Arc<State>);

struct State {
    count: AtomicUsize,
    begun: Instant,
    /// Start of the last turn, in milliseconds after `begun`.
    turn_since: AtomicU64,
    /// Whether the server waits for the body of a request.
    awaits_body: AtomicBool,
}

impl Turns {
    /// Returns the number of turns. Only the connection's task changes it. Another task that chooses an idle connection
    /// to close may read an outdated number: the connection checks again. So relaxed ordering is enough.
    pub(super) fn count(&self) -> usize {
        self.0.count.load(Ordering::Relaxed)
    }

    /// Returns whether it is the client's turn.
    pub(super) fn is_clients(&self) -> bool {
        self.count().is_multiple_of(2)
    }

    /// Returns since when the server has been waiting for the client; `None` while it works. For a request whose body is
    /// missing, this is the time of its headers: a body that arrives byte by byte makes the connection no less idle.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let since = Duration::from_millis(self.0.turn_since.load(Ordering::Relaxed));
        let waits = self.is_clients() || self.0.awaits_body.load(Ordering::Relaxed);
        waits.then(|| self.0.begun + since)
    }

    pub(super) fn next(&self) {
        let since = self.0.begun.elapsed().as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.0.turn_since.store(since, Ordering::Relaxed);
        self.0.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Records whether the server waits for the body of a request.
    pub(super) fn await_body(&self, awaits: bool) {
        self.0.awaits_body.store(awaits, Ordering::Relaxed);
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(State {
            count: AtomicUsize::new(0),
            begun: Instant::now(),
            turn_since: AtomicU64::new(0),
            awaits_body: AtomicBool::new(false),
        }))
    }
}

/// Body of a request that records whether the server waits for it.
pub(super) struct Awaited<B> {
    body: B,
    turns: Turns,
}

impl<B> Awaited<B> {
    pub(super) const fn new(body: B, turns: Turns) -> Self {
        Self { body, turns }
    }
}

impl<B: Body + Unpin> Body for Awaited<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        self.turns.await_body(frame.is_pending());
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The server no longer waits for a body that it drops.
impl<B> Drop for Awaited<B> {
    fn drop(&mut self) {
        self.turns.await_body(false);
    }
}
