//! Reads a whole list, slice by slice. Intended for the short lists of one user or one client.

use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_ports::{After, PasskeyRepository, SessionRepository, Slice, StoreError};
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

/// Reads the live sessions of a user, most recently active first.
pub(crate) async fn live_sessions<S: SessionRepository>(
    store: &S,
    tenant: &Tenant,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let read = |after| store.list_sessions(tenant.id, user, after);
    let sessions = all(|session: &Session| session.id, read).await?;
    let sessions = sessions.into_iter();
    let bounded = sessions.map(|session| session.bounded(&tenant.settings.lifetimes));
    let mut sessions: Vec<_> = bounded.collect();
    sessions.retain(|session| session.is_live(now));
    sessions.sort_by_key(|session| std::cmp::Reverse(session.last_active_at));
    Ok(sessions)
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
