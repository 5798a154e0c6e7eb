//! Fake of key sets that clients publish.

use countersign_domain::client::Jwks;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::tenant::TenantId;
use countersign_ports::{KeySetFuture, KeySets, NoKeySet};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Key sets in the order in which they are fetched.
#[derive(Clone, Default)]
pub(crate) struct Published(Arc<Mutex<VecDeque<Arc<Jwks>>>>);

impl Published {
    pub(crate) fn of(sets: &[&str]) -> Self {
        let sets = sets.iter().map(|set| Arc::new(Jwks::new(*set)));
        Self(Arc::new(Mutex::new(sets.collect())))
    }

    /// Returns the number of sets that are left.
    pub(crate) fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl KeySets for Published {
    fn find<'a>(
        &'a self,
        _: TenantId,
        _: &'a RedirectUri,
        outdated: Option<&'a Arc<Jwks>>,
    ) -> KeySetFuture<'a> {
        let mut sets = self.0.lock().unwrap();
        if outdated.is_some() && sets.len() > 1 {
            sets.pop_front();
        }
        let current = sets.front().cloned().ok_or(NoKeySet::Status(404));
        Box::pin(async { current })
    }
}
