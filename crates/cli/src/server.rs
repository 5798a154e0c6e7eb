//! The server: composition, background tasks, listening and shutdown.

mod adapters;
mod audit_log;
mod background;
mod compose;
mod drain;
mod endpoints;
mod follow;
mod forwarding;
mod listener;
mod metrics;
mod nodes;
mod places;
mod sealed_events;
mod state;
mod tasks;
mod tour;
mod webhooks;

use crate::arguments::ConfigArgs;
use crate::command_error::CommandError;
use crate::commands::config::doubts;
use crate::commands::setup::{self, Setup};
use crate::logging;
pub(crate) use adapters::Adapters;
use axum::Router;
use compose::Composition;
use drain::Drain;
pub use endpoints::Endpoints;
pub(crate) use listener::{ProxyHeader, listen};
pub(crate) use nodes::LIFETIME;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Shutdown timeout for requests in progress.
const LONGEST_END: Duration = Duration::from_secs(10);

/// `countersign serve`.
pub(crate) fn serve(args: &ConfigArgs) -> Result<(), CommandError> {
    let settings = setup::settings(args)?;
    let missing = settings.missing_for_serving();
    if !missing.is_empty() {
        return Err(CommandError::usage(missing.join("\n")));
    }
    logging::start(settings.log);
    for doubt in doubts::doubts(&settings) {
        tracing::warn!("{doubt}");
    }
    runtime()?.block_on(async {
        let listener = listen(
            settings.listen,
            "Set `listen` (COUNTERSIGN__LISTEN) to another address.",
        )
        .await?;
        let setup = Setup::make(settings).await?;
        setup.ensure_signing_keys().await?;
        run(setup, listener, |endpoints| endpoints, |_| Ok(())).await
    })
}

/// Creates a multi-threaded runtime.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Serves requests until a shutdown signal arrives.
///
/// `around` wraps the router of the endpoints. `ready` is called once the server accepts requests.
pub(crate) async fn run(
    setup: Setup,
    listener: TcpListener,
    around: impl FnOnce(Router) -> Router,
    ready: impl FnOnce(SocketAddr) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let told_to_stop = signal_to_stop()?;
    let metrics = metrics::start(setup.settings.metrics_listen).await?;
    let options = listener::Options {
        connections: setup.settings.connections,
        connections_per_address: setup.settings.connections_per_address,
        proxies: setup.settings.proxies,
        proxy_header: setup.settings.proxy_header,
    };
    let drain = Drain::of(setup.settings.drain);
    let Composition { front, state } = compose::compose(setup).await?;
    let front = front.around(around);
    let common = nodes::join(&state).await?;
    let state = Arc::new(state);
    let background = tokio::spawn(background::run(state.clone(), common));
    let address = listener.local_addr()?;
    tracing::info!("listening on {address}");
    ready(address)?;

    let (stop, stopped) = oneshot::channel();
    let until = async {
        // An error means that the sender was dropped, which also stops the server.
        let _ = stopped.await;
    };
    // A separate task, so that any core can accept connections.
    let mut serving = tokio::spawn(listener::serve(
        listener,
        drain.before(front),
        options,
        until,
    ));
    let ended = tokio::select! {
        ended = &mut serving => Some(ended),
        () = async { told_to_stop.await; drain.run().await } => None,
    };
    tracing::info!("stopping");
    // The receiver is gone if serving has already ended.
    let _ = stop.send(());
    let ended = match ended {
        Some(ended) => Some(ended),
        None => tokio::time::timeout(LONGEST_END, serving).await.ok(),
    };
    background.abort();
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    background::write_down_secret_uses(&state).await;
    audit_log::seal_last(&state).await;
    audit_log::forward_last(&state).await;
    state.webhooks.leave().await;
    nodes::leave(&state).await;
    tokio::join!(
        state.mailer.close(LONGEST_END),
        state.logout.close(LONGEST_END)
    );
    if let Some(ended) = ended {
        return Ok(ended.map_err(io::Error::other)?);
    }
    tracing::warn!("stopped with requests still in progress");
    Ok(())
}

/// Returns a future that completes on SIGTERM or Ctrl-C. After this call, the signals no longer end the process.
#[cfg(unix)]
fn signal_to_stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that completes on Ctrl-C.
#[cfg(not(unix))]
fn signal_to_stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}
