//! Servers that are stopped: alone, and one after the other behind a balancer, under load.

use crate::support::{
    Balancer, Database, Http, Installation, Mint, Random, Registered, Server, within,
};
use axum::http::header::CONNECTION;
use reqwest::{Client, ClientBuilder};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, spawn_blocking};

const NODES: usize = 3;
const CLIENTS: usize = 6;
/// How often a client rotates before it begins another chain.
const ROTATIONS: usize = 10;
/// How long a busy machine may take for anything.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_are_restarted_in_turn_behind_a_balancer_fail_no_request() {
    let database = Database::new().await;
    let installation = Arc::new(Installation::on(&database, &[("DRAIN", "5")]));
    let client = installation.web_client(&["--signing-alg=ES256"]);
    let mint = Mint::new(&installation, &client);
    let own = own_address();
    let mut servers = Vec::new();
    for _ in 0..NODES {
        servers.push(start(&installation, (own, 0).into()).await);
    }
    let addresses: Vec<_> = servers.iter().map(|server| server.http.address).collect();
    let balancer = Balancer::start(own, &addresses);
    for node in 0..NODES {
        within(PATIENCE, "in use", async || balancer.uses(node).await).await;
    }

    let stop = Arc::new(AtomicBool::new(false));
    let mut load = JoinSet::new();
    for number in 0..CLIENTS {
        let client = LoadedClient {
            http: Http::by(connections(number % 2 == 0), balancer.address),
            client: client.clone(),
            mint: mint.clone(),
            stop: stop.clone(),
        };
        load.spawn(client.run());
    }
    for (node, address) in addresses.iter().enumerate() {
        let begun = Instant::now();
        let server = servers.remove(0);
        server.terminate();
        within(PATIENCE, "spared", async || !balancer.uses(node).await).await;
        let spared = begun.elapsed();
        // Nobody is sent there any more, and it would still answer.
        server.http.get("/health/live").await.ok();
        let status = spawn_blocking(|| server.ended()).await.unwrap();
        assert!(status.success(), "{status}");
        let stopped = begun.elapsed();
        servers.push(start(&installation, *address).await);
        within(PATIENCE, "in use", async || balancer.uses(node).await).await;
        println!(
            "node {node} spared after {spared:?}, ended after {stopped:?}, in use again after {:?}",
            begun.elapsed()
        );
    }
    stop.store(true, Ordering::Relaxed);
    let answered = load.join_all().await;
    println!("{answered:?} requests answered, none failed");
    assert!(answered.iter().all(|answered| *answered > ROTATIONS));
}

/// Connections that are kept from request to request, or not.
fn connections(are_kept: bool) -> ClientBuilder {
    let kept = if are_kept { usize::MAX } else { 0 };
    Client::builder().pool_max_idle_per_host(kept)
}

/// An address of this machine that no other test uses, so that the ports of a server that is stopped stay
/// free until it is started again.
fn own_address() -> IpAddr {
    let [_, one, two, three, ..] = Random::told().next().to_le_bytes();
    Ipv4Addr::new(127, one.max(1), two, three.clamp(1, 254)).into()
}

async fn start(installation: &Arc<Installation>, address: SocketAddr) -> Server {
    let mut command = installation.command(&["serve"]);
    command.env("COUNTERSIGN__LISTEN", address.to_string());
    spawn_blocking(|| Server::start(command)).await.unwrap()
}

struct LoadedClient {
    http: Http,
    client: Registered,
    mint: Mint,
    stop: Arc<AtomicBool>,
}

impl LoadedClient {
    /// Redeems and rotates until told to stop; the first request that fails ends the test. Answers how
    /// many did not.
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drains_serves_on_and_says_that_it_is_going() {
    let installation = Installation::with(&[("DRAIN", "300")]);
    let machine = installation.machine();
    let server = installation.start();
    let http = &server.http;
    let before = http.client_credentials(&machine).await.ok();
    assert_eq!(before.header(CONNECTION), None);
    server.terminate();
    server.logged("draining");
    for path in ["/health/ready", "/health"] {
        within(PATIENCE, "going", async || {
            http.get(path).await.status == 503
        })
        .await;
        let told = http.get(path).await;
        assert_eq!(told.json()["status"], "stopping");
    }
    for answer in [
        http.get("/health/live").await.ok(),
        http.client_credentials(&machine).await.ok(),
        Http::to(http.address)
            .client_credentials(&machine)
            .await
            .ok(),
    ] {
        assert_eq!(answer.header(CONNECTION), Some("close"));
    }
}

#[tokio::test]
async fn a_server_that_has_drained_ends() {
    let installation = Installation::with(&[("DRAIN", "1")]);
    let server = installation.start();
    let begun = Instant::now();
    spawn_blocking(|| server.stop()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
}
