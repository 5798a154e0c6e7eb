//! `countersign doctor`.

use super::mail::with_mail;
use crate::place::{Place, Run, Running};
use countersign_store_contract::postgres::Schema;
use serde_json::Value;
use std::net::TcpListener;
use std::process::Command;

/// Returns the state and the message of a check.
fn found(place: &Place, check: &str) -> (String, String) {
    let run = place.run(&["doctor", "--json"]);
    let lines: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut lines = lines.as_array().unwrap().iter();
    let line = lines.find(|line| line["check"] == check).unwrap();
    let text = |name: &str| line[name].as_str().unwrap().to_owned();
    (text("state"), text("message"))
}

#[track_caller]
fn assert_found(place: &Place, check: &str, state: &str, part: &str) {
    let (own, message) = found(place, check);
    assert_eq!(own, state, "{check}: {message}");
    assert!(message.contains(part), "{check}: {message}");
}

/// Returns a place whose issuer is the address of its server, and the running server.
fn served() -> (Place, Running) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let mut place = Place::new();
    place.set("COUNTERSIGN__LISTEN", &address);
    place.set("COUNTERSIGN__ISSUER", &format!("http://{address}"));
    let server = Running::start(&mut place.command(&["serve"]));
    (place, server)
}

fn sql(place: &Place, statements: &str) {
    let store = place.path().join("store.db");
    let run = Command::new("sqlite3").arg(store).arg(statements).output();
    let run = Run::from(run.unwrap());
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn healthy_server_has_no_problem() {
    let (place, server) = served();
    let run = place.run(&["doctor"]);
    assert_eq!(run.code, 0, "{run:?}");
    for (check, state) in [
        ("configuration", "ok"),
        ("schema", "ok"),
        ("keys", "ok"),
        ("clock", "ok"),
        ("mail", "not checked"),
        ("catalogue", "ok"),
        ("proxies", "ok"),
        ("issuer", "warning"),
        ("certificate", "not checked"),
        ("clients", "ok"),
        ("unused clients", "ok"),
        ("webhooks", "ok"),
    ] {
        let mut lines = run.stdout.lines();
        let line = lines.find(|line| line.starts_with(state) && line.contains(check));
        assert!(line.is_some(), "{check}: {}", run.stdout);
    }
    assert_found(&place, "schema", "ok", "A server runs.");
    // The issuer has a loopback address.
    let strict = place.run(&["doctor", "--strict"]);
    assert_eq!(strict.code, 1, "{strict:?}");
    assert!(strict.stderr.contains("Warnings: 1"), "{strict:?}");
    assert_eq!(server.stop(), 0);
    assert_found(&place, "issuer", "problem", "refused");
}

#[test]
fn doctor_changes_nothing() {
    let place = Place::new();
    let run = place.run(&["doctor"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("countersign migrate"), "{run:?}");
    assert!(!place.path().join("store.db").exists());
    assert_found(&place, "keys", "not_checked", "the store cannot be opened");
}

#[test]
fn issuer_must_be_that_of_the_server() {
    let (mut place, _server) = served();
    let run = place.run(&["config", "show", "--json"]);
    let rows: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut rows = rows.as_array().unwrap().iter();
    let issuer = rows.find(|row| row["key"] == "issuer").unwrap()["value"].clone();
    let other = issuer.as_str().unwrap().replace("127.0.0.1", "localhost");
    place.set("COUNTERSIGN__ISSUER", &other);
    assert_found(&place, "issuer", "problem", "a different issuer");
}

#[test]
fn keys_under_another_master_key_are_a_problem() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    place.replace_master_key();
    assert_found(&place, "keys", "problem", "keys check-master");
    assert_eq!(place.run(&["doctor"]).code, 1);
}

#[test]
fn clients_without_pkce_and_with_old_secrets_are_named() {
    let place = Place::new();
    let machine = ["--grant-type=client_credentials", "--scope=a"];
    let web = [
        "--grant-type=authorization_code",
        "--redirect-uri=https://a.example/",
    ];
    let create = |id: &str, more: &[&str]| {
        let own = ["clients", "create", "--name=N", "--client-id", id];
        place.json(&[&own, more].concat());
    };
    create("fresh", &machine);
    create("weak", &[&web[..], &["--no-pkce"]].concat());
    create("old", &machine);
    create("ended", &machine);
    create("ending", &machine);
    let year_ago = "unixepoch() - 366 * 86400";
    sql(
        &place,
        &format!(
            "UPDATE client_secrets SET created_at = {year_ago} WHERE client_id = 'old';
             UPDATE client_secrets SET expires_at = unixepoch() - 1 WHERE client_id = 'ended';
             UPDATE client_secrets SET expires_at = unixepoch() + 86400 WHERE client_id = 'ending'"
        ),
    );
    let run = place.run(&["doctor"]);
    let line = |part: &str| {
        let mut lines = run.stdout.lines();
        lines
            .find(|line| line.contains(part))
            .unwrap_or_default()
            .to_owned()
    };
    for (part, state, client) in [
        ("may leave out PKCE", "warning", "weak"),
        ("older than a year", "warning", "old"),
        ("have expired", "problem", "ended"),
        ("expires within 30 days", "warning", "ending"),
        ("was used for 90 days", "warning", "old"),
    ] {
        let line = line(part);
        assert!(line.starts_with(state), "{part}: {}", run.stdout);
        assert!(line.contains(&format!(": {client}.")), "{line}");
        assert!(line.contains("countersign clients"), "{line}");
    }
    assert!(!run.stdout.contains("fresh"), "{}", run.stdout);
    for client in ["weak", "old", "ended", "ending"] {
        assert_eq!(place.run(&["clients", "disable", client]).code, 0);
    }
    assert_found(&place, "clients", "ok", "");
}

#[test]
fn mail_server_is_asked_without_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let place = with_mail(&format!("file://{}", folder.path().display()));
    assert_found(&place, "mail", "ok", "accepts");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let place = with_mail("smtp://127.0.0.1:1?tls=none");
    assert_found(&place, "mail", "problem", "countersign mail test");
}

#[test]
fn untranslated_texts_are_counted() {
    let mut place = Place::new();
    let folder = place.path().display().to_string();
    std::fs::write(place.path().join("fr.toml"), "").unwrap();
    place.set("COUNTERSIGN__PAGES__CATALOGUES", &folder);
    assert_found(&place, "catalogue", "warning", "fr (");
}

#[test]
fn https_issuer_without_proxies_causes_warning() {
    let mut place = Place::new();
    // This port is closed.
    place.set("COUNTERSIGN__ISSUER", "https://127.0.0.1:1");
    assert_found(&place, "proxies", "warning", "Set `proxies`");
    assert_found(&place, "certificate", "not_checked", "cannot be reached");
    place.set("COUNTERSIGN__PROXIES", "1");
    assert_found(&place, "proxies", "ok", "");
}

#[tokio::test]
async fn postgres_clock_and_schema_are_checked() {
    let schema = Schema::new().await;
    let mut place = Place::new();
    place.set("COUNTERSIGN__STORE__URL", &schema.url());
    assert_found(&place, "schema", "warning", "countersign migrate");
    assert_found(&place, "clock", "ok", "the database");
    assert_eq!(place.run(&["migrate"]).code, 0);
    assert_found(&place, "schema", "ok", "No server runs.");
    let gone = schema.url().replace("postgres@", "absent_role@");
    place.set("COUNTERSIGN__STORE__URL", &gone);
    assert_found(
        &place,
        "schema",
        "problem",
        "role \"absent_role\" does not exist",
    );
}
