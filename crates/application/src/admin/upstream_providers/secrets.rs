//! Client secrets of upstream providers.

use super::UpstreamProviderAdmin;
use crate::admin::fields::redacted;
use crate::admin::webhooks::Reseal;
use crate::admin::{AdminError, Conflict, TRIES, may};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::federation::check::{InvalidUpstreamProvider, is_client_text};
use countersign_domain::federation::provider::{SealedClientSecret, UpstreamProvider};
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_ports::{Race, Store};

impl<S: Store> UpstreamProviderAdmin<S> {
    /// Seals the secret of a provider under the current master key. Returns the number of resealed secrets.
    pub async fn reseal(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &ProviderName,
        reseal: &Reseal<'_>,
    ) -> Result<u64, AdminError> {
        may(operator, Permission::UpstreamProvidersWrite)?;
        for _ in 0..TRIES {
            let mut provider = self.expected(tenant, name, None).await?;
            let context = UpstreamProvider::secret_context(name);
            let Some(secret) = &mut provider.secret else {
                return Ok(0);
            };
            let Some(sealed) = reseal(&context, &secret.sealed) else {
                return Ok(0);
            };
            secret.sealed = sealed;
            let action = Action::UPSTREAM_PROVIDER_UPDATED;
            let changes = vec![redacted("client_secret", true, true)];
            let event = self.event(tenant, operator, (action, &provider), changes);
            if self.replace(tenant, &mut provider, &event).await? == Race::Won {
                return Ok(1);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Seals a new secret into a provider.
    pub(super) fn seal(
        &self,
        tenant: TenantId,
        provider: &mut UpstreamProvider,
        secret: Option<&Secret>,
    ) -> Result<(), AdminError> {
        let Some(secret) = secret.map(Secret::expose_secret) else {
            return Ok(());
        };
        if !is_client_text(secret) {
            return Err(InvalidUpstreamProvider::SecretMalformed.into());
        }
        let context = UpstreamProvider::secret_context(&provider.name);
        provider.secret = Some(SealedClientSecret {
            sealed: self.vault.seal(tenant, &context, secret.as_bytes()),
            created_at: self.clock.now(),
        });
        Ok(())
    }

    /// Sets the secret of a changed provider. An operator who does not know the secret cannot have it sent elsewhere.
    pub(super) fn renew_secret(
        &self,
        tenant: TenantId,
        before: &UpstreamProvider,
        provider: &mut UpstreamProvider,
        secret: Option<&Secret>,
    ) -> Result<(), AdminError> {
        if !provider.authentication.needs_secret() {
            provider.secret = None;
        } else if provider.secret.is_some()
            && secret.is_none()
            && !provider.sends_secret_like(before)
        {
            return Err(InvalidUpstreamProvider::SecretAgain.into());
        }
        self.seal(tenant, provider, secret)
    }
}
