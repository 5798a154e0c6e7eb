//! When client secrets were last used, to the hour: a token must not cost a write.

use countersign_domain::client::{Client, ClientId};
use countersign_domain::client_authentication::{AuthenticatedClient, Credential};
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_ports::{ClientRepository, SecretUse, StoreError};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Collects uses of secrets until somebody writes them down.
#[derive(Default)]
pub struct SecretUses {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    noted: HashMap<ClientId, HashMap<String, Timestamp>>,
    unwritten: Vec<SecretUse>,
}

impl SecretUses {
    /// The resolution of `last_used_at`.
    const RESOLUTION: Duration = Duration::from_secs(3600);

    /// Authenticates a client and takes note of the secret that it used.
    pub fn authenticate<'a>(
        &self,
        client: &'a Client,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<AuthenticatedClient<'a>, Refusal> {
        let caller = client.authenticate(credential, now)?;
        if let Some(secret) = caller.secret_name() {
            self.note(&client.id, secret, now);
        }
        Ok(caller)
    }

    /// Takes note of a use, if the last one noted is longer ago than the resolution.
    pub fn note(&self, client: &ClientId, secret_name: &str, now: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let last = state
            .noted
            .get(client)
            .and_then(|secrets| secrets.get(secret_name));
        if last.is_some_and(|last| now.since(*last) < Self::RESOLUTION) {
            return;
        }
        state
            .noted
            .entry(client.clone())
            .or_default()
            .insert(secret_name.to_owned(), now);
        state.unwritten.push(SecretUse {
            client: client.clone(),
            secret_name: secret_name.to_owned(),
            at: now,
        });
    }

    /// Writes down what was noted since the last time, in one go; nothing if there is nothing. What
    /// cannot be written stays noted for the next time.
    pub async fn write_down<S: ClientRepository>(
        &self,
        store: &S,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let uses = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.noted.retain(|_, secrets| {
                secrets.retain(|_, last| now.since(*last) < Self::RESOLUTION);
                !secrets.is_empty()
            });
            std::mem::take(&mut state.unwritten)
        };
        if uses.is_empty() {
            return Ok(());
        }
        let written = store.record_secret_uses(&uses).await;
        if written.is_err() {
            self.state
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .unwritten
                .extend(uses);
        }
        written
    }
}
