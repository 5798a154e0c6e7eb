use crate::memory::{Contents, MemoryStore};
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, RecoveryCodeRepository, StoreError};
use std::collections::BTreeSet;

impl Contents {
    pub(crate) fn replace_recovery_codes(
        &mut self,
        tenant: TenantId,
        user: UserId,
        codes: &[SecretDigest],
    ) {
        let codes = codes.iter().map(|code| *code.as_bytes()).collect();
        self.recovery_codes.insert((tenant, user), codes);
    }
}

impl RecoveryCodeRepository for MemoryStore {
    async fn replace_recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
        codes: &[SecretDigest],
    ) -> Result<(), StoreError> {
        self.lock().replace_recovery_codes(tenant, user, codes);
        Ok(())
    }

    async fn use_recovery_code(
        &self,
        tenant: TenantId,
        user: UserId,
        code: &SecretDigest,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let theirs = contents.recovery_codes.get_mut(&(tenant, user));
        if theirs.is_some_and(|codes| codes.remove(code.as_bytes())) {
            Ok(Race::Won)
        } else {
            Ok(Race::Lost)
        }
    }

    async fn count_recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<u32, StoreError> {
        let contents = self.lock();
        let theirs = contents.recovery_codes.get(&(tenant, user));
        u32::try_from(theirs.map_or(0, BTreeSet::len)).map_err(StoreError::new)
    }
}
