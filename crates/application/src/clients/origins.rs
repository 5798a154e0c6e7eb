//! Web origins of clients (RFC 6454), with a bounded cache in front of the store.

use crate::read_through::ReadThrough;
use countersign_domain::tenant::TenantId;
use countersign_ports::{ClientRepository, StoreError};
use quick_cache::sync::Cache;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

/// Cache for [`ClientRepository::has_client_origin`], with positive and negative results.
///
/// Each result belongs to a generation of its tenant. A change of a client starts a new generation. Lookups ignore
/// results of older generations, including those of reads that started earlier.
pub(super) struct Origins {
    generations: Cache<TenantId, u64>,
    next: AtomicU64,
    answers: ReadThrough<(u64, String), bool>,
}

impl Origins {
    /// Maximum number of cached results.
    const CAPACITY: usize = 10_000;

    /// Maximum number of tenants with cached results.
    const TENANTS: usize = 10_000;

    /// Maximum length of an origin in bytes: a scheme, a host name of 253 bytes and a port. Longer ones match no
    /// client.
    const MAX_LENGTH: usize = 300;

    pub(super) fn new() -> Self {
        Self {
            generations: Cache::new(Self::TENANTS),
            next: AtomicU64::new(0),
            answers: ReadThrough::new(Self::CAPACITY, |_| true),
        }
    }

    /// Returns whether an active client of the tenant has a redirect URI with this origin.
    pub(super) async fn find<S: ClientRepository>(
        &self,
        store: &S,
        tenant: TenantId,
        origin: &str,
    ) -> Result<bool, StoreError> {
        if origin.len() > Self::MAX_LENGTH {
            return Ok(false);
        }
        let key = (self.generation(tenant), origin.to_owned());
        if let Some(answer) = self.answers.get(&key) {
            return Ok(answer);
        }
        let read = store.has_client_origin(tenant, origin);
        Box::pin(self.answers.get_or_read(&key, read)).await
    }

    /// Invalidates the results of a tenant.
    pub(super) fn forget(&self, tenant: TenantId) {
        self.generations.remove(&tenant);
    }

    /// Removes all results.
    pub(super) fn clear(&self) {
        self.generations.clear();
        self.answers.clear();
    }

    fn generation(&self, tenant: TenantId) -> u64 {
        let new = || Ok::<_, Infallible>(self.next.fetch_add(1, Ordering::Relaxed));
        let Ok(generation) = self.generations.get_or_insert_with(&tenant, new);
        generation
    }
}
