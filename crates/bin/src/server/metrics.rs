//! `/metrics` for Prometheus, on an address of its own.

use super::{listen, listener};
use crate::failure::Failure;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the recorder lets go of what nobody asked for.
const UPKEEP: Duration = Duration::from_secs(5);

/// How many may ask at once: Prometheus, its twin, and a person.
const OPTIONS: listener::Options = listener::Options {
    connections: 16,
    proxies: 0,
};

/// Starts to count and to serve the counts, if there is an address for it.
pub(super) async fn start(address: Option<SocketAddr>) -> Result<Option<JoinHandle<()>>, Failure> {
    let Some(address) = address else {
        return Ok(None);
    };
    let server = listen(
        address,
        "Set `metrics.listen` (COUNTERSIGN__METRICS__LISTEN) to another address.",
    )
    .await?;
    let handle = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|error| Failure::of("Metrics cannot be counted", &error))?;
    let page = handle.clone();
    let router = Router::new().route(
        "/metrics",
        get(async move || {
            let kind = (
                header::CONTENT_TYPE,
                "text/plain; version=0.0.4; charset=utf-8",
            );
            ([kind], page.render())
        }),
    );
    tracing::info!("metrics on {}", server.local_addr()?);
    let serve = listener::serve(server, router, OPTIONS, std::future::pending());
    let upkeep = async move {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            ticks.tick().await;
            handle.run_upkeep();
        }
    };
    Ok(Some(tokio::spawn(async {
        tokio::select! {
            () = serve => {}
            () = upkeep => {}
        }
    })))
}
