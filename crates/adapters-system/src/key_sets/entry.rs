//! What the cache knows about one URL, and when it may be asked again.

use countersign_domain::client::Jwks;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// One URL.
#[derive(Default)]
pub(super) struct Entry {
    state: Mutex<State>,
    /// Held while a request is sent.
    pub(super) turn: tokio::sync::Mutex<()>,
}

impl Entry {
    pub(super) fn state(&self) -> State {
        self.lock().clone()
    }

    /// Records the outcome of a request. Returns the new state.
    pub(super) fn settle(&self, fetched: Option<&Arc<Jwks>>, now: Instant) -> State {
        let mut state = self.lock();
        state.tried_at = Some(now);
        match fetched {
            Some(keys) => {
                state.keys = Some((keys.clone(), now));
                state.failures = 0;
            }
            None => state.failures = state.failures.saturating_add(1),
        }
        state.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Key set of a URL, and the latest request.
#[derive(Clone, Default)]
pub(super) struct State {
    /// Last set, with the time of its fetch.
    keys: Option<(Arc<Jwks>, Instant)>,
    tried_at: Option<Instant>,
    /// Failed requests since the last success.
    failures: u32,
}

impl State {
    /// Time for which a set is used without a request. A key that the client removes is accepted for that long.
    pub(super) const FRESH: Duration = Duration::from_secs(300);

    /// Time for which a set is used while its URL does not respond with a key set.
    pub(super) const KEPT: Duration = Duration::from_secs(3600);

    /// Minimum time between two requests to a URL.
    pub(super) const PAUSE: Duration = Duration::from_secs(10);

    /// Maximum time between two requests to a URL that does not respond.
    pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(300);

    /// Returns the set, unless it is too old.
    pub(super) fn usable(&self, now: Instant) -> Option<Arc<Jwks>> {
        let (keys, fetched_at) = self.keys.as_ref()?;
        (now.duration_since(*fetched_at) < Self::KEPT).then(|| keys.clone())
    }

    /// Returns the set if it may be used without a request.
    pub(super) fn fresh(&self, now: Instant) -> Option<Arc<Jwks>> {
        let (keys, fetched_at) = self.keys.as_ref()?;
        (now.duration_since(*fetched_at) < Self::FRESH).then(|| keys.clone())
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
