//! HTTP proxy that breaks one request.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How a request breaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// It does not arrive.
    RequestLost,
    /// It arrives, and its response is lost.
    ResponseLost,
    /// The server answers that it failed.
    ServerFailed,
    /// The server answers that the token has expired.
    TokenExpired,
}

/// Proxy on a thread of its own.
pub(super) struct Proxy {
    pub(super) url: String,
    broken: Arc<Broken>,
    _end: oneshot::Sender<()>,
}

struct Broken {
    fault: Fault,
    /// Number of changes before the one that breaks.
    left: AtomicUsize,
    http: reqwest::Client,
}

impl Proxy {
    /// Starts a proxy that breaks the change with this number, from 0.
    pub(super) fn start(fault: Fault, number: usize) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let broken = Arc::new(Broken {
            fault,
            left: AtomicUsize::new(number + 1),
            http,
        });
        let (end, ended) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let router = Router::new().fallback(pass).with_state(broken.clone());
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = { runtime }.enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    _ = async { axum::serve(listener, router).await } => {}
                    _ = ended => {}
                }
            });
        });
        Self {
            url: format!("http://{}", told.recv().unwrap()),
            broken,
            _end: end,
        }
    }

    /// Returns whether a request broke.
    pub(super) fn has_broken(&self) -> bool {
        self.broken.left.load(Ordering::SeqCst) == 0
    }
}

async fn pass(State(broken): State<Arc<Broken>>, request: Request) -> Response {
    let is_change =
        request.uri().path().starts_with("/admin/v1") && request.method() != Method::GET;
    let breaks = is_change && broken.count();
    if breaks && !matches!(broken.fault, Fault::ResponseLost) {
        return match broken.fault {
            Fault::ServerFailed => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Fault::TokenExpired => StatusCode::UNAUTHORIZED.into_response(),
            Fault::RequestLost | Fault::ResponseLost => cut(),
        };
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let sent = broken.http.request(parts.method, parts.uri.to_string());
    let sent = sent.headers(parts.headers).body(body).send().await.unwrap();
    let (status, headers) = (sent.status(), sent.headers().clone());
    let body = sent.bytes().await.unwrap();
    if breaks {
        cut();
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

impl Broken {
    /// Counts a change. Returns whether it breaks.
    fn count(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        let before = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        before == Ok(1)
    }
}

/// Closes the connection without a response.
fn cut() -> ! {
    std::panic::resume_unwind(Box::new("connection closed"))
}
