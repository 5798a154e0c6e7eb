//! Accepting connections up to the limits.

use super::crowd::{Crowd, Full, GRACE, Place};
use super::turns::Turns;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

/// Delay after a failed accept, during which file descriptors may become available.
const PAUSE: Duration = Duration::from_secs(1);
/// Interval between connection-limit warnings.
const TOLD_AGAIN: Duration = Duration::from_secs(60);

/// Accepts connections up to the limits.
pub(super) struct Door {
    pub(super) listener: TcpListener,
    pub(super) crowd: Arc<Crowd>,
    /// Time of the last connection-limit warning.
    pub(super) told: Option<Instant>,
}

impl Door {
    /// Accepts the next connection. Returns it with its peer address.
    pub(super) async fn accept(&mut self) -> (TcpStream, IpAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Responses are small and complete, so Nagle's algorithm would only delay them.
                    let _ = stream.set_nodelay(true);
                    return (stream, peer.ip().to_canonical());
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
    pub(super) async fn place(&mut self, peer: IpAddr, turns: &Turns) -> Option<Place> {
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
            // Connections may also become idle in the meantime.
            let _ = timeout(GRACE, self.crowd.left()).await;
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
