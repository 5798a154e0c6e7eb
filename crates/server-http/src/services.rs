//! State of the router.

use crate::wire::Tenants;
use countersign_application::{App, UseCases};
use countersign_domain::tenant::Tenant;
use countersign_ports::PublishedKeys;
use std::sync::Arc;
use std::time::Duration;

/// Dependencies of the endpoints.
pub struct Services<A: App> {
    /// The server's own tenant.
    pub tenant: Arc<Tenant>,
    /// Use cases.
    pub app: Arc<UseCases<A>>,
    /// Published keys.
    pub keys: Arc<dyn PublishedKeys>,
    /// Cache lifetime of the key set. It must not exceed the time for which new keys are announced before use.
    pub key_set_max_age: Duration,
    /// Languages of the pages, for the discovery documents.
    pub ui_locales: Vec<String>,
}

impl<A: App> Tenants for Services<A> {
    fn own_tenant(&self) -> &Arc<Tenant> {
        &self.tenant
    }
}
