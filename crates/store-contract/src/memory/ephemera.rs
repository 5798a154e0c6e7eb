use super::{MemoryStore, insert, of};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Ephemera, Ephemeral, EphemeralKey, EphemeralKind, Race, StoreError};

impl Ephemera for MemoryStore {
    async fn get(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<Ephemeral>, StoreError> {
        let contents = self.lock();
        let found = contents.ephemera.get(&(tenant, *key));
        Ok(found.filter(|_| !key.expires_at.has_passed(now)).cloned())
    }

    async fn insert(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &[u8],
        now: Timestamp,
    ) -> Result<Race, StoreError> {
        if key.expires_at.has_passed(now) {
            return Ok(Race::Lost);
        }
        let value = Ephemeral {
            value: value.to_vec(),
            version: 1,
            total: 0,
        };
        Ok(insert(&mut self.lock().ephemera, tenant, *key, value))
    }

    async fn replace(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        version: u64,
        value: &[u8],
        now: Timestamp,
    ) -> Result<Race, StoreError> {
        match self.lock().ephemera.get_mut(&(tenant, *key)) {
            Some(stored) if stored.version == version && !key.expires_at.has_passed(now) => {
                stored.value = value.to_vec();
                stored.version += 1;
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn take(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<Ephemeral>, StoreError> {
        if key.expires_at.has_passed(now) {
            return Ok(None);
        }
        Ok(self.lock().ephemera.remove(&(tenant, *key)))
    }

    async fn add(
        &self,
        tenant: TenantId,
        keys: &[EphemeralKey],
        n: i64,
        now: Timestamp,
    ) -> Result<Vec<u64>, StoreError> {
        let mut contents = self.lock();
        let totals = keys.iter().map(|key| {
            if key.expires_at.has_passed(now) {
                return 0;
            }
            let stored = contents.ephemera.entry((tenant, *key));
            let stored = stored.or_insert(Ephemeral {
                value: Vec::new(),
                version: 0,
                total: 0,
            });
            stored.total = stored.total.saturating_add_signed(n);
            stored.total
        });
        Ok(totals.collect())
    }

    async fn count(
        &self,
        tenant: TenantId,
        kind: EphemeralKind,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let contents = self.lock();
        let counts = |key: &EphemeralKey| key.kind == kind && !key.expires_at.has_passed(now);
        let keys = of(tenant, &contents.ephemera).filter(|(key, _)| counts(key));
        Ok(keys.count() as u64)
    }
}
