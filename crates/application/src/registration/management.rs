//! Management of a registration by its client (RFC 7592 section 2).
//!
//! The registration access token stays the same for the life of the client. RFC 7592 section 5 lets the server replace it
//! with each response. That would protect against a leaked token only until the next request, and a client that loses a
//! response would lose its registration.

use super::{ClientRegistrations, RegistrationError, registrant};
use crate::admin::AdminError;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::audit::operator::Operator;
use countersign_domain::client::dynamic::metadata::{ClientMetadata, InvalidMetadata};
use countersign_domain::client::{Client, ClientId};
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_ports::Store;
use std::net::IpAddr;

/// What a change must repeat (RFC 7592 section 2.2).
#[derive(Debug, Default)]
pub struct Restated {
    /// `client_id`.
    pub client_id: Option<String>,
    /// `client_secret`, if the request has it.
    pub client_secret: Option<Secret>,
}

/// Maximum number of attempts when an operator changes the client at the same time.
const TRIES: usize = 5;

impl<S: Store> ClientRegistrations<S> {
    /// Returns the registration that a token manages. The store is read, so that a deleted client is unknown at once.
    pub async fn read(
        &self,
        tenant: &Tenant,
        id: &str,
        token: &Secret,
    ) -> Result<Client, RegistrationError> {
        let unknown = refusals::REGISTRATION_ACCESS_TOKEN_INVALID;
        let Ok(id) = ClientId::parse(id) else {
            return Err(unknown.into());
        };
        let found = self.clients.store.find_client(tenant.id, &id).await?;
        let client = found.filter(|client| client.is_managed_with(token));
        let client = client.ok_or(unknown)?;
        client.check_active()?;
        Ok(client)
    }

    /// Replaces all metadata of a registration, within the policy that the tenant has now. What only operators set stays.
    /// A change counts against the network address like a registration.
    pub async fn replace(
        &self,
        tenant: &Tenant,
        (id, token): (&str, &Secret),
        restated: &Restated,
        metadata: &ClientMetadata,
        address: Option<IpAddr>,
    ) -> Result<Client, RegistrationError> {
        self.read(tenant, id, token).await?;
        // A change is an event. Without a limit, one client could fill the audit log.
        let now = self.clients.clock.now();
        self.count_attempt(tenant, address, now).await?;
        for _ in 0..TRIES {
            let stored = self.read(tenant, id, token).await?;
            check_restated(&stored, restated)?;
            let mut client = stored.clone();
            metadata.apply(&mut client, &tenant.settings.client_registration)?;
            let operator = of_client(&stored);
            let expected = Some(stored.version);
            let change = |own: &mut Client| own.clone_from(&client);
            let edited = self
                .clients
                .edit(tenant, &operator, &stored.id, expected, change);
            match edited.await {
                Err(AdminError::Stale) => {}
                edited => return Ok(edited?),
            }
        }
        Err(Failure::Contended.into())
    }

    /// Deletes a registration, with all grants of the client.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        id: &str,
        token: &Secret,
    ) -> Result<(), RegistrationError> {
        let client = self.read(tenant, id, token).await?;
        let operator = of_client(&client);
        let deleted = self.clients.delete(tenant, &operator, &client.id, None);
        Ok(deleted.await?)
    }
}

/// Checks that a change names the client, and has one of its secrets if it has any.
fn check_restated(client: &Client, restated: &Restated) -> Result<(), InvalidMetadata> {
    if restated.client_id.as_deref() != Some(client.id.as_str()) {
        let rule = "must be that of the client";
        return Err(InvalidMetadata::Member("client_id", rule));
    }
    let is_own = |secret: &Secret| {
        let digest = secret.digest();
        client.secrets.iter().any(|own| own.digest.is(&digest))
    };
    if restated
        .client_secret
        .as_ref()
        .is_some_and(|own| !is_own(own))
    {
        let rule = "must be that of the client; it cannot be chosen";
        return Err(InvalidMetadata::Member("client_secret", rule));
    }
    Ok(())
}

/// Returns the operator of what a client does with its registration.
fn of_client(client: &Client) -> Operator {
    registrant(Operator::application(client.id.clone()))
}
