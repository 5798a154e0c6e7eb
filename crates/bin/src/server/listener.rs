//! Connections: how many there are at once, how long each may be quiet, and how they end.

mod address;
mod patience;
mod turns;

use address::client_address;
use axum::Router;
use axum::http::Request;
use countersign_server_http::ClientAddress;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use patience::Patient;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};
use turns::{Counted, Turns};

/// How long each part of a connection may take. How long a body may take is the router's affair.
#[derive(Clone, Copy)]
struct Limits {
    /// From a new connection, or from the first bytes of a request, to the end of its headers; and for an
    /// answer that the client does not read.
    slow: Duration,
    /// From an answer to the end of the next request's headers.
    idle: Duration,
}

/// A client that is there sends its headers at once. An idle connection may be kept for longer than the
/// minute after which proxies let go of one: the side that may send is to be the one that closes, or a
/// request and the end of its connection pass each other on the way.
const LIMITS: Limits = Limits {
    slow: Duration::from_secs(10),
    idle: Duration::from_secs(75),
};
/// How long to wait after the machine could not accept a connection: file descriptors may come free.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is said that all places are taken.
const TOLD_AGAIN: Duration = Duration::from_secs(60);

/// Who is let in.
#[derive(Clone, Copy)]
pub(super) struct Options {
    /// How many connections at once.
    pub(super) connections: usize,
    /// How many proxies stand in front.
    pub(super) proxies: usize,
}

/// Serves up to so many connections at once (the next ones wait until one ends) until `stop` comes;
/// then accepts no more, and ends when the requests under way are answered.
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
        .header_read_timeout(limits.idle);
    let service = TowerToHyperService::new(router);
    let open = GracefulShutdown::new();
    let mut door = Door {
        listener,
        places: Arc::new(Semaphore::new(options.connections)),
        connections: options.connections,
        told: None,
    };
    let mut stop = pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = door.accept() => accepted,
            () = &mut stop => break,
        };
        let turns = Turns::default();
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
            // A client that went away or was too slow is nobody's trouble but its own.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(door);
    open.shutdown().await;
}

/// Lets connections in, as long as there are places.
struct Door {
    listener: TcpListener,
    places: Arc<Semaphore>,
    connections: usize,
    /// When it was last said that all places are taken.
    told: Option<Instant>,
}

impl Door {
    /// The next connection, where it comes from, and its place. The place comes first: a connection that would have none waits
    /// where the operating system keeps it.
    async fn accept(&mut self) -> (TcpStream, IpAddr, OwnedSemaphorePermit) {
        let place = self.place().await;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Answers are small and complete; waiting for more to send only delays them.
                    let _ = stream.set_nodelay(true);
                    return (stream, peer.ip().to_canonical(), place);
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!("no connection can be accepted: {error}");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    async fn place(&mut self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(place) = self.places.clone().try_acquire_owned() {
                return place;
            }
            if self.told.is_none_or(|told| told.elapsed() >= TOLD_AGAIN) {
                self.told = Some(Instant::now());
                tracing::warn!(
                    "all {} connections are in use and more wait; see `connections`",
                    self.connections
                );
            }
            // An error would mean that the semaphore was closed, which nobody does.
            if let Ok(place) = self.places.clone().acquire_owned().await {
                return place;
            }
        }
    }
}

/// Whether the client was gone before it was let in, which says nothing about the next one.
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
        proxies: 0,
    };
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: id.example.org\r\n\r\n";

    /// A connection to a server that takes longer for an answer than a client may for its headers.
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

    /// How long it takes until the server closes the connection.
    async fn closed(connection: &mut TcpStream) -> Duration {
        let begun = Instant::now();
        let mut rest = [0; 1024];
        let read = connection.read(&mut rest);
        let read = tokio::time::timeout(Duration::from_secs(20), read).await;
        // A reset is an end as well.
        assert_eq!(read.unwrap().unwrap_or(0), 0);
        begun.elapsed()
    }

    #[tokio::test]
    async fn a_connection_in_use_is_kept_for_longer_than_one_that_asks_slowly() {
        let mut connection = connected().await;
        answered(&mut connection).await;
        sleep(Duration::from_millis(700)).await;
        answered(&mut connection).await;
        let (head, _) = REQUEST.split_at(20);
        connection.write_all(head).await.unwrap();
        assert!(closed(&mut connection).await < Duration::from_millis(1200));
    }

    #[tokio::test]
    async fn a_connection_that_is_used_no_more_is_closed() {
        let mut connection = connected().await;
        answered(&mut connection).await;
        let after = closed(&mut connection).await;
        assert!(after >= Duration::from_millis(1200), "{after:?}");
    }

    #[tokio::test]
    async fn a_connection_that_is_never_used_is_closed_as_a_slow_one() {
        let after = closed(&mut connected().await).await;
        assert!(after < Duration::from_millis(1200), "{after:?}");
    }
}
