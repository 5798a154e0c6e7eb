//! Administration of the tenants of a server. Only operators of the server's own tenant can run these commands.

mod numbers;
mod removal;

use super::events::{Done, EventSource};
use super::fields::Fields;
use super::keys::{MakeSigningKey, ensure_signing_keys};
use super::{AdminError, Conflict, Missing, TRIES, definitions, may};
use crate::definitions::stored;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::overrides::TenantOverrides;
use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_ports::{After, Clock, Definition, EventRecord, Race, Slice, Store};
use std::sync::Arc;

/// Values of a tenant, apart from its name and its place.
#[derive(Clone, Debug, Default)]
pub struct TenantChange {
    /// Description.
    pub description: String,
    /// Whether the tenant is served; `None` leaves that as it is.
    pub enabled: Option<bool>,
    /// Settings that differ from those of the server.
    pub overrides: TenantOverrides,
    /// Set of files that declares the tenant, or none.
    pub managed_by: Option<ManagedBy>,
}

impl TenantChange {
    /// Applies the change to a tenant.
    pub fn apply(&self, tenant: &mut RegisteredTenant) {
        let Self {
            description,
            enabled,
            overrides,
            managed_by,
        } = self.clone();
        tenant.description = description;
        *tenant.overrides = overrides;
        tenant.managed_by = managed_by;
        match enabled {
            Some(true) => tenant.status = TenantStatus::Active,
            Some(false) => tenant.status = TenantStatus::Disabled,
            None => {}
        }
    }
}

/// Commands for tenants.
pub struct TenantAdmin<S> {
    /// Tenants, and the rows of each.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> TenantAdmin<S> {
    /// Returns a slice of the tenants, ordered by name. Other tenants than the server's own have none.
    pub async fn list(
        &self,
        server: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<RegisteredTenant>, AdminError> {
        may(operator, Permission::TenantsRead)?;
        if server.id != TenantId::SINGLE {
            return Ok(Slice::default());
        }
        Ok(stored::list(&*self.store, server.id, after).await?)
    }

    /// Finds a tenant by its name.
    pub async fn find(
        &self,
        server: &Tenant,
        operator: &Operator,
        name: &TenantName,
    ) -> Result<RegisteredTenant, AdminError> {
        may_govern(server, operator, Permission::TenantsRead)?;
        definitions::find(&*self.store, server, name.as_str()).await
    }

    /// Creates a tenant with its signing keys. All nodes serve it as soon as they read the feed of changes.
    pub async fn create(
        &self,
        server: &Tenant,
        operator: &Operator,
        make: &MakeSigningKey<'_>,
        (name, place): (TenantName, TenantPlace),
        change: &TenantChange,
    ) -> Result<RegisteredTenant, AdminError> {
        may_govern(server, operator, Permission::TenantsWrite)?;
        let now = self.clock.now();
        let mut tenant = RegisteredTenant::new(name, TenantId::SINGLE, place, now);
        change.apply(&mut tenant);
        tenant.check(server)?;
        if stored::find::<RegisteredTenant>(&*self.store, server.id, tenant.name.as_str())
            .await?
            .is_some()
        {
            return Err(Conflict::TenantName.into());
        }
        self.reserve_host(server, &tenant).await?;
        tenant.id = self.next_number(server).await?;
        // Before the tenant, so that it can issue tokens from the first request on.
        ensure_signing_keys(&*self.store, &tenant.tenant(server), make, now).await?;
        let changes = Fields::of_tenant(&tenant).since(&Fields::default());
        let event = self.event(server, operator, (Action::TENANT_CREATED, &tenant), changes);
        tenant.version = 1;
        let definition = Definition::RegisteredTenant(tenant.clone());
        let inserted = self.store.insert_definition(server.id, &definition, &event);
        match inserted.await? {
            Race::Won => Ok(tenant),
            Race::Lost => Err(Conflict::TenantName.into()),
        }
    }

    /// Changes a tenant. With `expected`, fails if the tenant has another version.
    pub async fn update(
        &self,
        server: &Tenant,
        operator: &Operator,
        make: &MakeSigningKey<'_>,
        (name, expected): (&TenantName, Option<u64>),
        change: &TenantChange,
    ) -> Result<RegisteredTenant, AdminError> {
        may_govern(server, operator, Permission::TenantsWrite)?;
        for _ in 0..TRIES {
            let before = self.present(server, name, expected).await?;
            let mut tenant = before.clone();
            change.apply(&mut tenant);
            let changes = Fields::of_tenant(&tenant).since(&Fields::of_tenant(&before));
            if changes.is_empty() {
                return Ok(before);
            }
            tenant.check(server)?;
            // Another algorithm needs a key before the first token.
            let now = self.clock.now();
            ensure_signing_keys(&*self.store, &tenant.tenant(server), make, now).await?;
            let event = self.event(server, operator, (Action::TENANT_UPDATED, &tenant), changes);
            if self.replace(server, &tenant, &event).await? == Race::Won {
                tenant.version += 1;
                return Ok(tenant);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Ends a tenant. From then on, no request reaches it. Servers remove its data in the background, and then its name.
    /// With `expected`, fails if the tenant has another version.
    pub async fn delete(
        &self,
        server: &Tenant,
        operator: &Operator,
        name: &TenantName,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may_govern(server, operator, Permission::TenantsWrite)?;
        for _ in 0..TRIES {
            let before = self.present(server, name, expected).await?;
            let mut tenant = before.clone();
            tenant.status = TenantStatus::Deleting;
            let changes = Fields::of_tenant(&tenant).since(&Fields::of_tenant(&before));
            let event = self.event(server, operator, (Action::TENANT_DELETED, &tenant), changes);
            if self.replace(server, &tenant, &event).await? == Race::Won {
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Returns a tenant that is not being deleted.
    async fn present(
        &self,
        server: &Tenant,
        name: &TenantName,
        expected: Option<u64>,
    ) -> Result<RegisteredTenant, AdminError> {
        let tenant: RegisteredTenant =
            definitions::expected(&*self.store, server, name.as_str(), expected).await?;
        if tenant.status == TenantStatus::Deleting {
            return Err(Conflict::TenantDeleting.into());
        }
        Ok(tenant)
    }

    async fn replace(
        &self,
        server: &Tenant,
        tenant: &RegisteredTenant,
        event: &EventRecord,
    ) -> Result<Race, AdminError> {
        let definition = Definition::RegisteredTenant(tenant.clone());
        let updated = self.store.update_definition(server.id, &definition, event);
        Ok(updated.await?)
    }

    fn event(
        &self,
        server: &Tenant,
        operator: &Operator,
        (action, tenant): (Action, &RegisteredTenant),
        changes: Vec<FieldChange>,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("tenant", tenant.name.as_str()),
            changes,
            at: self.clock.now(),
        };
        self.events.record(server.id, operator, done)
    }
}

/// Checks that an operator governs the server. An operator of another tenant cannot learn which tenants exist, even with
/// the permission.
fn may_govern(
    server: &Tenant,
    operator: &Operator,
    permission: Permission,
) -> Result<(), AdminError> {
    may(operator, permission)?;
    if server.id == TenantId::SINGLE {
        Ok(())
    } else {
        Err(AdminError::NotFound(Missing::Tenant))
    }
}
