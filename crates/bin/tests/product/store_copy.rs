//! Moving from a file to a database and back.

use crate::support::{Database, Installation, Mint, Server};

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
