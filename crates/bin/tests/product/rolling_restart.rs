//! Shutdown of a single server, and rolling restarts behind a load balancer.

use crate::support::{
    Database, Http, Installation, LoadedClient, Mint, ROTATIONS, Rolling, this_version, within,
};
use axum::http::header::CONNECTION;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;

const NODES: usize = 3;
const CLIENTS: usize = 6;
/// Timeout for any step on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rolling_restart_behind_load_balancer_fails_no_request() {
    let database = Database::new().await;
    let mut nodes = Rolling::start(&database, &this_version(), NODES).await;
    let client = nodes.installation.web_client(&["--signing-alg=ES256"]);
    let mint = Mint::new(&nodes.installation, &client);
    let stop = Arc::new(AtomicBool::new(false));
    let load = LoadedClient::start(CLIENTS, nodes.balancer.address, &client, &mint, &stop);
    for node in 0..NODES {
        let begun = Instant::now();
        nodes.replace(node, &this_version()).await;
        println!("node {node} in use again after {:?}", begun.elapsed());
    }
    stop.store(true, Ordering::Relaxed);
    let answered = load.join_all().await;
    println!("{answered:?} requests answered, none failed");
    assert!(answered.iter().all(|answered| *answered > ROTATIONS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn draining_server_keeps_serving_and_reports_not_ready() {
    let installation = Installation::with(&[("DRAIN", "300")]);
    let machine = installation.machine();
    let server = installation.start();
    let http = &server.http;
    let before = http.client_credentials(&machine).await.ok();
    assert_eq!(before.header(CONNECTION), None);
    server.terminate();
    server.logged("draining");
    for path in ["/health/ready", "/health"] {
        within(PATIENCE, "stopping", async || {
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
async fn drained_server_exits() {
    let installation = Installation::with(&[("DRAIN", "1")]);
    let server = installation.start();
    let begun = Instant::now();
    spawn_blocking(|| server.stop()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
}
