//! `/oauth2/jwks.json` and `/oauth2/jwks/{kid}`: the public keys (RFC 7517).

use crate::Services;
use crate::discovery::public_json;
use crate::wire::RequestTenant;
use crate::wire::error::not_found;
use crate::wire::oauth_error;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use countersign_application::App;
use std::sync::Arc;

/// Returns all published keys.
pub(crate) async fn key_set<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
) -> Response {
    public_json(
        services.keys.key_set(tenant.id).to_string(),
        services.key_set_max_age.as_secs(),
    )
}

/// Returns one key as a bare JWK.
pub(crate) async fn key<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Response {
    let key = id
        .ok()
        .and_then(|Path(id)| services.keys.key(tenant.id, &id));
    match key {
        Some(key) => public_json(key.to_string(), services.key_set_max_age.as_secs()),
        None => oauth_error::failure(&not_found(uri.path())),
    }
}
