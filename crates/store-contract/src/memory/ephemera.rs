use super::{Contents, MemoryStore, insert, of};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::Email;
use countersign_ports::{
    Attempt, Counter, Ephemera, Ephemeral, EphemeralKey, EphemeralKind, Race, StoreError,
};

impl Contents {
    /// Adds to a total and returns it.
    fn add(&mut self, tenant: TenantId, key: &EphemeralKey, n: i64, now: Timestamp) -> u64 {
        if key.expires_at.has_passed(now) {
            return 0;
        }
        let stored = self.ephemera.entry((tenant, *key));
        let stored = stored.or_insert(Ephemeral {
            value: Vec::new(),
            version: 0,
            total: 0,
        });
        stored.total = stored.total.saturating_add_signed(n);
        stored.total
    }

    /// Stores a value. Returns `Lost` if the key exists or has expired.
    pub(crate) fn insert_value(
        &mut self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &[u8],
        now: Timestamp,
    ) -> Race {
        if key.expires_at.has_passed(now) {
            return Race::Lost;
        }
        insert(&mut self.ephemera, tenant, *key, Ephemeral::new(value))
    }
}

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
        Ok(self.lock().insert_value(tenant, key, value, now))
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
        let totals = keys.iter().map(|key| contents.add(tenant, key, n, now));
        Ok(totals.collect())
    }

    async fn count_attempt(
        &self,
        tenant: TenantId,
        counters: &[Counter],
        email: Option<&Email>,
        now: Timestamp,
    ) -> Result<Attempt, StoreError> {
        let mut contents = self.lock();
        let user = email.and_then(|email| {
            let mut users = of(tenant, &contents.users).map(|(_, user)| user);
            users.find(|user| user.email == *email).cloned()
        });
        let before = counters.iter().map(|counter| {
            let stored = contents.ephemera.get(&(tenant, counter.key));
            let live = stored.filter(|_| !counter.key.expires_at.has_passed(now));
            live.map_or(0, |stored| stored.total)
        });
        let before: Vec<u64> = before.collect();
        let mut limits = counters.iter().map(|counter| counter.limit);
        if before
            .iter()
            .any(|total| limits.next().is_some_and(|limit| *total >= limit))
        {
            return Ok(Attempt {
                counted: Race::Lost,
                totals: before,
                user,
            });
        }
        let totals = counters
            .iter()
            .map(|counter| contents.add(tenant, &counter.key, 1, now));
        Ok(Attempt {
            counted: Race::Won,
            totals: totals.collect(),
            user,
        })
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
