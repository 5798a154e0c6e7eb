//! Client authentication (RFC 6749 section 2.3) for all endpoints that clients call. A method that needs a
//! port has its own module. [`PresentedProof::authenticate`] in `domain` decides the others.

mod evidence;
mod keys;
mod private_key_jwt;
mod workload;

pub use evidence::ClientEvidence;

use crate::clients::{Clients, SecretUses};
use crate::failure::Failure;
use countersign_domain::client::Client;
use countersign_domain::client::authentication::{Caller, RegisteredClient};
use countersign_domain::client::presented::PresentedProof;
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{Assertions, KeySets, Store};
use std::sync::Arc;

/// Client authentication.
pub struct ClientAuthentication<S> {
    /// Records used assertions.
    pub store: Arc<S>,
    /// Registered clients.
    pub clients: Arc<Clients<S>>,
    /// Records uses of client secrets.
    pub secret_uses: Arc<SecretUses>,
    /// Verifies assertions.
    pub assertions: Arc<dyn Assertions>,
    /// Fetches keys that clients publish.
    pub key_sets: Arc<dyn KeySets>,
}

impl<S: Store> ClientAuthentication<S> {
    /// Finds the client that a request names. Does not authenticate it.
    pub async fn identify(
        &self,
        tenant: &Tenant,
        evidence: &ClientEvidence,
    ) -> Result<Arc<Client>, Failure> {
        let id = evidence.client_id.as_deref();
        let PresentedProof::Assertion(assertion) = &evidence.proof else {
            return self
                .clients
                .registered(tenant, id.unwrap_or_default())
                .await;
        };
        assertion.check_kind()?;
        let claimed = self.assertions.claimed_client(&assertion.text);
        match (id, &claimed) {
            (Some(id), Some(claimed)) if id != claimed => {
                let other = || Refusal::AssertionOfAnotherClient(Evidence::of(claimed));
                let client = self.clients.registered(tenant, id).await;
                match client {
                    // The subject of a workload is not the client.
                    Ok(client) if !client.workload_identities.is_empty() => Ok(client),
                    Ok(_) | Err(Failure::Refused(_)) => Err(other().into()),
                    Err(failure) => Err(failure),
                }
            }
            (Some(id), _) => self.clients.registered(tenant, id).await,
            (None, Some(claimed)) => self.clients.registered(tenant, claimed).await,
            (None, None) => Err(Refusal::AssertionMalformed.into()),
        }
    }

    /// Authenticates a client with the method that matches its credentials. Only an assertion needs the store; the
    /// other methods never wait.
    pub async fn authenticate<'a>(
        &self,
        tenant: &Tenant,
        client: &'a Client,
        evidence: &ClientEvidence,
        now: Timestamp,
    ) -> Result<Caller<'a>, Failure> {
        let caller = match &evidence.proof {
            PresentedProof::Assertion(assertion) => {
                let request = private_key_jwt::Request {
                    store: &*self.store,
                    assertions: &*self.assertions,
                    key_sets: &*self.key_sets,
                    tenant,
                    client,
                    assertion,
                    endpoint: evidence.endpoint,
                    now,
                };
                // Boxed, because otherwise the future of every request would be as large as this one.
                Box::pin(private_key_jwt::authenticate(request)).await?
            }
            proof => proof.authenticate(RegisteredClient::from_stored(client), now)?,
        };
        if let Some(secret) = caller.secret_name() {
            self.secret_uses.note(tenant.id, &client.id, secret, now);
        } else if client.dynamic.is_some() {
            self.secret_uses
                .note(tenant.id, &client.id, SecretUses::NO_SECRET, now);
        }
        Ok(caller)
    }
}
