//! Draining: after a shutdown signal, the server reports that it is not ready but keeps serving.
//!
//! This gives load balancers time to stop sending requests before the server refuses connections.

use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse as _, Response};
use countersign_application::CurrentRequest;
use countersign_server_http::{Answers, RequestBody};
use std::net::IpAddr;
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

    /// Wraps `handler` to report draining.
    pub(super) fn before<H: Answers>(&self, handler: H) -> Draining<H> {
        Draining {
            is_going: self.is_going.clone(),
            handler,
        }
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

/// Handler that reports draining.
#[derive(Clone)]
pub(super) struct Draining<H> {
    is_going: Arc<AtomicBool>,
    handler: H,
}

impl<H: Answers> Answers for Draining<H> {
    async fn answer<B: RequestBody>(
        &self,
        request: Request<B>,
        address: Option<IpAddr>,
    ) -> Response {
        let is_going = || self.is_going.load(Ordering::Relaxed);
        let mut response = if is_going() && READINESS.contains(&request.uri().path()) {
            let headers = [
                (CONTENT_TYPE, "application/json"),
                (CACHE_CONTROL, "no-store"),
            ];
            let body = r#"{"status":"stopping"}"#;
            (StatusCode::SERVICE_UNAVAILABLE, headers, body).into_response()
        } else {
            self.handler.answer(request, address).await
        };
        // Check again: the signal may have arrived during the request.
        if is_going() {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn is_detached(&self, method: &Method, path: &str) -> bool {
        self.handler.is_detached(method, path)
    }

    fn after(&self, request: &mut CurrentRequest) {
        self.handler.after(request);
    }
}
