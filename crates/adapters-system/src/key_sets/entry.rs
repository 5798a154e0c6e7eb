//! What the cache knows about one URL, and when it may be asked again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// One URL.
pub(super) struct Entry<T> {
    state: Mutex<State<T>>,
    /// Held while a request is sent.
    pub(super) turn: tokio::sync::Mutex<()>,
}

impl<T> Default for Entry<T> {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }
}

impl<T> Entry<T> {
    pub(super) fn state(&self) -> State<T> {
        self.lock().clone()
    }

    /// Records the outcome of a request. Returns the new state.
    pub(super) fn settle(&self, fetched: Option<&Arc<T>>, now: Instant) -> State<T> {
        let mut state = self.lock();
        state.tried_at = Some(now);
        match fetched {
            Some(document) => {
                state.document = Some((document.clone(), now));
                state.failures = 0;
            }
            None => state.failures = state.failures.saturating_add(1),
        }
        state.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Document of a URL, and the latest request.
pub(super) struct State<T> {
    /// Last document, with the time of its fetch.
    document: Option<(Arc<T>, Instant)>,
    tried_at: Option<Instant>,
    /// Failed requests since the last success.
    failures: u32,
}

impl<T> Default for State<T> {
    fn default() -> Self {
        Self {
            document: None,
            tried_at: None,
            failures: 0,
        }
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self {
            document: self.document.clone(),
            ..*self
        }
    }
}

impl<T> State<T> {
    /// Time for which a document is used without a request. A key that was removed from a set is accepted for that long.
    pub(super) const FRESH: Duration = Duration::from_secs(300);

    /// Time for which a document is used while its URL does not respond with a new one.
    pub(super) const KEPT: Duration = Duration::from_secs(3600);

    /// Minimum time between two requests to a URL.
    pub(super) const PAUSE: Duration = Duration::from_secs(10);

    /// Maximum time between two requests to a URL that does not respond.
    pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(300);

    /// Returns the document, unless it is too old.
    pub(super) fn usable(&self, now: Instant) -> Option<Arc<T>> {
        let (document, fetched_at) = self.document.as_ref()?;
        (now.duration_since(*fetched_at) < Self::KEPT).then(|| document.clone())
    }

    /// Returns the document if it may be used without a request.
    pub(super) fn fresh(&self, now: Instant) -> Option<Arc<T>> {
        let (document, fetched_at) = self.document.as_ref()?;
        (now.duration_since(*fetched_at) < Self::FRESH).then(|| document.clone())
    }

    /// Returns whether a request may be sent: after [`State::PAUSE`], doubled with each failure.
    pub(super) fn may_try(&self, now: Instant) -> bool {
        let doublings = self.failures.saturating_sub(1).min(5);
        let pause = Self::PAUSE.saturating_mul(1 << doublings);
        let pause = pause.min(Self::LONGEST_PAUSE);
        self.tried_at
            .is_none_or(|tried_at| now.duration_since(tried_at) >= pause)
    }

    /// Returns whether a request ended at or after this time.
    pub(super) fn was_tried_since(&self, time: Instant) -> bool {
        self.tried_at.is_some_and(|tried_at| tried_at >= time)
    }
}
