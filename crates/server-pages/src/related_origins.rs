//! `/.well-known/webauthn`: origins that may use the passkeys of this server (Web Authentication section 5.11.1).

use crate::services::Services;
use crate::unserved;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use countersign_application::App;
use countersign_server_http::wire::RequestTenant;
use std::sync::Arc;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// Shows the origins. Without the settings, the path does not exist.
pub(crate) async fn show<A: App>(
    State(services): State<Arc<Services<A>>>,
    tenant: RequestTenant,
    request: Request,
) -> Response {
    let passkeys = &services.app.accounts.passkeys;
    let origins = passkeys.related_origins(&tenant.0);
    if origins.is_empty() {
        return unserved::not_found(State(services), tenant, request).await;
    }
    let document = serde_json::json!({ "origins": origins });
    let headers = [
        (header::CONTENT_TYPE, JSON),
        (header::CACHE_CONTROL, AN_HOUR),
    ];
    (headers, document.to_string()).into_response()
}
