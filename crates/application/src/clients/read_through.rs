//! A bounded cache in front of a read.

use countersign_ports::StoreError;
use quick_cache::Equivalent;
use quick_cache::sync::Cache;
use std::error::Error;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

/// A bounded cache in front of a read. Look-ups that wait for the same key share one read, whatever it ends with.
/// [`ReadThrough::remove`] and [`ReadThrough::clear`] also end the reads that are under way: their answers go to those
/// who wait, and are not kept.
pub(super) struct ReadThrough<K, V> {
    cache: Cache<K, Answer<V>>,
    /// Whether an answer is kept for later look-ups.
    is_kept: fn(&V) -> bool,
}

#[derive(Clone)]
enum Answer<V> {
    Found(V),
    /// The store could not answer, and why.
    Failed(Arc<str>),
}

impl<K: Clone + Eq + Hash, V: Clone> ReadThrough<K, V> {
    /// A cache of about `capacity` answers that keeps those for which `is_kept` holds.
    pub(super) fn new(capacity: usize, is_kept: fn(&V) -> bool) -> Self {
        Self {
            cache: Cache::new(capacity),
            is_kept,
        }
    }

    /// The kept answer of a key.
    pub(super) fn get<Q: Equivalent<K> + Hash>(&self, key: &Q) -> Option<V> {
        match self.cache.get(key) {
            Some(Answer::Found(value)) if (self.is_kept)(&value) => Some(value),
            _ => None,
        }
    }

    /// The answer of a key: the kept one, that of a read under way, or that of `read`.
    pub(super) async fn get_or_read(
        &self,
        key: &K,
        read: impl Future<Output = Result<V, StoreError>>,
    ) -> Result<V, StoreError> {
        let place = match self.cache.get_value_or_guard_async(key).await {
            Ok(Answer::Found(value)) => return Ok(value),
            Ok(Answer::Failed(cause)) => return Err(StoreError::new(cause.to_string())),
            Err(place) => place,
        };
        let read = read.await;
        let answer = match &read {
            Ok(value) => Answer::Found(value.clone()),
            Err(error) => Answer::Failed(cause_of(error).into()),
        };
        let passes = !self.keeps(&answer);
        // An error means that the place was removed: what was read may be older than a change.
        if place.insert(answer).is_ok() && passes {
            self.cache.remove_if(key, |answer| !self.keeps(answer));
        }
        read
    }

    /// Removes the answer of a key, unless `is_current` holds for the kept one.
    pub(super) fn remove<Q: Equivalent<K> + Hash>(&self, key: &Q, is_current: impl Fn(&V) -> bool) {
        match self.cache.peek(key) {
            Some(Answer::Found(value)) if is_current(&value) => {}
            // Something else may be there by now: then a look-up reads once more.
            _ => {
                self.cache.remove(key);
            }
        }
    }

    /// Removes all answers.
    pub(super) fn clear(&self) {
        self.cache.clear();
    }

    fn keeps(&self, answer: &Answer<V>) -> bool {
        match answer {
            Answer::Found(value) => (self.is_kept)(value),
            Answer::Failed(_) => false,
        }
    }
}

/// What went wrong, for the log of everybody who waited.
fn cause_of(error: &StoreError) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}
