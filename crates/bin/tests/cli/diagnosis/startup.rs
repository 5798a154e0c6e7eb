//! `countersign config check` fails whenever `serve` would.

use super::mail::with_mail;
use crate::place::{Place, Running};
use countersign_store_contract::postgres::Schema;
use std::fs;
use std::net::TcpListener;

/// Returns a place with this setting.
fn with(key: &str, value: &str) -> Place {
    let mut place = Place::new();
    place.set(&format!("COUNTERSIGN__{key}"), value);
    place
}

fn filled() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    place
}

fn with_catalogue(text: &str) -> Place {
    let mut place = Place::new();
    fs::write(place.path().join("fr.toml"), text).unwrap();
    let folder = place.path().display().to_string();
    place.set("COUNTERSIGN__PAGES__CATALOGUES", &folder);
    place
}

/// Returns places where `serve` does not start, and what the message names.
fn broken() -> Vec<(Place, &'static str)> {
    let wrong_key = filled();
    wrong_key.replace_master_key();
    let mut outdated = Place::new();
    assert_eq!(outdated.run(&["migrate"]).code, 0);
    let store = outdated.path().join("store.db");
    let forget = "DELETE FROM __diesel_schema_migrations";
    let forgotten = std::process::Command::new("sqlite3")
        .arg(&store)
        .arg(forget)
        .status();
    assert!(forgotten.unwrap().success());
    outdated.set("COUNTERSIGN__STORE__MIGRATE_AT_START", "false");
    let damaged = Place::new();
    fs::write(
        damaged.path().join("store.db"),
        "no database, but long enough".repeat(9),
    )
    .unwrap();
    vec![
        (with("ISSUER", ""), "`issuer`"),
        (with("MASTER_KEY_FILE", "/nowhere/master.key"), "/nowhere"),
        (wrong_key, "does not match the store"),
        (outdated, "countersign migrate"),
        (damaged, "store.db"),
        (with("STORE__URL", "sqlite:///nowhere/store.db"), "/nowhere"),
        (with("STORE__URL", "postgres://u@127.0.0.1:1/x"), "refused"),
        (with("LISTEN", "192.0.2.1:8080"), "192.0.2.1:8080"),
        (with("METRICS__LISTEN", "192.0.2.1:8080"), "metrics.listen"),
        (
            with("OUTBOUND__CA_FILE", "/nowhere/ca.pem"),
            "outbound.ca_file",
        ),
        (with("OUTBOUND__PROXY", "ftp://proxy"), "outbound.proxy"),
        (with_mail("ftp://mail.example"), "mail.url"),
        (with_catalogue("[login]\nnothing = \"x\""), "login.nothing"),
        (with("PAGES__LANGUAGE", "fr"), "\"fr\""),
        (
            with("PAGES__SCOPES", "/nowhere/scopes.toml"),
            "pages.scopes",
        ),
        (with("PAGES__PLACES", "/dev/null"), "pages.places"),
    ]
}

#[test]
fn config_check_fails_whenever_serve_would() {
    for (mut place, named) in broken() {
        if named == "`issuer`" {
            place.unset("COUNTERSIGN__ISSUER");
        }
        let served = place.run(&["serve"]);
        assert!(matches!(served.code, 1 | 2), "{named}: {served:?}");
        let (code, message) = place.fails(&["config", "check"]);
        assert_eq!(code, 2, "{named}: {message}");
        assert!(message.contains(named), "{named}: {message}");
    }
}

#[test]
fn config_check_passes_and_changes_nothing_where_serve_starts() {
    let new = Place::new();
    assert_eq!(new.run(&["config", "check"]).code, 0);
    assert!(!new.path().join("store.db").exists());
    for place in [new, filled(), with_catalogue("[login]\n")] {
        let server = Running::start(&mut place.command(&["serve"]));
        assert_eq!(server.stop(), 0);
        let run = place.run(&["config", "check"]);
        assert_eq!((run.code, &*run.stderr), (0, ""), "{run:?}");
    }
}

#[test]
fn address_in_use_is_a_warning_unless_settings_collide() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut place = with("LISTEN", &address);
    let run = place.run(&["config", "check"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("is already in use"), "{run:?}");
    place.set("COUNTERSIGN__METRICS__LISTEN", &address);
    drop(taken);
    let (code, message) = place.fails(&["config", "check"]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("the same address"), "{message}");
    assert_eq!(place.run(&["serve"]).code, 1);
}

#[tokio::test]
async fn database_role_that_cannot_migrate_fails_the_check() {
    let schema = Schema::new().await;
    let (name, client) = (schema.name(), schema.client().await);
    let role = format!("reader_{name}");
    let make = format!("CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {name} TO {role}");
    client.batch_execute(&make).await.unwrap();
    let place = with(
        "STORE__URL",
        &schema.url().replace("postgres@", &format!("{role}@")),
    );
    let served = place.run(&["serve"]);
    assert_eq!(served.code, 1, "{served:?}");
    assert!(
        served.stderr.contains("permission denied for schema"),
        "{served:?}"
    );
    let (code, message) = place.fails(&["config", "check"]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("GRANT CREATE"), "{message}");
    let grant = format!("GRANT CREATE ON SCHEMA {name} TO {role}");
    client.batch_execute(&grant).await.unwrap();
    let run = place.run(&["config", "check"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(place.run(&["migrate"]).code, 0);
    let gone = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    client.batch_execute(&gone).await.unwrap();
}
