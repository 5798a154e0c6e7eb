use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use countersign_domain::tenant::Tenant;
use std::convert::Infallible;
use std::sync::Arc;

/// State of a router that knows the tenant of a request.
pub trait Tenants: Send + Sync {
    /// Returns the server's own tenant.
    fn own_tenant(&self) -> &Arc<Tenant>;

    /// Returns the tenant of a request. Every endpoint uses this method. [`Front`](crate::Front) finds the tenant and sets
    /// it as an extension. Without one, it is the server's own tenant.
    fn tenant(&self, head: &Parts) -> Arc<Tenant> {
        match head.extensions.get() {
            Some(RequestTenant(tenant)) => tenant.clone(),
            None => self.own_tenant().clone(),
        }
    }
}

/// Tenant of a request.
#[derive(Clone)]
pub struct RequestTenant(pub Arc<Tenant>);

impl<T: Tenants> FromRequestParts<Arc<T>> for RequestTenant {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, state: &Arc<T>) -> Result<Self, Infallible> {
        Ok(Self(state.tenant(head)))
    }
}
