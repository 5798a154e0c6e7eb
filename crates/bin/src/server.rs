//! The running server: composition, background work, listening, stopping.

mod background;
mod compose;
mod drain;
mod follow;
mod listener;
mod metrics;
mod nodes;
mod use_cases;

use crate::cli::ConfigArgs;
use crate::commands::setup::{self, Setup};
use crate::failure::{Exit, Failure};
use crate::logging;
use axum::Router;
use compose::Composition;
use drain::Drain;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long requests under way may take to end when no more are accepted.
const LONGEST_END: Duration = Duration::from_secs(10);

/// `countersign serve`.
pub(crate) fn serve(args: &ConfigArgs) -> Result<(), Failure> {
    let settings = setup::settings(args)?;
    let missing = settings.missing_for_serving();
    if !missing.is_empty() {
        return Err(Failure::usage(missing.join("\n")));
    }
    logging::start(settings.log);
    for doubt in setup::doubts(&settings) {
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

/// A runtime on all cores.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Takes the address, or says what to do about it.
pub(crate) async fn listen(address: SocketAddr, advice: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = if error.kind() == io::ErrorKind::AddrInUse {
            "another program listens there".into()
        } else {
            error.to_string()
        };
        Failure::new(
            Exit::Failed,
            format!("Cannot listen on {address}: {why}. {advice}"),
        )
    })
}

/// Serves until a signal to stop comes. What `around` makes of the endpoints is served; `ready` is called when
/// requests are answered.
pub(crate) async fn run(
    setup: Setup,
    listener: TcpListener,
    around: impl FnOnce(Router) -> Router,
    ready: impl FnOnce(SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let told_to_stop = signal_to_stop()?;
    let metrics = metrics::start(setup.settings.metrics_listen).await?;
    let (connections, proxies) = (setup.settings.connections, setup.settings.proxies);
    let drain = Drain::of(setup.settings.drain);
    let Composition { router, state } = compose::compose(setup).await?;
    let router = around(router);
    let common = nodes::join(&state).await?;
    let state = Arc::new(state);
    let background = tokio::spawn(background::run(state.clone(), common));
    let address = listener.local_addr()?;
    tracing::info!("listening on {address}");
    ready(address)?;

    let (stop, stopped) = oneshot::channel();
    let until = async {
        // An error means that the sender is gone, which is a reason to stop as well.
        let _ = stopped.await;
    };
    // A task of its own, so that new connections are accepted on every core.
    let mut serving = tokio::spawn(listener::serve(
        listener,
        drain.before(router),
        listener::Options {
            connections,
            proxies,
        },
        until,
    ));
    let ended = tokio::select! {
        ended = &mut serving => Some(ended),
        () = async { told_to_stop.await; drain.run().await } => None,
    };
    tracing::info!("stopping");
    // Nobody may be left to hear it.
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
    nodes::leave(&state).await;
    tokio::join!(
        state.mailer.close(LONGEST_END),
        state.logout.close(LONGEST_END)
    );
    if let Some(ended) = ended {
        return Ok(ended.map_err(io::Error::other)?);
    }
    tracing::warn!("stopped with requests still under way");
    Ok(())
}

/// Comes with SIGTERM or Ctrl-C. From the call on these no longer end the process by themselves.
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

/// Comes with Ctrl-C.
#[cfg(not(unix))]
fn signal_to_stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}
