//! Last use of client secrets, with a resolution of one hour so that issuing a token does not cost a write.

use countersign_domain::client::ClientId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{ClientRepository, SecretUse, StoreError};
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
    pub async fn write_down<S: ClientRepository>(
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
            if let Err(error) = store.record_secret_uses(tenant, &uses).await {
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
