//! `countersign users`.

use crate::place::Place;
use serde_json::json;

const CREATE: &[&str] = &[
    "users",
    "create",
    "--email",
    "Jane@Example.org",
    "--name",
    "Jane",
];

#[test]
fn a_user_is_made_with_a_password_that_is_shown_once() {
    let place = Place::new();
    let created = place.json(CREATE);
    assert_eq!(created["email"], "jane@example.org");
    let password = created["password"].as_str().unwrap();
    assert!(password.len() >= 16);
    let by_id = place.json(&["users", "show", created["id"].as_str().unwrap()]);
    let by_email = place.json(&["users", "show", "JANE@example.org"]);
    assert_eq!(by_id, by_email);
    assert_eq!(by_id["name"], "Jane");
    assert_eq!(by_id["enabled"], json!(true));
    assert!(by_id.get("password").is_none());
    let list = place.json(&["users", "list"]);
    assert_eq!(list, json!([by_id]));
    assert!(!list.to_string().contains("argon2"));
    assert!(
        place
            .run(&["users", "list"])
            .stdout
            .contains("jane@example.org")
    );
}

#[test]
fn a_password_from_standard_input_is_not_printed() {
    let place = Place::new();
    let arguments = [CREATE, &["--password-stdin", "--json"]].concat();
    let run = place.run_with(&arguments, "correct horse\nbattery");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stdout.contains("correct horse"));
    assert!(!run.stdout.contains("\"password\""));
    let run = place.run_with(
        &[
            "users",
            "set-password",
            "jane@example.org",
            "--password-stdin",
        ],
        "another\r\n",
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stdout.contains("another"));
    for wrong in ["", "\n", &"x".repeat(1025)] {
        let set = [
            "users",
            "set-password",
            "jane@example.org",
            "--password-stdin",
        ];
        assert_eq!(place.run_with(&set, wrong).code, 2);
    }
}

#[test]
fn an_email_address_that_is_taken_is_a_conflict() {
    let place = Place::new();
    place.json(CREATE);
    let (code, message) = place.fails(&["users", "create", "--email", "jane@EXAMPLE.org"]);
    assert_eq!(code, 4);
    assert!(message.contains("jane@example.org"), "{message}");
    assert_eq!(place.fails(&["users", "create", "--email", "jane"]).0, 2);
}

#[test]
fn a_name_is_one_line_of_a_bounded_length() {
    let place = Place::new();
    for name in ["", "Jane\u{1b}[2J", "Jane\nroot", &"x".repeat(10_000)] {
        let (code, message) = place.fails(&[
            "users",
            "create",
            "--email",
            "jane@example.org",
            "--name",
            name,
        ]);
        assert_eq!(code, 2, "{name:?}: {message}");
        assert!(message.contains("control characters"), "{message}");
    }
}

#[test]
fn a_user_is_disabled_and_enabled() {
    let place = Place::new();
    place.json(CREATE);
    let enabled = |command| place.json(&["users", command, "jane@example.org"])["enabled"].clone();
    assert_eq!(enabled("disable"), json!(false));
    assert_eq!(enabled("show"), json!(false));
    assert_eq!(enabled("enable"), json!(true));
}

#[test]
fn a_user_who_is_not_there_exits_with_3() {
    let place = Place::new();
    place.run(&["migrate"]);
    for user in [
        "joe@example.org",
        "00000000-0000-0000-0000-000000000000",
        "joe",
    ] {
        for command in ["show", "disable", "enable", "set-password", "enable-totp"] {
            let (code, message) = place.fails(&["users", command, user]);
            assert_eq!(code, 3, "{command}: {message}");
            assert!(message.contains(user), "{message}");
        }
    }
}

#[test]
fn one_time_codes_come_with_what_an_app_needs() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__ISSUER", "https://id.example.org");
    place.json(CREATE);
    let enrolled = place.json(&["users", "enable-totp", "jane@example.org"]);
    let secret = enrolled["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 32);
    let is_base32 = |c: char| c.is_ascii_uppercase() || ('2'..='7').contains(&c);
    assert!(secret.chars().all(is_base32));
    let uri = enrolled["otpauth_uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/"), "{uri}");
    assert!(uri.contains(&format!("secret={secret}")), "{uri}");
    assert!(uri.contains("id.example.org"), "{uri}");
    let shown = place.json(&["users", "show", "jane@example.org"]);
    assert_eq!(shown["has_totp"], json!(true));
    assert!(!shown.to_string().contains(secret));

    let again = place.json(&["users", "enable-totp", "jane@example.org"]);
    assert_ne!(again["secret"], enrolled["secret"]);
    place.unset("COUNTERSIGN__MASTER_KEY_FILE");
    assert_eq!(
        place.fails(&["users", "enable-totp", "jane@example.org"]).0,
        2
    );
}
