//! The tenant of a request.

use crate::Services;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use countersign_domain::tenant::Tenant;
use countersign_ports::{PasswordHasher, Signer, Store};
use std::convert::Infallible;
use std::sync::Arc;

/// The tenant that a request is for.
pub(crate) struct RequestTenant(pub(crate) Arc<Tenant>);

impl<S: Store, G: Signer, P: PasswordHasher> FromRequestParts<Arc<Services<S, G, P>>>
    for RequestTenant
{
    type Rejection = Infallible;

    async fn from_request_parts(
        head: &mut Parts,
        services: &Arc<Services<S, G, P>>,
    ) -> Result<Self, Infallible> {
        Ok(Self(services.tenant(head).clone()))
    }
}

impl<S, G, P> Services<S, G, P> {
    /// Returns the tenant that a request is for. This is the only place that finds it: a server of several tenants will
    /// look at the host and the path here.
    pub(crate) const fn tenant(&self, _: &Parts) -> &Arc<Tenant> {
        &self.tenant
    }
}
