//! Operations on tenants.

use super::rows::{Row, none};
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::registered::RegisteredTenant;
use countersign_store_contract::fixtures;
use serde_json::json;

/// Roles that govern the server.
const GOVERNORS: &str = "owner server-operator";

/// Returns the tenant of the rows.
pub(super) fn tenant() -> RegisteredTenant {
    let name = TenantName::parse("acme").unwrap();
    let id = TenantId::from_number(2).unwrap();
    RegisteredTenant::new(name, id, TenantPlace::Path, fixtures::NOW)
}

pub(super) const TENANTS: &[Row] = &[
    Row("listTenants", "GET /tenants", none, GOVERNORS),
    Row(
        "createTenant",
        "POST /tenants",
        || json!({"name": "new", "signing_algorithm": "ES256"}),
        GOVERNORS,
    ),
    Row("getTenant", "GET /tenants/acme", none, GOVERNORS),
    Row(
        "updateTenant",
        "PATCH /tenants/acme",
        || json!({"description": "New", "signing_algorithm": "ES256"}),
        GOVERNORS,
    ),
    Row("deleteTenant", "DELETE /tenants/acme", none, GOVERNORS),
];
