use axum::Router;
use axum::http::header;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;

/// Text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Returns `/metrics`. The caller serves it on a separate address.
pub fn metrics(recorder: PrometheusHandle) -> Router {
    Router::new().route(
        "/metrics",
        get(async move || ([(header::CONTENT_TYPE, TEXT)], recorder.render())),
    )
}
