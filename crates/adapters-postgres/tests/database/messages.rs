//! Errors have the message of the database server.

use super::{PATIENT, T, migrated};
use countersign_adapters_postgres::PostgresStore;
use countersign_ports::{After, GrantRepository as _, StoreError, UserRepository as _};
use countersign_store_contract::fixtures::grant;
use countersign_store_contract::postgres::{Cluster, Schema};
use std::error::Error as _;

/// Returns what a command or a log line shows.
fn shown(error: &StoreError) -> String {
    error.source().unwrap().to_string()
}

async fn refusal(url: &str) -> String {
    shown(&PostgresStore::connect(url, PATIENT).await.unwrap_err())
}

#[tokio::test]
async fn failed_connection_shows_message_of_the_server() {
    let cluster = Cluster::start("", &[]);
    let url = cluster.url();
    let schema = Schema::on(&cluster).await;
    let as_postgres = schema.client().await;
    let make = "CREATE ROLE secretive LOGIN PASSWORD 'right'; CREATE ROLE crowded LOGIN CONNECTION LIMIT 0";
    as_postgres.batch_execute(make).await.unwrap();
    let elsewhere = url.strip_suffix("postgres").unwrap().to_owned() + "nowhere";
    let no_database = refusal(&elsewhere).await;
    let no_role = refusal(&url.replace("postgres@", "stranger@")).await;
    let crowded = refusal(&url.replace("postgres@", "crowded@")).await;
    cluster.require_passwords();
    let wrong = refusal(&url.replace("postgres@", "secretive:wrong@")).await;
    for (message, expected) in [
        (
            no_database,
            "FATAL: database \"nowhere\" does not exist (SQLSTATE 3D000)",
        ),
        (
            no_role,
            "FATAL: role \"stranger\" does not exist (SQLSTATE 28000)",
        ),
        (
            crowded,
            "FATAL: too many connections for role \"crowded\" (SQLSTATE 53300)",
        ),
        (
            wrong,
            "FATAL: password authentication failed for user \"secretive\" (SQLSTATE 28P01)",
        ),
    ] {
        assert_eq!(message, expected);
    }
}

#[tokio::test]
async fn unreachable_server_shows_the_cause() {
    let message = refusal("postgres://user:hunter2@127.0.0.1:1/db").await;
    assert!(message.contains("Connection refused"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[tokio::test]
async fn full_server_shows_its_message() {
    let cluster = Cluster::start(
        "max_connections = 4\nsuperuser_reserved_connections = 0",
        &[],
    );
    let mut open = Vec::new();
    let message = loop {
        match PostgresStore::connect(&cluster.url(), PATIENT).await {
            Ok(store) => open.push(store),
            Err(error) => break shown(&error),
        }
        assert!(open.len() < 10);
    };
    let expected = "FATAL: sorry, too many clients already (SQLSTATE 53300)";
    assert_eq!(message, expected);
}

#[tokio::test]
async fn missing_permission_shows_message_of_the_server() {
    let schema = Schema::new().await;
    migrated(&schema, PATIENT).await;
    let (name, client) = (schema.name(), schema.client().await);
    let role = format!("reader_{name}");
    let make = format!("CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {name} TO {role}");
    client.batch_execute(&make).await.unwrap();
    let url = schema.url().replace("postgres@", &format!("{role}@"));
    let store = PostgresStore::connect(&url, PATIENT).await.unwrap();
    let read = store.list_users(T, After::start()).await.unwrap_err();
    assert_eq!(shown(&read), "permission denied for table users");
    let written = store.establish(T, &grant(1)).await.unwrap_err();
    assert_eq!(shown(&written), "permission denied for table grants");
    assert!(!store.may_migrate().await.unwrap());
    let gone = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    client.batch_execute(&gone).await.unwrap();
}

#[tokio::test]
async fn time_of_the_database_is_that_of_the_machine() {
    let schema = Schema::new().await;
    let store = migrated(&schema, PATIENT).await;
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let difference = store.now().await.unwrap().as_unix_seconds().abs_diff(now);
    assert!(difference <= 2, "{difference}");
    assert!(store.may_migrate().await.unwrap());
}
