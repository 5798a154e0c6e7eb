//! Number of values per tenant and kind. No index contains the kind, so a count reads every unexpired value. The result
//! is cached for a second.

use crate::connection::readers::Readers;
use countersign_adapters_sql::columns::{self, from_integer, time};
use countersign_adapters_sql::schema::ephemera;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{EphemeralKind, StoreError};
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Maximum age of a cached count.
const KEPT: Duration = Duration::from_secs(1);

/// Maximum number of cached counts.
const CAPACITY: usize = 1024;

/// Cached counts with their times.
#[derive(Default)]
pub(crate) struct Counts(Mutex<HashMap<(TenantId, EphemeralKind), (Instant, u64)>>);

impl Counts {
    fn lock(&self) -> MutexGuard<'_, HashMap<(TenantId, EphemeralKind), (Instant, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn recent(
        &self,
        tenant: TenantId,
        kind: EphemeralKind,
        now: Instant,
    ) -> Option<u64> {
        let (at, count) = *self.lock().get(&(tenant, kind))?;
        is_recent(at, now).then_some(count)
    }

    pub(super) fn keep(&self, tenant: TenantId, kind: EphemeralKind, now: Instant, count: u64) {
        let mut counts = self.lock();
        if counts.len() >= CAPACITY {
            counts.retain(|_, (at, _)| is_recent(*at, now));
        }
        if counts.len() < CAPACITY {
            counts.insert((tenant, kind), (now, count));
        }
    }

    /// The number of values of a tenant and kind that have not expired.
    pub(super) async fn count(
        &self,
        readers: &Readers,
        tenant: TenantId,
        kind: EphemeralKind,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let asked_at = Instant::now();
        if let Some(count) = self.recent(tenant, kind, asked_at) {
            return Ok(count);
        }
        let live_after = time(now).map_err(StoreError::new)?;
        let read = move |connection: &mut SqliteConnection| {
            let count: i64 = ephemera::table
                .filter(ephemera::expires_at.gt(live_after))
                .filter(ephemera::tenant.eq(columns::tenant(tenant)))
                .filter(ephemera::kind.eq(kind.number()))
                .count()
                .get_result(connection)?;
            Ok(from_integer("ephemera", count)?)
        };
        let count = readers.list(read).await?;
        self.keep(tenant, kind, asked_at, count);
        Ok(count)
    }
}

fn is_recent(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < KEPT
}
