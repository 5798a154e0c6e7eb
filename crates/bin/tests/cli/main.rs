//! Tests of the command line that start the binary and check its output and exit code.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod administrators;
mod audit;
mod client_updates;
mod clients;
mod config;
mod connections;
mod dev;
mod groups;
mod keys;
mod master_key;
mod over_api;
mod place;
mod resource_servers;
mod secrets;
mod serve;
mod users;

use place::{Place, anywhere};

#[test]
fn help_mentions_dev_and_exit_codes() {
    let help = anywhere(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("countersign dev"));
    assert!(help.stdout.contains("4  conflict"));
}

#[test]
fn invalid_usage_exits_with_2() {
    assert_eq!(anywhere(&["frobnicate"]).code, 2);
    assert_eq!(anywhere(&["clients", "show"]).code, 2);
}

#[test]
fn completion_scripts_contain_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = anywhere(&["completions", shell]);
        assert_eq!(script.code, 0);
        for word in ["enable-totp", "generate-master", "pkce-replaces-secret"] {
            assert!(script.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn migrate_creates_store_and_keys_and_is_idempotent() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let before = place.json(&["keys", "list"]);
    assert_eq!(before.as_array().unwrap().len(), 1);
    assert_eq!(place.run(&["migrate"]).code, 0);
    assert_eq!(place.json(&["keys", "list"]), before);
}

#[test]
fn store_open_failure_exits_with_1() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__STORE__URL", "sqlite:///nowhere/at/all/x.db");
    let run = place.run(&["migrate"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("/nowhere/at/all"), "{}", run.stderr);
}

#[test]
fn only_creating_commands_create_the_store() {
    let place = Place::new();
    let store = place.path().join("store.db");
    let id = "client_kHsX9Jq2mPzQwErT";
    for command in [
        &["clients", "list"][..],
        &["clients", "show", id],
        &["clients", "disable", id],
        &["clients", "delete", id],
        &["clients", "secrets", "list", id],
        &["clients", "secrets", "add", id],
        &["users", "list"],
        &["users", "show", "jane@example.org"],
        &["users", "disable", "jane@example.org"],
        &["keys", "list"],
        &["keys", "rotate"],
        &["clients", "list", "-o", "json"],
        &["users", "show", "jane@example.org", "-o", "json"],
        &["clients", "edit", id, "--client-name", "x"],
        &["api", "GET", "/clients"],
    ] {
        let (code, message) = place.fails(command);
        assert_eq!(code, 3, "{command:?}: {message}");
        assert!(message.contains("No store found at"), "{message}");
        assert!(!store.exists(), "{command:?}");
    }
    let create = ["users", "create", "--email", "jane@example.org"];
    for more in [&[][..], &["-o", "json"]] {
        let place = Place::new();
        let run = place.run(&[&create, more].concat());
        assert_eq!(run.code, 0, "{run:?}");
        assert!(place.path().join("store.db").exists());
    }
}

#[test]
fn missing_store_url_error_shows_url_format() {
    let run = anywhere(&["users", "list"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("sqlite:///path"), "{}", run.stderr);
}

#[test]
fn closed_stdout_pipe_is_not_an_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
