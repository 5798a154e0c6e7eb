//! State of the admin API.

use super::rate_limit::RateLimit;
use axum::http::request::Parts;
use countersign_application::App;
use countersign_application::admin::Administration;
use countersign_domain::audit::operator::Operator;
use countersign_domain::tenant::Tenant;
use countersign_server_http::wire::Tenants;
use std::sync::Arc;

/// Dependencies of the admin API.
pub struct AdminServices<A: App> {
    /// Tenant of the server.
    pub tenant: Arc<Tenant>,
    /// Limit of the requests of each operator.
    pub limit: RateLimit,
    /// Commands.
    pub commands: Administration<A>,
    /// Who runs the operations.
    pub operators: Operators,
}

/// Who runs the operations.
pub enum Operators {
    /// Holders of the access tokens in the requests.
    OfTokens,
    /// One operator, without a token: the command line on the server's machine.
    Only(Box<Operator>),
}

impl<A: App> Tenants for AdminServices<A> {
    fn tenant(&self, _: &Parts) -> &Arc<Tenant> {
        &self.tenant
    }
}
