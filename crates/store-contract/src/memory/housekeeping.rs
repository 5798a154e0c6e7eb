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

/// Removes the rows of a tenant.
fn remove_of<K: Ord, T>(tenant: TenantId, rows: &mut Rows<K, T>) {
    rows.retain(|(owner, _), _| *owner != tenant);
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

    async fn remove_tenant(&self, tenant: TenantId, _most: u32) -> Result<(), StoreError> {
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
        remove_of(tenant, grants.rows_mut());
        remove_of(tenant, clients);
        remove_of(tenant, definitions);
        remove_of(tenant, users);
        remove_of(tenant, time_steps);
        remove_of(tenant, sessions);
        remove_of(tenant, consents);
        remove_of(tenant, passkeys);
        remove_of(tenant, recovery_codes);
        remove_of(tenant, devices);
        remove_of(tenant, identities);
        remove_of(tenant, ephemera);
        remove_of(tenant, signing_keys);
        remove_of(tenant, events);
        remove_of(tenant, batches);
        Ok(())
    }
}
