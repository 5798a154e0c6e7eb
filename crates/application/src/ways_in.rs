//! Whether the sign-in of a session is one that the tenant and the client allow.

use crate::ephemera::provider_of;
use crate::failure::Failure;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::federation::ways_in::WaysIn;
use countersign_domain::login::methods::Method;
use countersign_domain::login::session::Session;
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
    let authentication = &session.authentication;
    // After a later sign-in with a password in the same session, the provider no longer vouches for it.
    if !authentication.methods.contain(Method::UPSTREAM) {
        return Ok(false);
    }
    let ends = tenant.settings.lifetimes.session_end(authentication.time);
    let key = provider_of(session.id, ends);
    let found = store.get(tenant.id, &key, now);
    let name = found
        .await?
        .and_then(|found| String::from_utf8(found.value).ok());
    let provider = name.and_then(|name| ProviderName::parse(&name).ok());
    Ok(ways.allow(provider.as_ref()))
}
