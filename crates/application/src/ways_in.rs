//! Whether the sign-in of a session is one that the tenant and the client allow.

use crate::ephemera::{of_session, provider_of};
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::federation::ways_in::WaysIn;
use countersign_domain::login::methods::Method;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::Ephemera;

/// Returns the ways in to a tenant for a client. `client` are the providers of the client.
#[must_use]
pub fn ways_in<'a>(tenant: &'a Tenant, client: &'a [ProviderName]) -> WaysIn<'a> {
    WaysIn {
        tenant: &tenant.settings.upstream_only,
        client,
    }
}

/// Refuses the methods of this server where only providers may sign users in.
pub(crate) fn may_sign_in_here(tenant: &Tenant, client: &[ProviderName]) -> Result<(), Refusal> {
    if ways_in(tenant, client).allow(None) {
        Ok(())
    } else {
        Err(refusals::UPSTREAM_REQUIRED)
    }
}

/// Returns whether a provider is enabled and may sign users in at the tenant.
pub(crate) fn is_offered(tenant: &Tenant, provider: &UpstreamProvider) -> bool {
    provider.enabled && ways_in(tenant, &[]).allow(Some(&provider.name))
}

/// Returns whether the user of a session signed in in a way that the tenant and a client allow. `client` are the
/// providers of the client.
pub(crate) async fn is_allowed(
    store: &impl Ephemera,
    tenant: &Tenant,
    session: &Session,
    client: &[ProviderName],
    now: Timestamp,
) -> Result<bool, Failure> {
    let ways = ways_in(tenant, client);
    if ways.allow(None) {
        return Ok(true);
    }
    // After a later sign-in with a password in the same session, the provider no longer vouches for it.
    if !session.authentication.methods.contain(Method::UPSTREAM) {
        return Ok(false);
    }
    let found = of_session(store, tenant, session, provider_of, now).await?;
    let name = found.and_then(|name| String::from_utf8(name).ok());
    let provider = name.and_then(|name| ProviderName::parse(&name).ok());
    Ok(provider.is_some() && ways.allow(provider.as_ref()))
}
