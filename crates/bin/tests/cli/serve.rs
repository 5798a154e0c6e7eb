//! `countersign serve`, with changes by other commands while it runs.

use crate::place::{Place, Running};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::time::{Duration, Instant};

const MACHINE: &[&str] = &[
    "clients",
    "create",
    "--name",
    "M",
    "--grant-type",
    "client_credentials",
    "--scope",
    "a",
];

/// Deadline for a running server to apply a change.
const NOTICED: Duration = Duration::from_secs(1);

async fn token(server: &Running, client: &Value) -> StatusCode {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client["client_id"].as_str().unwrap()),
        ("client_secret", client["client_secret"].as_str().unwrap()),
    ];
    let url = format!("{}/oauth2/token", server.url);
    let answer = reqwest::Client::new().post(url).form(&form).send().await;
    answer.unwrap().status()
}

async fn key_set(server: &Running) -> usize {
    let answer = reqwest::get(format!("{}/oauth2/jwks.json", server.url)).await;
    let set: Value = answer.unwrap().json().await.unwrap();
    set["keys"].as_array().unwrap().len()
}

/// Returns the algorithms that discovery lists for ID tokens.
async fn algorithms(server: &Running) -> Value {
    let url = format!("{}/.well-known/openid-configuration", server.url);
    let document: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    document["id_token_signing_alg_values_supported"].clone()
}

/// Polls until the condition holds. Fails after [`NOTICED`].
async fn soon<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let deadline = Instant::now() + NOTICED;
    while !is_so().await {
        assert!(Instant::now() < deadline, "{what}: not within a second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn key_is_published_before_first_client_can_use_it() {
    let place = Place::new();
    let server = Running::start(&mut place.command(&["serve"]));
    assert_eq!(key_set(&server).await, 1);
    assert_eq!(algorithms(&server).await, json!(["RS256"]));
    let client = place.json(&[MACHINE, &["--signing-alg", "EdDSA"]].concat());
    assert_eq!(key_set(&server).await, 2);
    assert_eq!(algorithms(&server).await, json!(["RS256", "EdDSA"]));
    assert_eq!(token(&server, &client).await, 200);
}

#[tokio::test]
async fn running_server_applies_changes_within_a_second() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__KEYS__ANNOUNCEMENT", "0");
    let server = Running::start(&mut place.command(&["serve"]));

    let client = place.json(MACHINE);
    let id = client["client_id"].as_str().unwrap();
    soon("a new client", async || {
        token(&server, &client).await == 200
    })
    .await;
    place.json(&["clients", "disable", id]);
    soon("a disabled client", async || {
        token(&server, &client).await == 401
    })
    .await;
    place.json(&["clients", "enable", id]);
    soon("an enabled client", async || {
        token(&server, &client).await == 200
    })
    .await;
    place.run(&["clients", "secrets", "remove", id, "secret-1"]);
    soon("a removed secret", async || {
        token(&server, &client).await == 401
    })
    .await;

    assert_eq!(key_set(&server).await, 1);
    place.json(&["keys", "rotate"]);
    soon("new keys", async || key_set(&server).await == 2).await;
    place.run(&["clients", "delete", id]);
    soon("a deleted client", async || {
        token(&server, &client).await == 401
    })
    .await;
    assert_eq!(server.stop(), 0);
}

#[tokio::test]
async fn last_secret_use_is_recorded_on_shutdown() {
    let place = Place::new();
    let client = place.json(MACHINE);
    let server = Running::start(&mut place.command(&["serve"]));
    assert_eq!(token(&server, &client).await, 200);
    assert_eq!(server.stop(), 0);
    let shown = place.json(&["clients", "show", client["client_id"].as_str().unwrap()]);
    assert!(shown["secrets"][0]["last_used_at"].is_u64(), "{shown}");
}

#[tokio::test]
async fn metrics_are_served_on_configured_address_only() {
    let mut place = Place::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    place.set("COUNTERSIGN__METRICS__LISTEN", &address);
    let client = place.json(MACHINE);

    let (code, message) = place.fails(&["serve"]);
    assert_eq!(code, 1);
    assert!(message.contains("metrics.listen"), "{message}");

    drop(free);
    let server = Running::start(&mut place.command(&["serve"]));
    token(&server, &client).await;
    let page = reqwest::get(format!("http://{address}/metrics"))
        .await
        .unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("countersign_tokens_issued_total"), "{page}");
    let public = reqwest::get(format!("{}/metrics", server.url))
        .await
        .unwrap();
    assert_eq!(public.status(), 404);
}

#[test]
fn serve_lists_all_missing_settings() {
    let mut place = Place::new();
    place.unset("COUNTERSIGN__ISSUER");
    place.unset("COUNTERSIGN__MASTER_KEY_FILE");
    let (code, message) = place.fails(&["serve"]);
    assert_eq!(code, 2);
    assert!(message.contains("`issuer` is not set"), "{message}");
    assert!(
        message.contains("`master_key_file` is not set"),
        "{message}"
    );
}

#[test]
fn serve_on_used_address_fails_and_names_setting() {
    let mut place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    place.set("COUNTERSIGN__LISTEN", &address);
    let run = place.run(&["serve"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains(&address), "{}", run.stderr);
    assert!(run.stderr.contains("COUNTERSIGN__LISTEN"), "{}", run.stderr);
}

#[test]
fn serve_rejects_wrong_master_key() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    place.replace_master_key();
    let run = place.run(&["serve"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("master key"), "{}", run.stderr);
}

#[test]
fn log_format_json_logs_json_lines() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__LOG__FORMAT", "json");
    let server = Running::start(&mut place.command(&["serve"]));
    for line in server.seen.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["level"], "INFO");
    }
    assert_eq!(server.stop(), 0);
}
