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

/// Counter of tenants. It never expires, and its total never falls, so no number is used twice.
const COUNTER: EphemeralKey = EphemeralKey {
    expires_at: Timestamp::LATEST,
    kind: EphemeralKind::TenantNumber,
    id: [0; 16],
};

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
    /// Returns a number that no tenant has had. It is above those of all tenants, even if a copy of the store lacks the
    /// counter.
    pub(super) async fn next_number(&self, server: &Tenant) -> Result<TenantId, AdminError> {
        // The server's own tenant has the first number.
        let first = server.id.number() + 1;
        let id = self.count_up(server, 1).await?;
        if id.number() > first {
            return Ok(id);
        }
        let all: Vec<RegisteredTenant> = stored::all(&*self.store, server.id).await?;
        match all.iter().map(|tenant| tenant.id.number()).max() {
            Some(highest) if highest >= first => {
                self.count_up(server, i64::from(highest - first) + 1).await
            }
            _ => Ok(id),
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

    /// Reserves the host of a new tenant. A reservation without its tenant comes from a command that failed, and is taken
    /// over.
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
        let name = tenant.name.as_str();
        if self
            .store
            .insert(server.id, &key, name.as_bytes(), now)
            .await?
            == Race::Won
        {
            return Ok(());
        }
        let Some(reserved) = self.store.get(server.id, &key, now).await? else {
            return Err(Conflict::Changed.into());
        };
        let owner = String::from_utf8_lossy(&reserved.value).into_owned();
        let owner: Option<RegisteredTenant> = stored::find(&*self.store, server.id, &owner).await?;
        if owner.is_some_and(|owner| owner.place == tenant.place) {
            return Err(Conflict::TenantHost.into());
        }
        let version = reserved.version;
        let replaced = self
            .store
            .replace(server.id, &key, version, name.as_bytes(), now);
        match replaced.await? {
            Race::Won => Ok(()),
            Race::Lost => Err(Conflict::TenantHost.into()),
        }
    }

    /// Releases the host of a tenant that is gone.
    pub(super) async fn release_host(
        &self,
        server: &Tenant,
        tenant: &RegisteredTenant,
    ) -> Result<(), AdminError> {
        if let TenantPlace::Host(host) = &tenant.place {
            let key = reservation(host.as_str());
            self.store.take(server.id, &key, self.clock.now()).await?;
        }
        Ok(())
    }
}
