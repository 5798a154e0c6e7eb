//! Reads a whole list, slice by slice. Intended for the short lists of one user or one client.

use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, PasskeyRepository, Slice, StoreError};
use std::future::Future;

/// Reads all items of a list. `key` returns the key of an item; `read` reads the slice after a key.
pub(crate) async fn all<T, K, F>(
    key: impl Fn(&T) -> K,
    read: impl Fn(After<K>) -> F,
) -> Result<Vec<T>, StoreError>
where
    F: Future<Output = Result<Slice<T>, StoreError>>,
{
    let mut items = Vec::new();
    let mut after = After::start();
    loop {
        let slice = read(after).await?;
        let last = slice.items.last().map(&key);
        items.extend(slice.items);
        match last {
            Some(last) if slice.has_more => after = After::key(last),
            _ => return Ok(items),
        }
    }
}

/// Reads all passkeys of a user.
pub(crate) async fn passkeys<S: PasskeyRepository>(
    store: &S,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<Passkey>, StoreError> {
    let read = |after| store.list_passkeys(tenant, user, after);
    all(|passkey: &Passkey| passkey.id.clone(), read).await
}

/// Returns whether a user has a passkey. Reads at most one.
pub(crate) async fn has_passkey<S: PasskeyRepository>(
    store: &S,
    tenant: TenantId,
    user: UserId,
) -> Result<bool, StoreError> {
    let one = After {
        key: None,
        limit: 1,
    };
    Ok(!store
        .list_passkeys(tenant, user, one)
        .await?
        .items
        .is_empty())
}
