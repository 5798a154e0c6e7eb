//! The command line, used as people and scripts use it: the binary is started, and what it prints and
//! exits with is looked at.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod clients;
mod config;
mod connections;
mod dev;
mod keys;
mod place;
mod serve;
mod users;

use place::{Place, anywhere};

#[test]
fn help_is_for_newcomers_and_names_the_exit_codes() {
    let help = anywhere(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("countersign dev"));
    assert!(help.stdout.contains("4  conflict"));
}

#[test]
fn wrong_usage_exits_with_2() {
    assert_eq!(anywhere(&["frobnicate"]).code, 2);
    assert_eq!(anywhere(&["clients", "show"]).code, 2);
}

#[test]
fn every_shell_gets_a_completion_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = anywhere(&["completions", shell]);
        assert_eq!(script.code, 0);
        for word in ["enable-totp", "generate-master", "pkce-replaces-secret"] {
            assert!(script.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn migrate_makes_the_store_and_its_keys_and_does_no_harm_twice() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let before = place.json(&["keys", "list"]);
    assert_eq!(before.as_array().unwrap().len(), 3);
    assert_eq!(place.run(&["migrate"]).code, 0);
    assert_eq!(place.json(&["keys", "list"]), before);
}

#[test]
fn a_store_that_cannot_be_opened_exits_with_1() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__STORE__URL", "sqlite:///nowhere/at/all/x.db");
    let run = place.run(&["migrate"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("/nowhere/at/all/x.db"),
        "{}",
        run.stderr
    );
}

#[test]
fn only_a_command_that_puts_something_in_makes_a_store() {
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
    ] {
        let (code, message) = place.fails(command);
        assert_eq!(code, 3, "{command:?}: {message}");
        assert!(message.contains("There is no store at"), "{message}");
        assert!(!store.exists(), "{command:?}");
    }
    let create = ["users", "create", "--email", "jane@example.org"];
    assert_eq!(place.run(&create).code, 0);
    assert!(store.exists());
}

#[test]
fn a_command_that_needs_a_store_says_how_to_name_one() {
    let run = anywhere(&["users", "list"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("sqlite:///path"), "{}", run.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
