//! Draining: after a shutdown signal, the server reports that it is not ready but keeps serving.
//!
//! This gives load balancers time to stop sending requests before the server refuses connections.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Paths of the readiness checks.
const READINESS: [&str; 2] = ["/health", "/health/ready"];

/// State and duration of draining.
pub(super) struct Drain {
    is_going: Arc<AtomicBool>,
    length: Duration,
}

impl Drain {
    pub(super) fn of(length: Duration) -> Self {
        Self {
            is_going: Arc::default(),
            length,
        }
    }

    /// Wraps `router` to report draining, unless the duration is zero.
    pub(super) fn before(&self, router: Router) -> Router {
        if self.length.is_zero() {
            return router;
        }
        router.layer(from_fn_with_state(self.is_going.clone(), answer))
    }

    /// Drains the server: returns when it should stop accepting connections.
    pub(super) async fn run(&self) {
        if self.length.is_zero() {
            return;
        }
        tracing::info!("draining for {:?}", self.length);
        self.is_going.store(true, Ordering::Relaxed);
        tokio::time::sleep(self.length).await;
    }
}

async fn answer(State(is_going): State<Arc<AtomicBool>>, request: Request, next: Next) -> Response {
    let is_readiness = READINESS.contains(&request.uri().path());
    let mut response = if is_readiness && is_going.load(Ordering::Relaxed) {
        let headers = [
            (CONTENT_TYPE, "application/json"),
            (CACHE_CONTROL, "no-store"),
        ];
        let body = r#"{"status":"stopping"}"#;
        (StatusCode::SERVICE_UNAVAILABLE, headers, body).into_response()
    } else {
        next.run(request).await
    };
    // Check again: the signal may have arrived during the request.
    if is_going.load(Ordering::Relaxed) {
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
