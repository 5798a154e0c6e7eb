//! Last use of client secrets, and of clients without a secret that registered themselves. The resolution is one hour, so
//! that issuing a token does not cost a write.

use crate::ephemera::client_uses;
use countersign_domain::client::ClientId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{ClientRepository, Ephemera, SecretUse, StoreError};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Buffers uses of secrets until they are written to the store.
#[derive(Default)]
pub struct SecretUses {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Secrets of a client by name, with their last use. A client has few. Hashed, because a tree of thousands of tenants
    /// would cost each request several cache misses.
    noted: HashMap<TenantId, HashMap<ClientId, Vec<(String, Timestamp)>>>,
    unwritten: BTreeMap<TenantId, Vec<SecretUse>>,
}

impl SecretUses {
    /// Name for the use of a client that registered itself and authenticates without a secret. No secret has it.
    pub const NO_SECRET: &'static str = "";

    /// Resolution of `last_used_at`.
    const RESOLUTION: Duration = Duration::from_secs(3600);

    /// Records a use, unless another use was recorded within the resolution.
    pub fn note(&self, tenant: TenantId, client: &ClientId, secret_name: &str, now: Timestamp) {
        let mut state = self.state();
        let noted = state.noted.entry(tenant).or_default();
        let of_client = noted.get_mut(client);
        let last = of_client.and_then(|secrets| {
            let mut last = secrets.iter_mut().filter(|(name, _)| name == secret_name);
            last.next().map(|(_, last)| last)
        });
        match last {
            Some(last) if now.since(*last) < Self::RESOLUTION => return,
            Some(last) => *last = now,
            None => {
                let secrets = noted.entry(client.clone()).or_default();
                secrets.push((secret_name.to_owned(), now));
            }
        }
        state.unwritten.entry(tenant).or_default().push(SecretUse {
            client: client.clone(),
            secret_name: secret_name.to_owned(),
            at: now,
        });
    }

    /// Writes the buffered uses to the store, in one statement for each tenant. Uses that cannot be written stay
    /// buffered for the next call.
    pub async fn write_down<S: ClientRepository + Ephemera + Sync>(
        &self,
        store: &S,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut unwritten = {
            let mut state = self.state();
            state.forget(now);
            std::mem::take(&mut state.unwritten)
        };
        while let Some((tenant, uses)) = unwritten.pop_first() {
            if let Err(error) = written(store, tenant, &uses, now).await {
                unwritten.insert(tenant, uses);
                self.put_back(unwritten);
                return Err(error);
            }
        }
        Ok(())
    }

    fn put_back(&self, unwritten: BTreeMap<TenantId, Vec<SecretUse>>) {
        let mut state = self.state();
        for (tenant, uses) in unwritten {
            state.unwritten.entry(tenant).or_default().extend(uses);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes the uses of one tenant.
async fn written<S: ClientRepository + Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    uses: &[SecretUse],
    now: Timestamp,
) -> Result<(), StoreError> {
    let (of_clients, of_secrets): (Vec<_>, Vec<_>) = uses
        .iter()
        .cloned()
        .partition(|own| own.secret_name == SecretUses::NO_SECRET);
    for own in of_clients {
        let [key, _] = client_uses(&own.client, now);
        let value = own.at.as_unix_seconds().to_be_bytes();
        match store.get(tenant, &key, now).await? {
            // A lost race means that another node wrote a time of the same minute.
            Some(found) => {
                let _ = store
                    .replace(tenant, &key, found.version, &value, now)
                    .await?;
            }
            None => {
                let _ = store.insert(tenant, &key, &value, now).await?;
            }
        }
    }
    if of_secrets.is_empty() {
        return Ok(());
    }
    store.record_secret_uses(tenant, &of_secrets).await
}

/// Returns the last use of a client that registered itself and authenticates without a secret.
pub(crate) async fn last_use<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    client: &ClientId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    for key in client_uses(client, now) {
        let found = store.get(tenant, &key, now).await?;
        let time = found.and_then(|found| <[u8; 8]>::try_from(found.value).ok());
        if let Some(time) = time {
            return Ok(Some(Timestamp::from_unix_seconds(u64::from_be_bytes(time))));
        }
    }
    Ok(None)
}

impl State {
    /// Forgets uses older than the resolution.
    fn forget(&mut self, now: Timestamp) {
        self.noted.retain(|_, clients| {
            clients.retain(|_, secrets| {
                secrets.retain(|(_, last)| now.since(*last) < SecretUses::RESOLUTION);
                !secrets.is_empty()
            });
            !clients.is_empty()
        });
    }
}
