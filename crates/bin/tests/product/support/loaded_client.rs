//! Load for rolling restarts and upgrades.

use super::{Http, Mint, Random, Registered};
use reqwest::{Client, ClientBuilder};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinSet;

/// Number of refreshes per code.
pub(crate) const ROTATIONS: usize = 10;

/// Returns an HTTP client builder with or without connection reuse.
fn connections(are_kept: bool) -> ClientBuilder {
    let kept = if are_kept { usize::MAX } else { 0 };
    Client::builder().pool_max_idle_per_host(kept)
}

/// Returns a random loopback address, so that no other test takes the port of a server while it restarts.
pub(crate) fn own_address() -> IpAddr {
    let [_, one, two, three, ..] = Random::told().next().to_le_bytes();
    Ipv4Addr::new(127, one.max(1), two, three.clamp(1, 254)).into()
}

/// Client that redeems codes and refreshes tokens, and expects every request to succeed.
pub(crate) struct LoadedClient {
    http: Http,
    client: Registered,
    mint: Mint,
    stop: Arc<AtomicBool>,
}

impl LoadedClient {
    /// Starts several clients, half of which reuse connections. Each returns its number of requests.
    pub(crate) fn start(
        count: usize,
        address: SocketAddr,
        client: &Registered,
        mint: &Mint,
        stop: &Arc<AtomicBool>,
    ) -> JoinSet<usize> {
        let mut load = JoinSet::new();
        for number in 0..count {
            let client = Self {
                http: Http::by(connections(number % 2 == 0), address),
                client: client.clone(),
                mint: mint.clone(),
                stop: stop.clone(),
            };
            load.spawn(client.run());
        }
        load
    }

    /// Redeems codes and refreshes tokens until `stop` is set. Panics on the first failed request.
    async fn run(self) -> usize {
        let mut answered = 0;
        while !self.stop.load(Ordering::Relaxed) {
            let (_, code) = self.mint.code();
            let mut tokens = self.http.redeem(&self.client, &code).await.ok();
            answered += 1;
            for _ in 0..ROTATIONS {
                let refresh_token = tokens.text("refresh_token");
                tokens = self.http.refresh(&self.client, &refresh_token).await.ok();
                answered += 1;
            }
        }
        answered
    }
}
