//! Housekeeping: deletion of expired rows, and its metric.

use crate::support::{Database, Installation, Server, within};
use std::time::Duration;

/// Seconds since the grant of these tests expired.
const AGE: u64 = 4000;
/// Timeout for one round of housekeeping on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
const METRIC: &str = "countersign_oldest_expired_row_age_seconds ";

/// Inserts an expired grant.
async fn expire_one(database: &Database) {
    let insert = format!(
        "INSERT INTO grants \
         (id, rotated_at, expires_at, generation, tenant, client_id, subject, \"authorization\") \
         VALUES (gen_random_uuid(), 0, floor(extract(epoch FROM now()))::bigint - {AGE}, 0, 1, 'app', 'jane', '')"
    );
    let client = database.client().await;
    client.batch_execute(&insert).await.unwrap();
}

fn start(installation: &Installation, housekeeping: bool) -> Server {
    let mut command = installation.command(&["serve"]);
    command
        .env("COUNTERSIGN__METRICS__LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN__STORE__HOUSEKEEPING", housekeeping.to_string());
    Server::start(command)
}

/// Returns the metric, if the server exports it.
async fn age(server: &Server) -> Option<u64> {
    let page = server.metrics.as_ref().unwrap().get("/metrics").await.ok();
    let text = String::from_utf8(page.body).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(METRIC))?;
    Some(value.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expired_row_is_deleted_and_metric_reports_its_age() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    installation.run(&["migrate"]);
    let server = start(&installation, true);
    within(PATIENCE, "first round", async || {
        age(&server).await.is_some()
    })
    .await;
    assert_eq!(age(&server).await, Some(0), "no expired rows");
    server.stop();

    expire_one(&database).await;
    let server = start(&installation, true);
    within(PATIENCE, "removed", async || {
        database.count_grants().await == 0
    })
    .await;
    within(PATIENCE, "metric", async || age(&server).await.is_some()).await;
    let age = age(&server).await.unwrap();
    assert!((AGE..AGE + PATIENCE.as_secs()).contains(&age), "{age}");
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_without_housekeeping_deletes_no_expired_rows() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    installation.run(&["migrate"]);
    expire_one(&database).await;
    let idle = start(&installation, false);
    // A server with housekeeping starts its first round at once.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(database.count_grants().await, 1);
    assert_eq!(age(&idle).await, None);
    let other = start(&installation, true);
    within(PATIENCE, "removed", async || {
        database.count_grants().await == 0
    })
    .await;
    assert_eq!(age(&idle).await, None);
    other.stop();
    idle.stop();
}
