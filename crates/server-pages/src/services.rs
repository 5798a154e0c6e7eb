use crate::pages::BrandedPages;
use countersign_application::{App, UseCases};
use countersign_domain::tenant::Tenant;
use countersign_ports::{Envelopes, KnownDeviceCodec};
use countersign_server_http::wire::Tenants;
use std::sync::Arc;

/// Dependencies of the pages.
pub struct Services<A: App> {
    /// The server's own tenant.
    pub tenant: Arc<Tenant>,
    /// Use cases.
    pub app: Arc<UseCases<A>>,
    /// Seals cookies and interactions.
    pub envelopes: Arc<dyn Envelopes>,
    /// Seals known devices.
    pub known_devices: Arc<dyn KnownDeviceCodec>,
    /// Texts, templates and theme.
    pub pages: BrandedPages,
}

impl<A: App> Tenants for Services<A> {
    fn own_tenant(&self) -> &Arc<Tenant> {
        &self.tenant
    }
}
