use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use countersign_domain::tenant::Tenant;
use countersign_ports::{PublishedKeys, Store};
use countersign_server_http::wire::answer::answered_with;
use countersign_server_http::wire::error::not_allowed;
use countersign_server_http::wire::oauth_error;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Deadline for a response of the store.
const DEADLINE: Duration = Duration::from_secs(1);

/// Dependencies of the health checks.
pub struct Health<S> {
    /// The store.
    pub store: Arc<S>,
    /// The signing keys.
    pub keys: Arc<dyn PublishedKeys>,
    /// The tenant whose default signing key is checked.
    pub tenant: Arc<Tenant>,
}

/// Returns `/health/live`, which answers while the process runs, and `/health` and `/health/ready`, which answer 503
/// while the server cannot serve requests.
pub fn health<S: Store>(health: Health<S>) -> Router {
    Router::new()
        .route("/health", get(ready::<S>))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready::<S>))
        .method_not_allowed_fallback(not_allowed("health", oauth_error::failure))
        .with_state(Arc::new(health))
}

async fn live() -> Response {
    answered_with(StatusCode::OK, HeaderMap::new(), &json!({"status": "ok"}))
}

/// Reports whether the store responds and tokens can be signed with the default algorithm.
async fn ready<S: Store>(State(health): State<Arc<Health<S>>>) -> Response {
    let store = matches!(
        timeout(DEADLINE, health.store.latest_change()).await,
        Ok(Ok(_))
    );
    let tenant = &health.tenant;
    let algorithms = health.keys.algorithms(tenant.id);
    let keys = algorithms.contains(&tenant.settings.signing_algorithm);
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
