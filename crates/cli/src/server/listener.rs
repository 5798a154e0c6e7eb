//! Connections: limits, timeouts and graceful shutdown.

mod address;
mod crowd;
mod door;
mod host;
mod orders;
mod patience;
mod proxy_protocol;
mod requests;
mod turns;

use crate::command_error::{CommandError, Exit};
pub(crate) use address::ProxyHeader;
use axum::http::Request;
use countersign_server_http::Answers;
use crowd::{Crowd, Full, GRACE, Most, Place};
use door::Door;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use orders::serve_until_told;
use patience::Patient;
use requests::Requests;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use turns::Turns;

/// Timeouts of a connection. The router limits the time for request bodies.
#[derive(Clone, Copy)]
struct Limits {
    /// Timeout for request headers. It starts with a new connection or with the first bytes of a request. It is also
    /// the timeout for a client that does not read a response.
    slow: Duration,
    /// Timeout from a response to the complete head of the next request. Checked once a second.
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
/// Size of request headers in bytes that is always accepted. Hyper may accept up to twice as much, if it arrives at once.
const MOST_HEADERS: usize = 32 * 1024;

/// Options of the listener.
#[derive(Clone, Copy)]
pub(super) struct Options {
    /// Maximum number of open connections.
    pub(super) connections: usize,
    /// Maximum number of open connections per client address. Does not apply behind reverse proxies.
    pub(super) connections_per_address: usize,
    /// Number of reverse proxies in front of the server.
    pub(super) proxies: usize,
    /// How reverse proxies name the client.
    pub(super) proxy_header: ProxyHeader,
}

impl Options {
    /// Returns whether each connection begins with a header of the PROXY protocol.
    fn has_proxy_protocol(&self) -> bool {
        self.proxies > 0 && self.proxy_header == ProxyHeader::ProxyProtocol
    }

    /// Returns the limits of open connections. Reverse proxies that do not name a client per connection share their
    /// connections among clients.
    fn most(&self) -> Most {
        let is_of_one_client = self.proxies == 0 || self.has_proxy_protocol();
        Most {
            connections: self.connections,
            per_address: is_of_one_client.then_some(self.connections_per_address),
        }
    }
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
    handler: impl Answers,
    options: Options,
    stop: impl Future<Output = ()>,
) {
    serve_within(LIMITS, listener, handler, options, stop).await;
}

async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    handler: impl Answers,
    options: Options,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    // `Patient` and the sweep below limit the time for headers, without a timer for each request.
    http.max_buf_size(MOST_HEADERS).header_read_timeout(None);
    let (finish, told_to_finish) = watch::channel(());
    let crowd = Crowd::new(options.most());
    let inside = Inside {
        limits,
        options,
        http,
        handler,
        told_to_finish,
    };
    let mut door = Door {
        listener,
        crowd: crowd.clone(),
        told: None,
    };
    let accept = async {
        loop {
            let (stream, peer) = door.accept().await;
            let turns = Turns::default();
            let place = if options.has_proxy_protocol() {
                None
            } else {
                let Some(place) = door.place(peer, &turns).await else {
                    continue;
                };
                Some(place)
            };
            let (inside, crowd) = (inside.clone(), crowd.clone());
            tokio::spawn(async move {
                match place {
                    Some(place) => inside.serve(stream, peer, turns, place).await,
                    None => inside.serve_behind(stream, peer, turns, &crowd).await,
                }
            });
        }
    };
    tokio::select! {
        () = accept => {}
        never = crowd.sweep(limits.idle) => match never {},
        () = stop => {}
    }
    drop((door, inside));
    // Each connection holds a receiver until it ends.
    let _ = finish.send(());
    finish.closed().await;
}

/// What all connections share.
#[derive(Clone)]
struct Inside<H> {
    limits: Limits,
    options: Options,
    http: http1::Builder,
    handler: H,
    told_to_finish: watch::Receiver<()>,
}

impl<H: Answers> Inside<H> {
    /// Serves a connection that begins with a header of the PROXY protocol. Closes it if the header is missing, if the
    /// address of the client has too many connections, or if the server has too many for too long.
    async fn serve_behind(
        self,
        mut stream: TcpStream,
        peer: IpAddr,
        turns: Turns,
        crowd: &Arc<Crowd>,
    ) {
        let named = timeout(self.limits.slow, proxy_protocol::client_of(&mut stream)).await;
        let Ok(Ok(client)) = named else {
            tracing::warn!(rule = "proxy_header", %peer, "connection rejected: no header of the PROXY protocol");
            return;
        };
        let client = client.unwrap_or(peer).to_canonical();
        // At the limit of the server, waits for a connection to end or to become idle.
        let place = timeout(self.limits.slow, async {
            loop {
                match crowd.admit(client, turns.clone()) {
                    Err(Full::Server) => {
                        let _ = timeout(GRACE, crowd.left()).await;
                    }
                    other => return other.ok(),
                }
            }
        });
        match place.await {
            Ok(Some(place)) => self.serve(stream, client, turns, place).await,
            Ok(None) | Err(_) => {
                tracing::warn!(rule = "connections", address = %client, "connection rejected: too many connections");
            }
        }
    }

    async fn serve(self, stream: TcpStream, peer: IpAddr, turns: Turns, place: Place) {
        let stream = TokioIo::new(Patient::new(stream, self.limits.slow, turns.clone()));
        let requests = Requests {
            handler: self.handler,
            turns,
            peer,
            proxies: (self.options.proxies, self.options.proxy_header),
        };
        let service = service_fn(|request: Request<Incoming>| requests.answer(request));
        let connection = self.http.serve_connection(stream, service);
        serve_until_told(connection, &place, self.told_to_finish).await;
    }
}

#[cfg(test)]
mod tests;
