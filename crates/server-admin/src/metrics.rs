use axum::Router;
use axum::http::{Uri, header};
use axum::routing::get;
use countersign_server_http::wire::error::{not_allowed, not_found};
use countersign_server_http::wire::oauth_error;
use metrics_exporter_prometheus::PrometheusHandle;

/// Text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Returns `/metrics`. The caller serves it on a separate address.
pub fn metrics(recorder: PrometheusHandle) -> Router {
    let render = async move || ([(header::CONTENT_TYPE, TEXT)], recorder.render());
    Router::new()
        .route("/metrics", get(render))
        .method_not_allowed_fallback(not_allowed("metrics", oauth_error::failure))
        .fallback(async |uri: Uri| oauth_error::failure(&not_found(uri.path())))
}
