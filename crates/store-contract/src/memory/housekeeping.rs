use super::{Contents, MemoryStore, Rows};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, Removed, StoreError};
use std::collections::BTreeSet;

/// State of a housekeeping run.
struct Sweep {
    now: Timestamp,
    most: u32,
    removed: Removed,
}

impl Sweep {
    /// Removes ended rows and returns their tenants.
    fn of<K: Ord, T>(
        &mut self,
        rows: &mut Rows<K, T>,
        ends_at: impl Fn(&K, &T) -> Option<Timestamp>,
    ) -> BTreeSet<TenantId> {
        let mut tenants = BTreeSet::new();
        rows.retain(|(tenant, key), row| {
            let ended = ends_at(key, row).filter(|ends_at| ends_at.has_passed(self.now));
            let Some(ended_at) = ended.filter(|_| self.removed.count < self.most) else {
                return true;
            };
            self.removed += Removed::one(ended_at);
            tenants.insert(*tenant);
            false
        });
        tenants
    }
}

/// Removes up to `most` rows of a tenant, and returns their number.
fn remove_of<K: Ord, T>(tenant: TenantId, most: u32, rows: &mut Rows<K, T>) -> u32 {
    let mut removed = 0;
    rows.retain(|(owner, _), _| {
        let stays = *owner != tenant || removed == most;
        removed += u32::from(!stays);
        stays
    });
    removed
}

impl Housekeeping for MemoryStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<Removed, StoreError> {
        let mut contents = self.lock();
        let mut sweep = Sweep {
            now,
            most,
            removed: Removed::default(),
        };
        sweep.of(contents.grants.rows_mut(), |_, grant| {
            Some(grant.expires_at())
        });
        sweep.of(&mut contents.ephemera, |key, _| Some(key.expires_at));
        sweep.of(&mut contents.sessions, |_, session| {
            Some(session.expires_at)
        });
        sweep.of(&mut contents.devices, |_, device| Some(device.expires_at));
        let keys = sweep.of(&mut contents.signing_keys, |_, key| key.retires_at);
        for tenant in keys {
            contents.signing_keys_changed(tenant);
        }
        Ok(sweep.removed)
    }

    async fn remove_tenant(&self, tenant: TenantId, most: u32) -> Result<u32, StoreError> {
        let mut contents = self.lock();
        let Contents {
            grants,
            clients,
            definitions,
            users,
            time_steps,
            sessions,
            consents,
            passkeys,
            recovery_codes,
            devices,
            identities,
            ephemera,
            signing_keys,
            key_sets,
            changes: _,
            events,
            batches,
            nodes: _,
        } = &mut *contents;
        key_sets.remove(&tenant);
        let counts = [
            remove_of(tenant, most, grants.rows_mut()),
            remove_of(tenant, most, clients),
            remove_of(tenant, most, definitions),
            remove_of(tenant, most, users),
            remove_of(tenant, most, time_steps),
            remove_of(tenant, most, sessions),
            remove_of(tenant, most, consents),
            remove_of(tenant, most, passkeys),
            remove_of(tenant, most, recovery_codes),
            remove_of(tenant, most, devices),
            remove_of(tenant, most, identities),
            remove_of(tenant, most, ephemera),
            remove_of(tenant, most, signing_keys),
            remove_of(tenant, most, events),
            remove_of(tenant, most, batches),
        ];
        Ok(counts.into_iter().max().unwrap_or_default())
    }
}
