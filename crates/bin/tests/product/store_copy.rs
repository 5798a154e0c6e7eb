//! Moving from a file to a database and back.

use crate::support::{Database, Installation, Mint, Server, within};
use countersign_adapters_sqlite::SqliteStore;
use countersign_ports::{GrantRepository as _, Race};
use countersign_store_contract::fixtures::{grant, grant_id};
use std::process::Stdio;
use std::time::Duration;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_moves_to_a_database_and_back() {
    let database = Database::new().await;
    let installation = Installation::new();
    installation.user();
    let web = installation.web_client(&["--signing-alg=ES256"]);
    let machine = installation.machine();
    let server = installation.start();
    let mint = Mint::new(&installation, &web);
    let mut tokens = Vec::new();
    for _ in 0..30 {
        let answer = server.http.redeem(&web, &mint.code().1).await.ok();
        tokens.push(answer.text("refresh_token"));
    }
    let (used, unused) = (
        server.http.log_in(&web).await,
        server.http.log_in(&web).await,
    );
    server.http.redeem(&web, &used).await.ok();
    let begun = server.http.authorize(&web).await.ok();
    let keys = server.http.get("/oauth2/jwks.json").await.ok().json();
    server.stop();

    let url = database.url();
    let copy =
        |from: &str, to: &str| installation.run(&["store", "copy", "--from", from, "--to", to]);
    let file = installation.store_url();
    let there = copy(&file, &url);
    assert!(there.contains("grants: 31, sha256 "), "{there}");
    assert!(there.contains("logins: 2, sha256 "), "{there}");
    assert_eq!(copy(&file, &url), there, "once more does no harm");
    let other = installation.store().with_file_name("other.db");
    let back = copy(&url, &format!("sqlite://{}", other.display()));
    assert_eq!(back, there);

    // The file alone: nothing is left in a log beside it.
    let alone = installation.store().with_file_name("alone.db");
    std::fs::copy(&other, &alone).unwrap();
    let mut command = installation.command(&["serve"]);
    command.env(
        "COUNTERSIGN__STORE__URL",
        format!("sqlite://{}", alone.display()),
    );
    let server = Server::start(command);
    let http = &server.http;
    assert_eq!(http.get("/oauth2/jwks.json").await.ok().json(), keys);
    for token in &tokens {
        http.refresh(&web, token).await.ok();
    }
    http.client_credentials(&machine).await.ok();
    http.redeem(&web, &unused).await.ok();
    http.confirm(&begun).await.ok();
    assert_eq!(http.confirm(&begun).await.status, 400);
    assert_eq!(http.redeem(&web, &used).await.status, 400);
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_into_a_store_with_other_records_says_so() {
    let database = Database::new().await;
    let here = Installation::new();
    let there = Installation::on(&database, &[]);
    here.machine();
    there.machine();
    let (from, to) = (here.store_url(), database.url());
    let copy = ["store", "copy", "--from", &from, "--to", &to];
    let output = here.command(&copy).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{message}");
    assert!(
        message.contains("clients: 1 in the source, 2 in the target"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_is_killed_half_way_is_finished_by_the_same_command() {
    const GRANTS: u64 = 5000;
    // Grants are copied in the order of their ids, a thousand at a time.
    const HALF: i64 = 2000;
    let database = Database::new().await;
    let here = Installation::new();
    let (from, to) = (here.store_url(), database.url());
    let copy = ["store", "copy", "--from", &from, "--to", &to];
    let store = SqliteStore::open(&here.store()).unwrap();
    store.migrate().await.unwrap();
    // The tables, and nothing else.
    here.run(&copy);
    let establish = |number| {
        let store = store.clone();
        async move { store.establish(&grant(number)).await.unwrap() }
    };
    let all: JoinSet<_> = (0..GRANTS).map(establish).collect();
    assert!(all.join_all().await.iter().all(|race| *race == Race::Won));
    drop(store);

    // It cannot go beyond a row that another transaction is about to write.
    let other = database.client().await;
    let id = grant_id(HALF.unsigned_abs() + 500);
    other.batch_execute("BEGIN").await.unwrap();
    let insert = "INSERT INTO grants VALUES \
        (encode($1, 'hex')::uuid, 0, 0, 0, 0, NULL, true, 'app', 'jane', 'read')";
    let written = other.execute(insert, &[&id.as_bytes().as_slice()]).await;
    assert_eq!(written.unwrap(), 1);
    let mut first = here.command(&copy);
    let mut first = first.stderr(Stdio::null()).spawn().unwrap();
    within(Duration::from_secs(20), "half way", async || {
        database.count_grants().await >= HALF
    })
    .await;
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(database.count_grants().await.unsigned_abs() < GRANTS);
    other.batch_execute("ROLLBACK").await.unwrap();

    let second = here.command(&copy).output().unwrap();
    let progress = String::from_utf8(second.stderr).unwrap();
    assert!(second.status.success(), "{progress}");
    let copied = progress.lines().find_map(|line| {
        line.strip_prefix("grants: 5000 of 5000, ")?
            .strip_suffix(" copied")
    });
    let copied: i64 = copied.unwrap().parse().unwrap();
    assert!(
        (1..=i64::try_from(GRANTS).unwrap() - HALF).contains(&copied),
        "{copied}"
    );
    let told = String::from_utf8(second.stdout).unwrap();
    assert!(
        told.contains("grants: 5000, sha256 ") && told.contains("alike"),
        "{told}"
    );
}
