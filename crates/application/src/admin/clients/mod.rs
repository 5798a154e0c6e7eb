//! Client administration.

mod delete;
mod every;
mod grants;
mod new;
mod own;
mod read;
mod rotation;
mod secrets;
mod sector;

pub use new::{CreatedClient, NewClient, Pairwise};

use super::claims::check_policy;
use super::events::{Done, EventSource};
use super::fields::Fields;
use super::keys::{KeyAdmin, MakeSigningKey, client_key, key_use};
use super::reach::{administrators, may_change_client};
use super::replies::with_reply;
use super::{AdminError, Conflict, Missing, TRIES, check_version, may_some_client, random_secret};
use crate::definitions::stored;
use crate::tenants::room;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::claims::policy::PolicyOwner;
use countersign_domain::client::openid_registration::{OpenIdRegistration, SubjectType};
use countersign_domain::client::{Client, ClientId, ClientStatus, KeySource};
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::{Assertions, Clock, Entropy, EventRecord, Race, SigningError, Store};
use std::any::Any;
use std::sync::Arc;

/// Client administration commands.
pub struct ClientAdmin<S> {
    /// Clients.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Validates the keys of clients.
    pub assertions: Arc<dyn Assertions>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Source of secrets and salts.
    pub entropy: Arc<dyn Entropy>,
}

