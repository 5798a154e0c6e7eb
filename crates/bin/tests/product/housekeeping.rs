//! The removal of what has expired, and the metric that says how late it is.

use crate::support::{Database, Installation, Server, within};
use std::time::Duration;

/// How long the grant of these tests has been over.
const AGE: u64 = 4000;
/// How long a busy machine may take to look for it.
const PATIENCE: Duration = Duration::from_secs(20);
const METRIC: &str = "countersign_oldest_expired_row_age_seconds ";

/// Puts a grant there that is over.
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

/// The metric, if the server has it.
async fn age(server: &Server) -> Option<u64> {
    let page = server.metrics.as_ref().unwrap().get("/metrics").await.ok();
    let text = String::from_utf8(page.body).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(METRIC))?;
    Some(value.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_row_is_removed_and_the_metric_says_how_long_it_waited() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    installation.run(&["migrate"]);
    let server = start(&installation, true);
    within(PATIENCE, "looked for", async || {
        age(&server).await.is_some()
    })
    .await;
    assert_eq!(age(&server).await, Some(0), "nothing is there");
    server.stop();

    expire_one(&database).await;
    let server = start(&installation, true);
    within(PATIENCE, "removed", async || {
        database.count_grants().await == 0
    })
    .await;
    within(PATIENCE, "told", async || age(&server).await.is_some()).await;
    let age = age(&server).await.unwrap();
    assert!((AGE..AGE + PATIENCE.as_secs()).contains(&age), "{age}");
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_housekeeping_leaves_what_has_expired_to_others() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    installation.run(&["migrate"]);
    expire_one(&database).await;
    let idle = start(&installation, false);
    // A server that keeps house begins with it.
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
