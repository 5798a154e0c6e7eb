//! Reading a whole list, slice by slice: for lists of one user or one client, which are short.

use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, PasskeyRepository, Slice, StoreError};
use std::future::Future;

/// All items of a list. `key` names the key of an item, `read` reads the slice after a key.
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

/// Whether a list has an item.
pub(crate) const fn first<K>() -> After<K> {
    After {
        key: None,
        limit: 1,
    }
}

/// All passkeys of a user.
pub(crate) async fn passkeys<S: PasskeyRepository>(
    store: &S,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<Passkey>, StoreError> {
    let read = |after| store.list_passkeys(tenant, user, after);
    all(|passkey: &Passkey| passkey.id.clone(), read).await
}
