use crate::failure::Failure;
use countersign_domain::client::authentication::Caller;
use countersign_domain::decision::Decision;
use countersign_domain::scope::RequestedScope;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::issuance::Issuance;
use countersign_ports::names::CLIENT_CREDENTIALS_GTY;

/// Issues tokens for client credentials (RFC 6749 section 4.4). Writes nothing.
pub(super) fn judge(
    tenant: &Tenant,
    caller: &Caller<'_>,
    scope: RequestedScope<'_>,
    resources: &[&str],
    now: Timestamp,
) -> Result<Issuance, Failure> {
    match caller.client_credentials(scope, resources, &tenant.settings.lifetimes, now) {
        Decision::Issue(issuance) => Ok(issuance.with_gty(CLIENT_CREDENTIALS_GTY)),
        Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal.into()),
    }
}
