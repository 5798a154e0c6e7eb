//! Mistakes that new users made: each message names the value, the rule and what to do.

use crate::place::{Place, Run, anywhere};
use std::net::TcpListener;

/// Mistake: its name, the run, and what the message must contain.
type Mistake = (&'static str, Run, Vec<String>);

fn with(name: &str, value: &str) -> Place {
    let mut place = Place::new();
    place.unset(name);
    place.set(name, value);
    place
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

fn client(more: &[&str]) -> Run {
    Place::new().run(&[&["clients", "create", "--name=Notes"], more].concat())
}

fn wildcard_redirect_uri() -> Mistake {
    let uri = "https://*.example.com/callback";
    let grant = "--grant-type=authorization_code";
    let run = client(&[grant, "--redirect-uri", uri]);
    let rule = "must not contain *";
    let fix = "register each URI";
    ("wildcard redirect URI", run, words(&[uri, rule, fix]))
}

fn scope_with_comma() -> Mistake {
    let run = client(&["--grant-type=client_credentials", "--scope=a,b"]);
    let expected = words(&["\"a,b\"", "must not contain commas", "separate", "spaces"]);
    ("scope with a comma", run, expected)
}

fn client_without_scope() -> Mistake {
    let run = client(&["--grant-type=client_credentials"]);
    let expected = words(&["--scope", "needs a scope", "such as"]);
    ("client without scope", run, expected)
}

fn short_password() -> Mistake {
    let create = [
        "users",
        "create",
        "--email",
        "a@b.example",
        "--password-stdin",
    ];
    let run = Place::new().run_with(&create, "short\n");
    let expected = words(&["5 characters", "at least 10", "leave out --password-stdin"]);
    ("short password", run, expected)
}

fn single_underscore() -> Mistake {
    let place = with("COUNTERSIGN_ISSUER", "https://id.example.org");
    let run = place.run(&["config", "check"]);
    let expected = words(&[
        "COUNTERSIGN_ISSUER is not",
        "two underscores",
        "Rename it to COUNTERSIGN__ISSUER",
    ]);
    ("variable with one underscore", run, expected)
}

fn single_underscores_of_section() -> Mistake {
    let place = with("COUNTERSIGN_STORE_URL", "sqlite:///x.db");
    let run = place.run(&["clients", "list"]);
    let expected = words(&["COUNTERSIGN_STORE_URL", "COUNTERSIGN__STORE__URL"]);
    ("section with one underscore", run, expected)
}

fn port_taken() -> Mistake {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = with("COUNTERSIGN__LISTEN", &address).run(&["serve"]);
    let rule = "already in use";
    let fix = "Set `listen` (COUNTERSIGN__LISTEN) to another address";
    ("port already taken", run, words(&[&address, rule, fix]))
}

fn issuer_without_https() -> Mistake {
    let run = with("COUNTERSIGN__ISSUER", "http://id.example.org").run(&["serve"]);
    let expected = words(&[
        "http://id.example.org",
        "must be an https URL",
        "such as https://id.example.org",
    ]);
    ("issuer without https", run, expected)
}

fn wrong_master_key() -> Mistake {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let keys = place.json(&["keys", "list"]);
    let kid = keys[0]["kid"].as_str().unwrap().to_owned();
    place.replace_master_key();
    let run = place.run(&["serve"]);
    let expected = [&words(&["does not match the store"])[..], &[kid]].concat();
    let fix = words(&["Set `master_key_file` to the key that the store was created with"]);
    ("wrong master key", run, [expected, fix].concat())
}

#[test]
fn mistakes_of_new_users_get_a_sentence_that_fixes_them() {
    for (mistake, run, expected) in [
        wildcard_redirect_uri(),
        scope_with_comma(),
        client_without_scope(),
        short_password(),
        single_underscore(),
        single_underscores_of_section(),
        port_taken(),
        issuer_without_https(),
        wrong_master_key(),
    ] {
        assert!(matches!(run.code, 1 | 2), "{mistake}: {run:?}");
        assert_eq!(run.stdout, "", "{mistake}");
        let lines: Vec<&str> = run.stderr.lines().collect();
        assert_eq!(lines.len(), 1, "{mistake}: {run:?}");
        assert!(
            run.stderr.trim_end().ends_with(['.', ')']),
            "{mistake}: {run:?}"
        );
        for part in expected {
            assert!(run.stderr.contains(&part), "{mistake}: {part}: {run:?}");
        }
    }
}

#[test]
fn variables_of_other_programs_are_no_mistakes() {
    let mut place = Place::new();
    // Kubernetes sets these for a service with the name `countersign`.
    for name in ["PORT", "SERVICE_HOST", "SERVICE_PORT", "PORT_8080_TCP"] {
        place.set(&format!("COUNTERSIGN_{name}"), "tcp://10.0.0.1:8080");
    }
    place.set("COUNTERSIGN_CLIENT_ID", "ci");
    let run = place.run(&["config", "check"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(anywhere(&["--help"]).code, 0);
}
