//! `/oauth2/jwks.json` and `/oauth2/jwks/{kid}`: the public keys (RFC 7517).

use crate::Services;
use crate::answer::answered_with;
use crate::discovery::public_json;
use crate::tenant::RequestTenant;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use countersign_ports::{PasswordHasher, Signer, Store};
use std::sync::Arc;

/// All published keys.
pub(crate) async fn key_set<S: Store, G: Signer, P: PasswordHasher>(
    State(services): State<Arc<Services<S, G, P>>>,
    RequestTenant(tenant): RequestTenant,
) -> Response {
    public_json(
        services.keys.key_set(tenant.id).to_string(),
        services.key_set_max_age.as_secs(),
    )
}

/// One of them, bare.
pub(crate) async fn key<S: Store, G: Signer, P: PasswordHasher>(
    State(services): State<Arc<Services<S, G, P>>>,
    RequestTenant(tenant): RequestTenant,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let key = id
        .ok()
        .and_then(|Path(id)| services.keys.key(tenant.id, &id));
    match key {
        Some(key) => public_json(key.to_string(), services.key_set_max_age.as_secs()),
        None => answered_with(
            StatusCode::NOT_FOUND,
            HeaderMap::new(),
            &serde_json::json!({"error": "not_found"}),
        ),
    }
}
