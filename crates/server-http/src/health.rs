//! Health: `/health/live` while the process runs, `/health/ready` and `/health` while it can serve.

use crate::Services;
use crate::answer::answered_with;
use crate::tenant::RequestTenant;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use countersign_ports::{PasswordHasher, Signer, Store};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long the store may take to say that it is there.
const LONGEST: Duration = Duration::from_secs(1);

pub(crate) async fn live() -> Response {
    answered_with(StatusCode::OK, HeaderMap::new(), &json!({"status": "ok"}))
}

/// Ready means that the store answers and that tokens can be signed.
pub(crate) async fn ready<S: Store, G: Signer, P: PasswordHasher>(
    State(services): State<Arc<Services<S, G, P>>>,
    RequestTenant(tenant): RequestTenant,
) -> Response {
    let store = matches!(
        timeout(LONGEST, services.tokens.store.latest_change()).await,
        Ok(Ok(_))
    );
    let keys = services.keys.can_sign(tenant.id);
    let (status, word) = if store && keys {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    let state = |good| if good { "ok" } else { "unavailable" };
    answered_with(
        status,
        HeaderMap::new(),
        &json!({"status": word, "store": state(store), "keys": state(keys)}),
    )
}
