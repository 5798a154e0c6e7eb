//! Numbers and hosts of tenants, which are unique.

use super::TenantAdmin;
use crate::admin::{AdminError, Conflict};
use crate::definitions::stored;
use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::registered::RegisteredTenant;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_ports::{EphemeralKey, EphemeralKind, Race, Store, StoreError};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// Counter of tenants. It never expires, and its total never falls, so no number is used twice.
const COUNTER: EphemeralKey = EphemeralKey {
    expires_at: Timestamp::LATEST,
    kind: EphemeralKind::TenantNumber,
    id: [0; 16],
};

/// Time after which a command that reserved a host has certainly stored its tenant, or failed.
const UNFINISHED: Duration = Duration::from_secs(600);

/// Returns the key of the reservation of a host.
fn reservation(host: &str) -> EphemeralKey {
    let digest: [u8; 32] = Sha256::digest(host).into();
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    EphemeralKey {
        expires_at: Timestamp::LATEST,
        kind: EphemeralKind::TenantHost,
        id,
    }
}

impl<S: Store> TenantAdmin<S> {
    /// Returns a number above those of all tenants.
    pub(super) async fn next_number(&self, server: &Tenant) -> Result<TenantId, AdminError> {
        // A copy of the store may lack the counter, and two tenants with one number would share everything.
        let all: Vec<RegisteredTenant> = stored::all(&*self.store, server.id).await?;
        let ids = all.iter().map(|tenant| tenant.id.number());
        let highest = ids.max().unwrap_or(server.id.number());
        loop {
            let id = self.count_up(server, 1).await?;
            if id.number() > highest {
                return Ok(id);
            }
            self.count_up(server, i64::from(highest - id.number()))
                .await?;
        }
    }

    async fn count_up(&self, server: &Tenant, step: i64) -> Result<TenantId, AdminError> {
        let now = self.clock.now();
        let totals = self.store.add(server.id, &[COUNTER], step, now).await?;
        let total = totals.first().copied().unwrap_or_default();
        let number = total.saturating_add(u64::from(server.id.number()));
        let id = u32::try_from(number).ok().and_then(TenantId::from_number);
        Ok(id.ok_or_else(|| StoreError::new("there is no free number for a tenant"))?)
    }

    /// Reserves the host of a new tenant. A reservation without its tenant is taken over once it is old: its command failed,
    /// or the tenant is gone.
    pub(super) async fn reserve_host(
        &self,
        server: &Tenant,
        tenant: &RegisteredTenant,
    ) -> Result<(), AdminError> {
        let TenantPlace::Host(host) = &tenant.place else {
            return Ok(());
        };
        if server.issuer.ends_with(&format!("://{host}")) {
            return Err(Conflict::TenantHost.into());
        }
        let (key, now) = (reservation(host.as_str()), self.clock.now());
        let value = format!("{}\n{}", now.as_unix_seconds(), tenant.name);
        let value = value.as_bytes();
        if self.store.insert(server.id, &key, value, now).await? == Race::Won {
            return Ok(());
        }
        let Some(reserved) = self.store.get(server.id, &key, now).await? else {
            return Err(Conflict::Changed.into());
        };
        let (at, owner) = reserved_by(&reserved.value).ok_or(Conflict::TenantHost)?;
        if !at.plus(UNFINISHED).has_passed(now) {
            return Err(Conflict::TenantHost.into());
        }
        let owner: Option<RegisteredTenant> = stored::find(&*self.store, server.id, &owner).await?;
        if owner.is_some_and(|owner| owner.place == tenant.place) {
            return Err(Conflict::TenantHost.into());
        }
        let version = reserved.version;
        let replaced = self.store.replace(server.id, &key, version, value, now);
        match replaced.await? {
            Race::Won => Ok(()),
            Race::Lost => Err(Conflict::TenantHost.into()),
        }
    }
}

/// Returns the time of a reservation, and the name of its tenant.
fn reserved_by(value: &[u8]) -> Option<(Timestamp, String)> {
    let (at, name) = str::from_utf8(value).ok()?.split_once('\n')?;
    let at = Timestamp::from_unix_seconds(at.parse().ok()?);
    Some((at, name.to_owned()))
}
