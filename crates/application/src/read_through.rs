//! A bounded read-through cache.

use countersign_ports::StoreError;
use quick_cache::Equivalent;
use quick_cache::sync::Cache;
use std::error::Error;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

/// A bounded read-through cache. Concurrent lookups of a key share one read and its result, including an error.
/// [`ReadThrough::remove`] and [`ReadThrough::clear`] also affect reads in progress: their results still go to the
/// waiting lookups, but are not cached.
pub(crate) struct ReadThrough<K, V> {
    cache: Cache<K, Answer<V>>,
    /// Returns whether a result stays in the cache.
    is_kept: fn(&V) -> bool,
}

#[derive(Clone)]
enum Answer<V> {
    Found(V),
    /// Cause of a failed read.
    Failed(Arc<str>),
}

impl<K: Clone + Eq + Hash, V: Clone> ReadThrough<K, V> {
    /// Creates a cache of about `capacity` results. It keeps only results for which `is_kept` returns `true`.
    pub(crate) fn new(capacity: usize, is_kept: fn(&V) -> bool) -> Self {
        Self {
            cache: Cache::new(capacity),
            is_kept,
        }
    }

    /// Returns the cached result for a key.
    pub(crate) fn get<Q: Equivalent<K> + Hash>(&self, key: &Q) -> Option<V> {
        match self.cache.get(key) {
            Some(Answer::Found(value)) if (self.is_kept)(&value) => Some(value),
            _ => None,
        }
    }

    /// Returns the cached result for a key, the result of a read in progress, or else the result of `read`.
    pub(crate) async fn get_or_read(
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
        // An error means that the placeholder was removed: the result may be older than a change.
        if place.insert(answer).is_ok() && passes {
            self.cache.remove_if(key, |answer| !self.keeps(answer));
        }
        read
    }

    /// Removes the result for a key, unless `is_current` returns `true` for it.
    pub(crate) fn remove<Q: Equivalent<K> + Hash>(&self, key: &Q, is_current: impl Fn(&V) -> bool) {
        match self.cache.peek(key) {
            Some(Answer::Found(value)) if is_current(&value) => {}
            // This may remove a newer result. The only cost is another read.
            _ => {
                self.cache.remove(key);
            }
        }
    }

    /// Removes all results.
    pub(crate) fn clear(&self) {
        self.cache.clear();
    }

    fn keeps(&self, answer: &Answer<V>) -> bool {
        match answer {
            Answer::Found(value) => (self.is_kept)(value),
            Answer::Failed(_) => false,
        }
    }
}

/// Returns the cause of a failed read, for the logs of all waiting lookups.
fn cause_of(error: &StoreError) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}
