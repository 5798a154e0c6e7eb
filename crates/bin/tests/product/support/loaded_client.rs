//! Load for servers that are replaced one by one.

use super::{Http, Mint, Random, Registered};
use reqwest::{Client, ClientBuilder};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinSet;

/// How often a client rotates before it begins another chain.
pub(crate) const ROTATIONS: usize = 10;

/// Connections that are kept from request to request, or not.
fn connections(are_kept: bool) -> ClientBuilder {
    let kept = if are_kept { usize::MAX } else { 0 };
    Client::builder().pool_max_idle_per_host(kept)
}

/// An address of this machine that no other test uses, so that the ports of a server that is stopped stay
/// free until it is started again.
pub(crate) fn own_address() -> IpAddr {
    let [_, one, two, three, ..] = Random::told().next().to_le_bytes();
    Ipv4Addr::new(127, one.max(1), two, three.clamp(1, 254)).into()
}

/// A client that redeems and rotates, and expects an answer each time.
pub(crate) struct LoadedClient {
    http: Http,
    client: Registered,
    mint: Mint,
    stop: Arc<AtomicBool>,
}

impl LoadedClient {
    /// Starts several, half of which keep their connections. Each answers how many requests it made.
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

    /// Redeems and rotates until told to stop; the first request that fails ends the test.
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
