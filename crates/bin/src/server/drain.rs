//! The time between the signal to stop and the end: the server says that it is going, and serves on, so
//! that whoever is in front of it turns elsewhere before connections are refused.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What says whether the server wants requests.
const READINESS: [&str; 2] = ["/health", "/health/ready"];

/// Whether the server is going, and how long that takes.
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

    /// Puts the word of it before `router`, if there is time for anyone to hear it.
    pub(super) fn before(&self, router: Router) -> Router {
        if self.length.is_zero() {
            return router;
        }
        router.layer(from_fn_with_state(self.is_going.clone(), answer))
    }

    /// From the signal to stop to the end of accepting.
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
    // Asked again: the signal may have come while the request was under way.
    if is_going.load(Ordering::Relaxed) {
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
