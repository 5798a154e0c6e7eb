//! Connections: limits, timeouts and graceful shutdown.

mod address;
mod crowd;
mod patience;
mod turns;

use crate::command_error::{CommandError, Exit};
use address::client_address;
use axum::Router;
use axum::http::Request;
use countersign_server_http::wire::ClientAddress;
use crowd::{Crowd, Full, Most, Place};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use patience::Patient;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};
use turns::{Counted, Turns};

/// Timeouts of a connection. The router limits the time for request bodies.
#[derive(Clone, Copy)]
struct Limits {
    /// Timeout for request headers. It starts with a new connection or with the first bytes of a request. It is also
    /// the timeout for a client that does not read a response.
    slow: Duration,
    /// Timeout from a response to the end of the next request's headers.
    idle: Duration,
}

/// Timeouts in production.
///
/// The idle timeout is longer than that of common proxies (60 seconds). The proxy then closes idle connections first,
/// so no request races with the server closing the connection.
const LIMITS: Limits = Limits {
    slow: Duration::from_secs(10),
    idle: Duration::from_secs(75),
};
/// Maximum size of the headers of a request in bytes. A larger request gets 431.
const MOST_HEADERS: usize = 32 * 1024;
/// Delay after a failed accept, during which file descriptors may become available.
const PAUSE: Duration = Duration::from_secs(1);
/// Interval between connection-limit warnings.
const TOLD_AGAIN: Duration = Duration::from_secs(60);

/// Options of the listener.
#[derive(Clone, Copy)]
pub(super) struct Options {
    /// Maximum number of open connections.
    pub(super) connections: usize,
    /// Maximum number of open connections per client address. Does not apply behind reverse proxies.
    pub(super) connections_per_address: usize,
    /// Number of reverse proxies in front of the server.
    pub(super) proxies: usize,
}

/// Binds the address. The error ends with `advice`.
pub(crate) async fn listen(address: SocketAddr, advice: &str) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = if error.kind() == ErrorKind::AddrInUse {
            "the address is already in use".into()
        } else {
            error.to_string()
        };
        CommandError::new(
            Exit::Failed,
            format!("Cannot listen on {address}: {why}. {advice}"),
        )
    })
}

/// Serves connections until `stop` completes, then finishes the requests in progress and returns.
///
/// At a limit of connections, closes an idle one for the next. If none is idle, the next connection waits; over the limit
/// of its address, it is closed.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    options: Options,
    stop: impl Future<Output = ()>,
) {
    serve_within(LIMITS, listener, router, options, stop).await;
}

async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    router: Router,
    options: Options,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .max_buf_size(MOST_HEADERS)
        .header_read_timeout(limits.idle);
    let service = TowerToHyperService::new(router);
    let open = GracefulShutdown::new();
    let mut door = Door {
        listener,
        crowd: Crowd::new(Most {
            connections: options.connections,
            per_address: (options.proxies == 0).then_some(options.connections_per_address),
        }),
        told: None,
    };
    let mut stop = pin!(stop);
    loop {
        let turns = Turns::default();
        let (stream, peer, place) = tokio::select! {
            accepted = door.accept(&turns) => accepted,
            () = &mut stop => break,
        };
        let stream = TokioIo::new(Patient::new(stream, limits.slow, turns.clone()));
        let service = Counted::new(
            service.clone(),
            turns,
            move |request: &mut Request<Incoming>| {
                let address = client_address(request.headers(), peer, options.proxies);
                request.extensions_mut().insert(ClientAddress(address));
            },
        );
        let connection = open.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            tokio::select! {
                // Errors of one connection, such as a disconnect or a timeout, do not concern the server.
                _ = connection => {}
                () = place.closing() => {}
            }
        });
    }
    drop(door);
    open.shutdown().await;
}

/// Accepts connections up to the limits.
struct Door {
    listener: TcpListener,
    crowd: Arc<Crowd>,
    /// Time of the last connection-limit warning.
    told: Option<Instant>,
}

