//! Database outages under load.

use crate::support::{Answer, Database, Http, Installation, Mint, Registered, within};
use countersign_store_contract::postgres::{Cluster, Stop};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Acquire timeout of the server, plus a margin for a busy machine.
const SOON: Duration = Duration::from_secs(4);

/// Responses to one client.
#[derive(Debug, Default)]
struct Seen {
    answered: u32,
    turned_away: u32,
    slowest_refusal: Duration,
}

/// Refreshes a grant until `stop` is set. Retries with the same token after a 503.
async fn rotate(http: Http, client: Registered, code: String, stop: Arc<AtomicBool>) -> Seen {
    let mut seen = Seen::default();
    let mut token = http.redeem(&client, &code).await.ok().text("refresh_token");
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let answer = http.refresh(&client, &token).await;
        match answer.status {
            200 => {
                token = answer.text("refresh_token");
                seen.answered += 1;
            }
            503 => {
                is_told_when_to_try_again(&answer);
                seen.turned_away += 1;
                seen.slowest_refusal = seen.slowest_refusal.max(begun.elapsed());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => panic!("{other}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }
    seen
}

fn is_told_when_to_try_again(answer: &Answer) {
    let retry_after = answer.headers.get("retry-after");
    assert!(retry_after.is_some(), "{:?}", answer.headers);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_restart_only_causes_503_responses() {
    let cluster = Cluster::start("", &[]);
    let database = Database::on(&cluster).await;
    let settings = [
        ("LIFETIMES__REFRESH_LEEWAY", "300"),
        ("STORE__POOL_SIZE", "2"),
    ];
    let installation = Installation::on(&database, &settings);
    let client = installation.web_client(&["--signing-alg=ES256"]);
    let machine = installation.machine();
    let server = installation.start();
    let mint = Mint::new(&installation, &client);
    server.http.client_credentials(&machine).await.ok();

    let stop = Arc::new(AtomicBool::new(false));
    let mut load = JoinSet::new();
    for _ in 0..8 {
        let (http, client, code) = (server.http.clone(), client.clone(), mint.code().1);
        load.spawn(rotate(http, client, code, stop.clone()));
    }
    for how in [Stop::Immediate, Stop::Fast] {
        tokio::time::sleep(Duration::from_millis(500)).await;
        cluster.stop(how);
        within(SOON, "not ready", async || {
            server.http.get("/health/ready").await.status == 503
        })
        .await;
        server.http.get("/health/live").await.ok();
        server.http.client_credentials(&machine).await.ok();
        is_told_when_to_try_again(&server.http.redeem(&client, &mint.code().1).await);
        cluster.resume();
        let back = Instant::now();
        within(Duration::from_secs(2), "in service", async || {
            server.http.redeem(&client, &mint.code().1).await.status == 200
        })
        .await;
        println!("in service {:?} after the database", back.elapsed());
        server.http.get("/health/ready").await.ok();
        within(SOON, "listening for changes", async || {
            database.listeners().await == 1
        })
        .await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    for seen in load.join_all().await {
        println!("{seen:?}");
        assert!(seen.answered > 0 && seen.turned_away > 0, "{seen:?}");
        assert!(seen.slowest_refusal < SOON, "{seen:?}");
    }
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cached_clients_get_tokens_during_outage_grace_only() {
    let cluster = Cluster::start("", &[]);
    let database = Database::on(&cluster).await;
    let installation = Installation::on(&database, &[("STORE__OUTAGE_GRACE", "4")]);
    let machine = installation.machine();
    let server = installation.start();
    server.http.client_credentials(&machine).await.ok();
    cluster.stop(Stop::Fast);
    let credentials = async || server.http.client_credentials(&machine).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    credentials().await.ok();
    within(Duration::from_secs(10), "over", async || {
        credentials().await.status == 503
    })
    .await;
    is_told_when_to_try_again(&credentials().await);
    cluster.resume();
    within(Duration::from_secs(2), "in service", async || {
        credentials().await.status == 200
    })
    .await;
    server.stop();
}
