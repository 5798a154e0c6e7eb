use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use countersign_domain::tenant::Tenant;
use std::convert::Infallible;
use std::sync::Arc;

/// State of a router that finds the tenant of a request.
pub trait Tenants: Send + Sync {
    /// Returns the tenant of a request. Every endpoint uses this method. A server of several tenants will use the host
    /// and the path.
    fn tenant(&self, head: &Parts) -> &Arc<Tenant>;
}

/// Tenant of a request.
pub struct RequestTenant(pub Arc<Tenant>);

impl<T: Tenants> FromRequestParts<Arc<T>> for RequestTenant {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, state: &Arc<T>) -> Result<Self, Infallible> {
        Ok(Self(state.tenant(head).clone()))
    }
}
