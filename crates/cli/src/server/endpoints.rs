//! All endpoints of the server. The product and the wire tests share this composition.

use countersign_application::admin::AdminTools;
use countersign_application::{App, Ports, TenantDirectory};
use countersign_domain::tenant::Tenant;
use countersign_ports::{Envelopes, KnownDeviceCodec, PublishedKeys};
use countersign_server_admin::{
    AdminServices, Health, Operators, RateLimit, SeedApis, admin_api, health,
};
use countersign_server_http::Front;
use countersign_server_pages::pages::{BrandedPages, Pages};
use std::sync::Arc;
use std::time::Duration;

/// Dependencies of the endpoints, in addition to the ports of the use cases.
pub struct Endpoints {
    /// The server's own tenant, with its issuer and settings.
    pub tenant: Arc<Tenant>,
    /// Codec that seals values kept in browsers.
    pub envelopes: Arc<dyn Envelopes>,
    /// Codec of known devices.
    pub known_devices: Arc<dyn KnownDeviceCodec>,
    /// Key set.
    pub keys: Arc<dyn PublishedKeys>,
    /// Cache lifetime of the key set, at most the announcement time of new keys.
    pub key_set_max_age: Duration,
    /// Texts, templates and theme.
    pub pages: Pages,
    /// Admin API; `None` does not serve it.
    pub admin: Option<AdminTools>,
    /// APIs of other servers. They need the admin API.
    pub seed_apis: SeedApis,
}

impl Endpoints {
    /// Composes the use cases and returns the token endpoint with the router of all endpoints.
    ///
    /// `tenants` finds the tenant of each request.
    pub fn front<A: App>(
        self,
        ports: &Ports<A>,
        tenants: Arc<TenantDirectory<A::Store>>,
    ) -> Front<A> {
        let app = Arc::new(ports.compose());
        let protocol = Arc::new(countersign_server_http::Services {
            tenant: self.tenant.clone(),
            app: app.clone(),
            keys: self.keys.clone(),
            key_set_max_age: self.key_set_max_age,
            ui_locales: self.pages.languages().map(str::to_owned).collect(),
        });
        let operation = Health {
            store: ports.store.clone(),
            keys: self.keys,
            tenant: self.tenant.clone(),
        };
        let admin = self.admin.map(|tools| {
            admin_api(AdminServices {
                tenant: self.tenant.clone(),
                limit: RateLimit::per_minute(tools.requests_per_minute),
                commands: ports.administration(tools),
                operators: Operators::OfTokens,
                seed_apis: self.seed_apis,
            })
        });
        let pages = countersign_server_pages::Services {
            tenant: self.tenant,
            app,
            envelopes: self.envelopes,
            known_devices: self.known_devices,
            pages: BrandedPages::new(self.pages),
        };
        let router = countersign_server_http::router(protocol.clone())
            .merge(countersign_server_pages::router(pages))
            .merge(health(operation))
            .merge(admin.unwrap_or_default());
        Front::new(protocol, tenants, router)
    }
}
