//! Resource server administration.

use super::claims::check_policy;
use super::definitions;
use super::events::{Done, EventSource};
use super::fields::Fields;
use super::replies::with_reply;
use super::{AdminError, Conflict, Missing, TRIES, may};
use crate::definitions::stored;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::claims::policy::{ClaimsPolicy, PolicyOwner};
use countersign_domain::claims::roles::ApplicationRole;
use countersign_domain::client::{ClientId, ClientType};
use countersign_domain::identifier::ResourceServerId;
use countersign_domain::resource_server::{InvalidResourceServer, ResourceServer};
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, Clock, Definition, Entropy, EventRecord, Race, Slice, Store};
use std::sync::Arc;

/// Resource server administration commands.
pub struct ResourceServerAdmin<S> {
    /// Resource servers.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// New values of a resource server. `None` keeps the present value.
#[derive(Clone, Debug, Default)]
pub struct ResourceServerChange {
    /// Display name.
    pub name: Option<String>,
    /// Clients for introspection.
    pub introspection_clients: Option<Vec<ClientId>>,
    /// Whether introspection returns personal claims.
    pub personal_claims: Option<bool>,
    /// Application roles.
    pub roles: Option<Vec<ApplicationRole>>,
    /// Claims policy.
    pub claims_policy: Option<ClaimsPolicy>,
    /// Set of files that declares the resource server, or none.
    pub managed_by: Option<Option<ManagedBy>>,
}

impl ResourceServerChange {
    /// Applies the change to a resource server.
    pub fn apply(&self, server: &mut ResourceServer) {
        if let Some(name) = &self.name {
            server.name.clone_from(name);
        }
        if let Some(clients) = &self.introspection_clients {
            server.introspection_clients.clone_from(clients);
        }
        if let Some(personal_claims) = self.personal_claims {
            server.personal_claims = personal_claims;
        }
        if let Some(roles) = &self.roles {
            server.roles.clone_from(roles);
        }
        if let Some(policy) = &self.claims_policy {
            // Mappings of a later version stay.
            server.claims_policy.mappings.clone_from(&policy.mappings);
        }
        if let Some(managed_by) = &self.managed_by {
            server.managed_by.clone_from(managed_by);
        }
    }
}

impl<S: Store> ResourceServerAdmin<S> {
    /// Returns a slice of all resource servers, ordered by audience.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<ResourceServer>, AdminError> {
        may(operator, Permission::ResourceServersRead)?;
        Ok(stored::list(&*self.store, tenant.id, after).await?)
    }

    /// Finds a resource server by its audience.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        audience: &str,
    ) -> Result<ResourceServer, AdminError> {
        may(operator, Permission::ResourceServersRead)?;
        self.expected(tenant, audience, None).await
    }

    /// Creates a resource server.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        audience: &str,
        change: &ResourceServerChange,
    ) -> Result<ResourceServer, AdminError> {
        may(operator, Permission::ResourceServersWrite)?;
        let now = self.clock.now();
        let nothing = ResourceServer {
            id: Some(ResourceServerId::from_bytes(self.entropy.time_ordered_id())),
            ..ResourceServer::new(audience, audience, now)
        };
        let mut server = nothing.clone();
        change.apply(&mut server);
        self.check(tenant, &nothing, &server).await?;
        self.is_no_client(tenant, audience).await?;
        let changes = Fields::of_resource_server(&server).since(&Fields::default());
        let action = Action::RESOURCE_SERVER_CREATED;
        let event = self.event(tenant, operator, (action, audience), changes, now);
        server.version = 1;
        let event = with_reply(event, &server);
        let definition = Definition::ResourceServer(server.clone());
        let inserted = self.store.insert_definition(tenant.id, &definition, &event);
        match inserted.await? {
            Race::Won => Ok(server),
            Race::Lost => Err(Conflict::Audience.into()),
        }
    }

    /// Changes a resource server. With `expected`, fails if it has another version. Writes nothing if no field changes.
    pub async fn update(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        audience: &str,
        expected: Option<u64>,
        change: &ResourceServerChange,
    ) -> Result<ResourceServer, AdminError> {
        may(operator, Permission::ResourceServersWrite)?;
        let now = self.clock.now();
        for _ in 0..TRIES {
            let before = self.expected(tenant, audience, expected).await?;
            let mut server = before.clone();
            change.apply(&mut server);
            let changes = Fields::of_resource_server(&server);
            let changes = changes.since(&Fields::of_resource_server(&before));
            if changes.is_empty() {
                return Ok(before);
            }
            self.check(tenant, &before, &server).await?;
            let action = Action::RESOURCE_SERVER_UPDATED;
            let event = self.event(tenant, operator, (action, audience), changes, now);
            let definition = Definition::ResourceServer(server.clone());
            let updated = self.store.update_definition(tenant.id, &definition, &event);
            if updated.await? == Race::Won {
                server.version += 1;
                return Ok(server);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Deletes a resource server. Its tokens stay valid; only introspection by its clients ends. With `expected`, fails
    /// if it has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        audience: &str,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may(operator, Permission::ResourceServersWrite)?;
        let now = self.clock.now();
        for _ in 0..TRIES {
            let server = self.expected(tenant, audience, expected).await?;
            let changes = Fields::default().since(&Fields::of_resource_server(&server));
            let action = Action::RESOURCE_SERVER_DELETED;
            let event = self.event(tenant, operator, (action, audience), changes, now);
            if definitions::delete(&*self.store, tenant, &server, &event).await? == Race::Won {
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    async fn expected(
        &self,
        tenant: &Tenant,
        audience: &str,
        expected: Option<u64>,
    ) -> Result<ResourceServer, AdminError> {
        if audience.contains(char::is_control) {
            return Err(AdminError::NotFound(Missing::ResourceServer));
        }
        definitions::expected(&*self.store, tenant, audience, expected).await
    }

    /// Checks that the audience is not the identifier of a client. Such a client receives its own access tokens, so its
    /// policy may set claims that the resource server would rely on.
    async fn is_no_client(&self, tenant: &Tenant, audience: &str) -> Result<(), AdminError> {
        let Ok(id) = ClientId::parse(audience) else {
            return Ok(());
        };
        match self.store.find_client(tenant.id, &id).await? {
            Some(_) => Err(Conflict::AudienceOfClient.into()),
            None => Ok(()),
        }
    }

    /// Checks the rules of the resource server, its claims policy if that changes, and that its clients can authenticate.
    async fn check(
        &self,
        tenant: &Tenant,
        before: &ResourceServer,
        server: &ResourceServer,
    ) -> Result<(), AdminError> {
        server.check()?;
        ApplicationRole::check_all(&server.roles)?;
        if server.claims_policy != before.claims_policy {
            let owner = PolicyOwner::ResourceServer(&server.audience);
            check_policy(&*self.store, tenant, owner, &server.claims_policy).await?;
        }
        if server.audience == tenant.admin_api() {
            return Err(InvalidResourceServer::BuiltIn.into());
        }
        for id in &server.introspection_clients {
            let invalid = match self.store.find_client(tenant.id, id).await? {
                None => "does not exist",
                Some(client) if client.client_type == ClientType::Public => {
                    "is public; introspection requires a client that authenticates"
                }
                Some(_) => continue,
            };
            return Err(AdminError::IntrospectionClient(id.clone(), invalid));
        }
        Ok(())
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, audience): (Action, &str),
        changes: Vec<FieldChange>,
        at: Timestamp,
    ) -> EventRecord {
        let target = Party::new("resource_server", audience);
        let done = Done {
            action,
            target,
            changes,
            at,
        };
        self.events.record(tenant.id, operator, done)
    }
}
