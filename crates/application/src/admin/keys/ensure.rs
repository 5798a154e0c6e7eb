//! Signing keys at the start of a server.

use super::key_use;
use super::make::{MakeSigningKey, make_all};
use crate::failure::Failure;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{ClientRepository, KeyChange, Race, SigningKeyRepository};

/// Creates the missing keys, one for each algorithm in use; they sign at once. If several servers start at the same
/// time, only the keys of one are stored. Records no audit event, because no operator runs this.
pub async fn ensure_signing_keys<S: SigningKeyRepository + ClientRepository>(
    store: &S,
    tenant: &Tenant,
    make: &MakeSigningKey<'_>,
    now: Timestamp,
) -> Result<(), Failure> {
    let in_use = key_use::in_use(store, tenant).await;
    loop {
        let (seen, keys) = store.list_signing_keys(tenant.id).await?;
        let missing = key_use::missing(&keys, in_use.iter().copied());
        if missing.is_empty() {
            return Ok(());
        }
        let change = KeyChange {
            seen,
            add: make_all(tenant, make, &missing, (now, now))?,
            retire: Vec::new(),
        };
        if store.change_signing_keys(tenant.id, &change, None).await? == Race::Won {
            return Ok(());
        }
    }
}
