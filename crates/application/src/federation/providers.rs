//! The providers of a tenant.

use super::{Federation, with_evidence};
use crate::app::App;
use crate::failure::Failure;
use crate::refusals;
use crate::ways_in::is_offered;
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::Email;
use std::sync::Arc;

/// Provider that the sign-in page offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedProvider {
    /// Name.
    pub name: ProviderName,
    /// Name on the button.
    pub display_name: String,
    /// Preset, for the icon.
    pub preset: Option<Preset>,
}

impl<A: App> Federation<A> {
    /// Returns the enabled providers that may sign users in at the tenant, ordered by name.
    pub async fn offered(&self, tenant: &Tenant) -> Result<Vec<OfferedProvider>, Failure> {
        let all = self.definitions.upstream_providers(tenant.id).await?;
        let enabled = all.iter().filter(|own| is_offered(tenant, own));
        let offered = enabled.map(|provider| OfferedProvider {
            name: provider.name.clone(),
            display_name: provider.display_name.clone(),
            preset: provider.preset,
        });
        Ok(offered.collect())
    }

    /// Returns the enabled provider that is the home of an address as typed, if any.
    pub async fn home_of(
        &self,
        tenant: &Tenant,
        email: &str,
    ) -> Result<Option<ProviderName>, Failure> {
        let Ok(email) = Email::parse(email.trim()) else {
            return Ok(None);
        };
        let all = self.definitions.upstream_providers(tenant.id).await?;
        let is_home = |provider: &&Arc<UpstreamProvider>| {
            is_offered(tenant, provider) && provider.home_domains.iter().any(|own| own.has(&email))
        };
        Ok(all.iter().find(is_home).map(|own| own.name.clone()))
    }

    /// Returns the enabled provider with this name.
    pub(crate) async fn provider(
        &self,
        tenant: &Tenant,
        name: &str,
    ) -> Result<Arc<UpstreamProvider>, Failure> {
        let unknown =
            || with_evidence(&refusals::UPSTREAM_UNKNOWN, name, "not an enabled provider");
        let name = ProviderName::parse(name).map_err(|_| unknown())?;
        let found = self.definitions.find(tenant.id, name.as_str()).await?;
        let offered = found.filter(|own: &Arc<UpstreamProvider>| is_offered(tenant, own));
        Ok(offered.ok_or_else(unknown)?)
    }

    /// Returns the display name of a provider; its name if it no longer exists.
    pub async fn display_name(&self, tenant: &Tenant, name: &str) -> Result<String, Failure> {
        let found: Option<Arc<UpstreamProvider>> = match ProviderName::parse(name) {
            Ok(name) => self.definitions.find(tenant.id, name.as_str()).await?,
            Err(_) => None,
        };
        Ok(found.map_or_else(|| name.to_owned(), |own| own.display_name.clone()))
    }
}
