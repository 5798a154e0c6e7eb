//! Administration of upstream providers.

mod secrets;

use super::definitions;
use super::events::{Done, EventSource};
use super::fields::{Fields, redacted};
use super::replies::with_reply;
use super::{AdminError, Conflict, TRIES, may};
use crate::definitions::stored;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::evidence::Evidence;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_ports::{After, Clock, Definition, EventRecord, Race, Slice, Store, Vault};
use std::sync::Arc;

/// Wanted state of a provider.
#[derive(Clone, Debug)]
pub struct WantedProvider {
    /// Values. The stored secret, the creation time and the version are not taken from here.
    pub values: UpstreamProvider,
    /// New client secret; `None` keeps the stored one.
    pub secret: Option<Secret>,
}

impl WantedProvider {
    /// Returns the provider with the wanted values, and what a change keeps.
    fn over(&self, before: &UpstreamProvider) -> UpstreamProvider {
        UpstreamProvider {
            name: before.name.clone(),
            secret: before.secret.clone(),
            created_at: before.created_at,
            version: before.version,
            later: before.later.clone(),
            ..self.values.clone()
        }
    }
}

/// Commands for upstream providers.
pub struct UpstreamProviderAdmin<S> {
    /// Providers.
    pub store: Arc<S>,
    /// Seals client secrets.
    pub vault: Arc<dyn Vault>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

/// Checks that the operator may let this server reach a provider in a private network. A provider that may be reached
/// there cannot be moved to another address without this permission. The holders of admin roles of another tenant do not
/// govern the server's network, whatever their roles are.
fn may_reach(
    tenant: &Tenant,
    operator: &Operator,
    before: Option<&UpstreamProvider>,
    after: &UpstreamProvider,
) -> Result<(), AdminError> {
    let may_already = before
        .is_some_and(|before| before.allow_private_network && before.protocol == after.protocol);
    if after.allow_private_network && !may_already {
        let permission = Permission::UpstreamPrivateNetworks;
        may(operator, permission)?;
        if tenant.id != TenantId::SINGLE && operator.holder.is_some() {
            let missing = Evidence::of(permission.as_str());
            return Err(Refusal::PermissionMissing(missing).into());
        }
    }
    Ok(())
}

impl<S: Store> UpstreamProviderAdmin<S> {
    /// Returns a slice of the providers, ordered by name.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<UpstreamProvider>, AdminError> {
        may(operator, Permission::UpstreamProvidersRead)?;
        Ok(stored::list(&*self.store, tenant.id, after).await?)
    }

    /// Finds a provider by its name.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &ProviderName,
    ) -> Result<UpstreamProvider, AdminError> {
        may(operator, Permission::UpstreamProvidersRead)?;
        self.expected(tenant, name, None).await
    }

    /// Returns the enabled providers. The sign-in page shows them too, so this needs no permission.
    pub async fn offered(&self, tenant: &Tenant) -> Result<Vec<UpstreamProvider>, AdminError> {
        let mut all: Vec<UpstreamProvider> = stored::all(&*self.store, tenant.id).await?;
        all.retain(|provider| provider.enabled);
        Ok(all)
    }

    /// Creates a provider.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        wanted: &WantedProvider,
    ) -> Result<UpstreamProvider, AdminError> {
        may(operator, Permission::UpstreamProvidersWrite)?;
        may_reach(tenant, operator, None, &wanted.values)?;
        let mut provider = UpstreamProvider {
            secret: None,
            created_at: self.clock.now(),
            version: 0,
            ..wanted.values.clone()
        };
        self.seal(tenant.id, &mut provider, wanted.secret.as_ref())?;
        provider.check_with_secret()?;
        let all: Vec<UpstreamProvider> = stored::all(&*self.store, tenant.id).await?;
        if all.len() >= UpstreamProvider::MOST {
            return Err(Conflict::TooManyUpstreamProviders.into());
        }
        let mut changes = Fields::of_upstream_provider(&provider).since(&Fields::default());
        if provider.secret.is_some() {
            changes.push(redacted("client_secret", false, true));
        }
        let action = Action::UPSTREAM_PROVIDER_CREATED;
        let event = self.event(tenant, operator, (action, &provider), changes);
        provider.version = 1;
        let event = with_reply(event, &provider);
        let definition = Definition::UpstreamProvider(provider.clone());
        let inserted = self.store.insert_definition(tenant.id, &definition, &event);
        match inserted.await? {
            Race::Won => Ok(provider),
            Race::Lost => Err(Conflict::UpstreamProviderName.into()),
        }
    }

    /// Changes a provider, and its secret if there is a new one. A method without a secret removes it. With `expected`,
    /// fails if the provider has another version. Writes nothing if nothing changes.
    pub async fn update(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &ProviderName,
        expected: Option<u64>,
        wanted: &WantedProvider,
    ) -> Result<UpstreamProvider, AdminError> {
        may(operator, Permission::UpstreamProvidersWrite)?;
        for _ in 0..TRIES {
            let before = self.expected(tenant, name, expected).await?;
            let mut provider = wanted.over(&before);
            may_reach(tenant, operator, Some(&before), &provider)?;
            self.renew_secret(tenant.id, &before, &mut provider, wanted.secret.as_ref())?;
            let mut changes = Fields::of_upstream_provider(&provider)
                .since(&Fields::of_upstream_provider(&before));
            if provider.secret != before.secret {
                let (was, is) = (before.secret.is_some(), provider.secret.is_some());
                changes.push(redacted("client_secret", was, is));
            }
            if changes.is_empty() {
                return Ok(before);
            }
            provider.check_with_secret()?;
            let action = Action::UPSTREAM_PROVIDER_UPDATED;
            let event = self.event(tenant, operator, (action, &provider), changes);
            if self.replace(tenant, &mut provider, &event).await? == Race::Won {
                return Ok(provider);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Deletes a provider with its secret. Linked identities stay, but are of no use until a provider with the same
    /// issuer exists. With `expected`, fails if the provider has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &ProviderName,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UpstreamProvidersWrite)?;
        for _ in 0..TRIES {
            let provider = self.expected(tenant, name, expected).await?;
            let changes = Fields::default().since(&Fields::of_upstream_provider(&provider));
            let action = Action::UPSTREAM_PROVIDER_DELETED;
            let event = self.event(tenant, operator, (action, &provider), changes);
            if definitions::delete(&*self.store, tenant, &provider, &event).await? == Race::Won {
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Returns a provider. With `expected`, fails if it has another version.
    async fn expected(
        &self,
        tenant: &Tenant,
        name: &ProviderName,
        expected: Option<u64>,
    ) -> Result<UpstreamProvider, AdminError> {
        definitions::expected(&*self.store, tenant, name.as_str(), expected).await
    }

    /// Replaces a provider, and increments its version if it wins.
    async fn replace(
        &self,
        tenant: &Tenant,
        provider: &mut UpstreamProvider,
        event: &EventRecord,
    ) -> Result<Race, AdminError> {
        let definition = Definition::UpstreamProvider(provider.clone());
        let updated = self.store.update_definition(tenant.id, &definition, event);
        let race = updated.await?;
        provider.version += u64::from(race == Race::Won);
        Ok(race)
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, provider): (Action, &UpstreamProvider),
        changes: Vec<FieldChange>,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("upstream_provider", provider.name.as_str()),
            changes,
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}
