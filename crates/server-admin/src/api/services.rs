//! State of the admin API.

use super::rate_limit::RateLimit;
use countersign_application::App;
use countersign_application::admin::Administration;
use countersign_domain::audit::operator::Operator;
use countersign_domain::tenant::Tenant;
use countersign_server_http::wire::Tenants;
use std::sync::Arc;

/// Dependencies of the admin API.
pub struct AdminServices<A: App> {
    /// The server's own tenant.
    pub tenant: Arc<Tenant>,
    /// Limit of the requests of each operator.
    pub limit: RateLimit,
    /// Commands.
    pub commands: Administration<A>,
    /// Who runs the operations.
    pub operators: Operators,
    /// APIs of other servers, which run the same commands.
    pub seed_apis: SeedApis,
}

/// Who runs the operations.
pub enum Operators {
    /// Holders of the access tokens in the requests.
    OfTokens,
    /// One operator, without a token: the command line on the server's machine.
    Only(Box<Operator>),
}

/// APIs of other authorization servers that this server can serve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeedApis {
    /// API of Aries: clients that developers own.
    pub aries: bool,
    /// API of Aero2.
    pub aero2: bool,
}

impl<A: App> Tenants for AdminServices<A> {
    fn own_tenant(&self) -> &Arc<Tenant> {
        &self.tenant
    }
}