impl<S: Store> ClientAdmin<S> {
    /// Creates a client. Its other signing algorithms must have keys; see [`KeyAdmin::add_missing`]. For HS256, `make`
    /// creates the key that the client shares with its resource server.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        mut new: NewClient,
        make: Option<&MakeSigningKey<'_>>,
    ) -> Result<CreatedClient, AdminError> {
        may_some_client(operator, Permission::ClientsWrite)?;
        if let Some(secret) = &new.secret {
            Client::check_chosen_secret(secret)?;
        }
        let now = self.clock.now();
        room::for_client(&*self.store, tenant, now).await?;
        new.client.owner = operator.holder.clone().or(new.client.owner);
        if let Some(pairwise) = new.pairwise.take() {
            let host = new.sector_host(&pairwise);
            new.client.openid.subject_type =
                SubjectType::Pairwise(self.sector(tenant, host).await?);
        }
        let (needs_secret, has_generated_id) = (new.needs_secret(), new.has_generated_id);
        let secret = new
            .secret
            .take()
            .or_else(|| needs_secret.then(|| random_secret(&*self.entropy)));
        let mut client = new.into_client(secret.as_ref(), now);
        self.check(&client)?;
        client.check_mistakes()?;
        let nothing = Client {
            owner: client.owner.clone(),
            ..Client::new(client.id.clone(), "", client.client_type, now)
        };
        may_change_client(&*self.store, tenant, operator, &nothing, &client).await?;
        self.check_claims(tenant, &nothing, &client).await?;
        self.may_be_own(tenant, operator, has_generated_id).await?;
        let server: Option<ResourceServer> =
            stored::find(&*self.store, tenant.id, client.id.as_str()).await?;
        if server.is_some() {
            return Err(Conflict::ClientIdOfAudience.into());
        }
        // A role may have been granted while an earlier client with this identifier was deleted.
        let all = administrators(&*self.store, tenant).await?;
        if all.holders.contains_key(&Holder::Client(client.id.clone())) {
            return Err(Conflict::HoldsRoles.into());
        }
        if !has_generated_id {
            // An earlier version deleted clients that a resource server names.
            self.is_no_introspection_client(tenant, &client.id).await?;
        }
        if client.published_algorithms().next().is_some() {
            let (_, keys) = self.store.list_signing_keys(tenant.id).await?;
            key_use::check(&keys, &client)?;
        }
        // Create the key before storing the client, so that a missing master key leaves no client without its key.
        let signing_key = match (client.signing_algorithm, make) {
            (Some(SigningAlgorithm::Hs256), Some(make)) => {
                Some(make(client_key(tenant, &client.id, now))?)
            }
            (Some(SigningAlgorithm::Hs256), None) => {
                return Err(SigningError::new("cannot create a key for HS256").into());
            }
            _ => None,
        };
        client.version = 1;
        let created = CreatedClient {
            client,
            secret,
            signing_key,
        };
        let client = &created.client;
        let changes = Fields::of_client(client).since(&Fields::default());
        let action = Action::CLIENT_CREATED;
        let event = self.event(tenant, operator, (action, client), changes, now);
        let event = with_reply(event, &created);
        if self.store.insert_client(tenant.id, client, &event).await? == Race::Lost {
            return Err(Conflict::ClientId.into());
        }
        if let Some(key) = &created.signing_key {
            let keys = KeyAdmin {
                store: self.store.clone(),
                events: self.events.clone(),
                clock: self.clock.clone(),
            };
            keys.add_client_key(tenant, operator, &client.id, key)
                .await?;
        }
        Ok(created)
    }

    /// Changes the metadata of a client. Its signing algorithms must have keys. `change` may run several times, because
    /// the command retries after a lost race.
    pub async fn update(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        change: impl Fn(&mut Client) + Send + Sync,
    ) -> Result<Client, AdminError> {
        self.edit(tenant, operator, id, None, change).await
    }

    /// Changes the metadata of a client like [`Self::update`]. With `expected`, fails if the client has another
    /// version.
    pub async fn edit(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        expected: Option<u64>,
        change: impl Fn(&mut Client) + Send + Sync,
    ) -> Result<Client, AdminError> {
        may_some_client(operator, Permission::ClientsWrite)?;
        let (_, keys) = self.store.list_signing_keys(tenant.id).await?;
        let changed = self.change(tenant, operator, id, |client| {
            check_version(expected, client.version)?;
            let before = client.clone();
            change(client);
            let mut changes = Fields::of_client(client).since(&Fields::of_client(&before));
            changes.retain(|change| change.field != "status");
            if changes.is_empty() {
                // A client that violates a newer rule can still be disabled.
                return Ok(());
            }
            let shared = Some(SigningAlgorithm::Hs256);
            if client.signing_algorithm == shared && before.signing_algorithm != shared {
                return Err(AdminError::SharedKeyMissing);
            }
            self.check(client)?;
            if before.check_mistakes().is_ok() {
                client.check_mistakes()?;
            }
            key_use::check(&keys, client)
        });
        Ok(changed.await?.0)
    }

    /// Enables or disables a client. A disabled client receives no tokens.
    pub async fn set_status(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        status: ClientStatus,
    ) -> Result<Client, AdminError> {
        self.update(tenant, operator, id, |client| client.status = status)
            .await
    }

    /// Replaces the OpenID settings of a client.
    pub async fn set_openid(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        openid: OpenIdRegistration,
    ) -> Result<Client, AdminError> {
        let change = |client: &mut Client| client.openid.clone_from(&openid);
        self.update(tenant, operator, id, change).await
    }

    /// Reads a client, applies a change and writes the result. Retries if another command changed the client in the
    /// meantime. Writes nothing if no field changed.
    async fn change<T: Any + Send>(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: &ClientId,
        change: impl Fn(&mut Client) -> Result<T, AdminError> + Send + Sync,
    ) -> Result<(Client, T), AdminError> {
        may_some_client(operator, Permission::ClientsWrite)?;
        let now = self.clock.now();
        for _ in 0..TRIES {
            let before = self.stored(tenant, id).await?;
            operator.may_for(Permission::ClientsWrite, &before)?;
            let mut client = before.clone();
            let made = change(&mut client)?;
            may_change_client(&*self.store, tenant, operator, &before, &client).await?;
            self.check_claims(tenant, &before, &client).await?;
            let changes = Fields::of_client(&client).since(&Fields::of_client(&before));
            if changes.is_empty() {
                return Ok((before, made));
            }
            client.updated_at = Some(now);
            let event = self.event(
                tenant,
                operator,
                (Action::CLIENT_UPDATED, &client),
                changes,
                now,
            );
            let event = with_reply(event, &made);
            if self.store.update_client(tenant.id, &client, &event).await? == Race::Won {
                client.version += 1;
                return Ok((client, made));
            }
        }
        Err(Conflict::Changed.into())
    }

    async fn stored(&self, tenant: &Tenant, id: &ClientId) -> Result<Client, AdminError> {
        let found = self.store.find_client(tenant.id, id).await?;
        found.ok_or(AdminError::NotFound(Missing::Client))
    }

    /// Checks a changed claims policy.
    async fn check_claims(
        &self,
        tenant: &Tenant,
        before: &Client,
        client: &Client,
    ) -> Result<(), AdminError> {
        if client.claims_policy == before.claims_policy {
            return Ok(());
        }
        let policy = &client.claims_policy;
        check_policy(&*self.store, tenant, PolicyOwner::Client, policy).await
    }

    /// Validates the metadata of a client.
    pub fn check(&self, client: &Client) -> Result<(), AdminError> {
        client.registered()?;
        let workloads = client.workload_identities.iter().map(|own| &own.keys);
        let keys = client.keys.iter().chain(workloads);
        let mut registered = keys.filter_map(KeySource::registered);
        let checked = registered.try_for_each(|keys| self.assertions.check_keys(keys));
        checked.map_err(AdminError::Keys)
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, client): (Action, &Client),
        changes: Vec<FieldChange>,
        at: Timestamp,
    ) -> EventRecord {
        let target = Party::new("client", client.id.as_str());
        let done = Done {
            action,
            target,
            changes,
            at,
        };
        self.events.record(tenant.id, operator, done)
    }
}
