//! [`RecoveryCodeRepository`](countersign_ports::RecoveryCodeRepository).

use crate::contract::support::{CROWD, insert_users, user, winners};
use crate::fixtures::user_id;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, Store};
use std::sync::Arc;

const fn code(number: u8) -> SecretDigest {
    SecretDigest::from_bytes([number; 32])
}

async fn replace(store: &impl Store, tenant: TenantId, user: u8, codes: &[u8]) {
    let codes: Vec<SecretDigest> = codes.iter().copied().map(code).collect();
    let replaced = store
        .replace_recovery_codes(tenant, user_id(user), &codes)
        .await;
    replaced.unwrap();
}

async fn try_code(store: &impl Store, tenant: TenantId, user: u8, number: u8) -> Race {
    let race = store
        .use_recovery_code(tenant, user_id(user), &code(number))
        .await;
    race.unwrap()
}

async fn count(store: &impl Store, tenant: TenantId, user: u8) -> u32 {
    let count = store.count_recovery_codes(tenant, user_id(user)).await;
    count.unwrap()
}

/// A recovery code works once, and only for its owner.
pub async fn recovery_code_works_once_and_only_for_owner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    replace(&*store, tenant, 1, &[1, 2]).await;
    replace(&*store, tenant, 2, &[3]).await;
    assert_eq!(try_code(&*store, tenant, 1, 3).await, Race::Lost);
    assert_eq!(try_code(&*store, tenant, 1, 2).await, Race::Won);
    assert_eq!(try_code(&*store, tenant, 1, 2).await, Race::Lost);
    assert_eq!(try_code(&*store, tenant, 1, 1).await, Race::Won);
    assert_eq!(try_code(&*store, tenant, 2, 3).await, Race::Won);
    assert_eq!(try_code(&*store, tenant, 3, 1).await, Race::Lost);
}

/// New recovery codes replace all earlier ones of the user, used or not, and none of other users.
pub async fn new_recovery_codes_replace_all_earlier_ones<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    replace(&*store, tenant, 1, &[1, 2]).await;
    replace(&*store, tenant, 2, &[1]).await;
    assert_eq!(try_code(&*store, tenant, 1, 1).await, Race::Won);
    replace(&*store, tenant, 1, &[1, 3]).await;
    assert_eq!(try_code(&*store, tenant, 1, 2).await, Race::Lost);
    assert_eq!(try_code(&*store, tenant, 1, 1).await, Race::Won);
    replace(&*store, tenant, 1, &[]).await;
    assert_eq!(try_code(&*store, tenant, 1, 3).await, Race::Lost);
    assert_eq!(try_code(&*store, tenant, 2, 1).await, Race::Won);
}

/// Unused recovery codes are counted.
pub async fn unused_recovery_codes_are_counted<S: Store>(store: Arc<S>, tenant: TenantId) {
    assert_eq!(count(&*store, tenant, 1).await, 0);
    replace(&*store, tenant, 1, &[1, 2, 3]).await;
    replace(&*store, tenant, 2, &[4]).await;
    assert_eq!(count(&*store, tenant, 1).await, 3);
    assert_eq!(try_code(&*store, tenant, 1, 2).await, Race::Won);
    assert_eq!(count(&*store, tenant, 1).await, 2);
    assert_eq!(count(&*store, tenant, 2).await, 1);
}

/// Of concurrent uses of one code, one wins.
pub async fn concurrent_uses_of_one_recovery_code_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    replace(&*store, tenant, 1, &[1]).await;
    let won = winners(&store, |store, _| async move {
        store.use_recovery_code(tenant, user_id(1), &code(1)).await
    });
    assert_eq!(won.await, 1);
}

/// After concurrent replacements of a user's codes, exactly one set remains.
pub async fn concurrent_recovery_code_replacements_leave_one_set<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_users(&*store, tenant, &[user(1, "a@b.example")]).await;
    let done = winners(&store, |store, number| async move {
        let number = u8::try_from(number).unwrap();
        let codes = [code(number), code(number + 100)];
        store
            .replace_recovery_codes(tenant, user_id(1), &codes)
            .await?;
        Ok(Race::Won)
    });
    assert_eq!(done.await, CROWD as usize);
    assert_eq!(count(&*store, tenant, 1).await, 2);
}