impl Door {
    /// Accepts the next connection. Returns it with its peer address and its place.
    async fn accept(&mut self, turns: &Turns) -> (TcpStream, IpAddr, Place) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Responses are small and complete, so Nagle's algorithm would only delay them.
                    let _ = stream.set_nodelay(true);
                    let peer = peer.ip().to_canonical();
                    if let Some(place) = self.place(peer, turns).await {
                        return (stream, peer, place);
                    }
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!("cannot accept connections: {error}");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Returns a place; `None` if the address has too many connections with requests in progress. Waits while all
    /// connections of the server have requests in progress; the next connections then wait in the operating system.
    async fn place(&mut self, peer: IpAddr, turns: &Turns) -> Option<Place> {
        loop {
            let full = match self.crowd.admit(peer, turns.clone()) {
                Ok(place) => return Some(place),
                Err(full) => full,
            };
            if self.told.is_none_or(|told| told.elapsed() >= TOLD_AGAIN) {
                self.told = Some(Instant::now());
                match full {
                    Full::Server => tracing::warn!(
                        rule = "connections",
                        "all connections have requests in progress and more are waiting; see `connections`"
                    ),
                    Full::Address => tracing::warn!(
                        rule = "connections_per_address",
                        address = %peer,
                        "connection rejected: all connections of the address have requests in progress; see \
                         `connections_per_address`"
                    ),
                }
            }
            if full == Full::Address {
                return None;
            }
            self.crowd.left().await;
        }
    }
}

/// Returns whether the error concerns a single connection, such as a client that disconnected before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::future::pending;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const ONE: Options = Options {
        connections: 1,
        connections_per_address: 1,
        proxies: 0,
    };
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: id.example.org\r\n\r\n";

    /// Connects to a server whose response time exceeds the header timeout.
    async fn connected() -> TcpStream {
        let limits = Limits {
            slow: Duration::from_millis(300),
            idle: Duration::from_millis(1500),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = async || sleep(Duration::from_millis(600)).await;
        let router = Router::new().route("/", get(answer));
        tokio::spawn(serve_within(limits, listener, router, ONE, pending()));
        TcpStream::connect(address).await.unwrap()
    }

    async fn answered(connection: &mut TcpStream) {
        connection.write_all(REQUEST).await.unwrap();
        let mut answer = [0; 1024];
        let length = connection.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 "));
    }

    /// Waits until the server closes the connection, and returns how long that took.
    async fn closed(connection: &mut TcpStream) -> Duration {
        let begun = Instant::now();
        let mut rest = [0; 1024];
        let read = connection.read(&mut rest);
        let read = tokio::time::timeout(Duration::from_secs(20), read).await;
        // A reset closes the connection too.
        assert_eq!(read.unwrap().unwrap_or(0), 0);
        begun.elapsed()
    }

    #[tokio::test]
    async fn idle_timeout_is_longer_than_header_timeout() {
        let mut connection = connected().await;
        answered(&mut connection).await;
        sleep(Duration::from_millis(700)).await;
        answered(&mut connection).await;
        let (head, _) = REQUEST.split_at(20);
        connection.write_all(head).await.unwrap();
        assert!(closed(&mut connection).await < Duration::from_millis(1200));
    }

    #[tokio::test]
    async fn header_timeout_does_not_restart_at_each_byte() {
        let mut connection = connected().await;
        let begun = Instant::now();
        for byte in REQUEST {
            let pause = Duration::from_millis(100);
            let mut rest = [0; 1];
            let _ = connection.write_all(&[*byte]).await;
            if let Ok(read) = tokio::time::timeout(pause, connection.read(&mut rest)).await {
                // A reset closes the connection too.
                assert_eq!(read.unwrap_or(0), 0);
                break;
            }
        }
        assert!(begun.elapsed() < Duration::from_millis(1200));
    }

    #[tokio::test]
    async fn idle_connection_is_closed() {
        let mut connection = connected().await;
        answered(&mut connection).await;
        let after = closed(&mut connection).await;
        assert!(after >= Duration::from_millis(1200), "{after:?}");
    }

    #[tokio::test]
    async fn unused_connection_is_closed_after_header_timeout() {
        let after = closed(&mut connected().await).await;
        assert!(after < Duration::from_millis(1200), "{after:?}");
    }
}
