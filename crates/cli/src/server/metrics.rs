//! Prometheus metrics at `/metrics`, on a separate address.

use super::listener::{self, listen};
use crate::command_error::CommandError;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Interval between upkeep runs of the recorder, which bound its memory if the metrics are not scraped.
const UPKEEP: Duration = Duration::from_secs(5);

/// Listener options: enough connections for two Prometheus servers and manual requests.
const OPTIONS: listener::Options = listener::Options {
    connections: 16,
    connections_per_address: 16,
    proxies: 0,
    proxy_header: listener::ProxyHeader::XForwardedFor,
};

/// Installs the recorder and serves its metrics, if an address is set.
pub(super) async fn start(
    address: Option<SocketAddr>,
) -> Result<Option<JoinHandle<()>>, CommandError> {
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
        .map_err(|error| CommandError::of("Cannot install the metrics recorder", &error))?;
    let router = countersign_server_admin::metrics(handle.clone());
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
