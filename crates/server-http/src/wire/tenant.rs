use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use countersign_domain::tenant::Tenant;
use std::convert::Infallible;
use std::sync::Arc;

/// State of a router that finds the tenant of a request.
pub trait Tenants: Send + Sync {
    /// Returns the tenant that a request is for. Every endpoint finds it here: a server of several tenants will look at
    /// the host and the path.
    fn tenant(&self, head: &Parts) -> &Arc<Tenant>;
}

/// The tenant that a request is for.
pub struct RequestTenant(pub Arc<Tenant>);

impl<T: Tenants> FromRequestParts<Arc<T>> for RequestTenant {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, state: &Arc<T>) -> Result<Self, Infallible> {
        Ok(Self(state.tenant(head).clone()))
    }
}
