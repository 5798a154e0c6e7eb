//! Servers on PostgreSQL: responses, schema migrations and changes across nodes.

use crate::support::{Database, Installation, Server, assert_signed, within};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_grant_types_work_on_postgres() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    installation.user();
    let web = installation.web_client(&[]);
    let machine = installation.machine();
    let server = installation.start();
    let http = &server.http;

    let code = http.log_in(&web).await;
    let tokens = http.redeem(&web, &code).await.ok();
    let keys = http.get("/oauth2/jwks.json").await.ok();
    assert_signed(&tokens.text("access_token"), &keys);
    let next = http.refresh(&web, &tokens.text("refresh_token")).await.ok();
    let invalid = (400, "invalid_grant".to_owned());
    assert_eq!(http.redeem(&web, &code).await.refusal(), invalid);
    let revoked = http.refresh(&web, &next.text("refresh_token")).await;
    assert_eq!(revoked.refusal(), invalid);

    let token = http.client_credentials(&machine).await.ok();
    assert_signed(&token.text("access_token"), &keys);
    http.get("/health/ready").await.ok();
    server.stop();
    let server = installation.start();
    assert_signed(
        &token.text("access_token"),
        &server.http.get("/oauth2/jwks.json").await.ok(),
    );
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_server_applies_changes_within_a_second() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    let servers = [installation.start(), installation.start()];
    let machine = installation.machine();
    let answer = async |status: u16| {
        for server in &servers {
            within(SOON, "applied", async || {
                server.http.client_credentials(&machine).await.status == status
            })
            .await;
        }
    };
    answer(200).await;
    installation.run(&["clients", "disable", &machine.id]);
    answer(401).await;
    installation.run(&["clients", "enable", &machine.id]);
    answer(200).await;
    let made = installation.json(&["keys", "rotate", "--algorithm=ES256"]);
    let path = format!("/oauth2/jwks/{}", made[0]["kid"].as_str().unwrap());
    for server in &servers {
        within(SOON, "published", async || {
            server.http.get(&path).await.status == 200
        })
        .await;
    }
    servers.into_iter().for_each(Server::stop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_without_migrate_at_start_rejects_outdated_schema() {
    let database = Database::new().await;
    let own = Installation::on(&database, &[("STORE__MIGRATE_AT_START", "false")]);
    let refused = own.command(&["serve"]).output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{message}");
    assert!(message.contains("countersign migrate"), "{message}");
    own.run(&["migrate"]);
    own.start().stop();
}

/// Drops the indexes that a migration leaves out on a large table.
const LEAVE_OUT: &str = "DROP INDEX grants_subject, grants_session";

async fn has_indexes(database: &Database) -> bool {
    let ask = "SELECT count(*) FROM pg_index WHERE indrelid = 'grants'::regclass \
        AND NOT indisprimary AND indisvalid";
    let client = database.client().await;
    client.query_one(ask, &[]).await.unwrap().get::<_, i64>(0) == 2
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_builds_missing_indexes_while_serving() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    installation.run(&["migrate"]);
    let client = database.client().await;
    client.batch_execute(LEAVE_OUT).await.unwrap();
    let server = installation.start();
    within(10 * SOON, "built", async || has_indexes(&database).await).await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_without_migrate_at_start_builds_no_indexes() {
    let database = Database::new().await;
    let own = Installation::on(&database, &[("STORE__MIGRATE_AT_START", "false")]);
    own.run(&["migrate"]);
    let client = database.client().await;
    client.batch_execute(LEAVE_OUT).await.unwrap();
    own.start().stop();
    assert!(!has_indexes(&database).await);
    own.run(&["migrate"]);
    assert!(has_indexes(&database).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrently_started_servers_share_signing_keys() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    let start = || {
        std::thread::scope(|scope| {
            let starting: [_; 3] = std::array::from_fn(|_| scope.spawn(|| installation.start()));
            starting.map(|server| server.join().unwrap())
        })
    };
    let servers = start();
    let mut sets = Vec::new();
    for server in &servers {
        sets.push(server.http.get("/oauth2/jwks.json").await.ok().json());
    }
    assert!(sets.iter().all(|set| *set == sets[0]), "{sets:#?}");
    servers.into_iter().for_each(Server::stop);
}

#[test]
fn database_password_appears_in_no_output() {
    let url = "postgres://jane:hush@127.0.0.1:1/x";
    let installation = Installation::with(&[("STORE__URL", url), ("LOG__LEVEL", "trace")]);
    for arguments in [
        &["serve"][..],
        &["migrate"],
        &["clients", "list"],
        &["config", "show"],
    ] {
        let output = installation.command(arguments).output().unwrap();
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8(text).unwrap();
            assert!(!text.contains("hush"), "{arguments:?}: {text}");
        }
    }
}
