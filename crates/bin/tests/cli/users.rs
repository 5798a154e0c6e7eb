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
fn created_user_has_generated_password_shown_once() {
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
fn password_from_stdin_is_not_printed() {
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
        "another one\r\n",
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stdout.contains("another"));
    for wrong in ["", "\n", "short\n", &"x".repeat(1025)] {
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
fn duplicate_email_is_a_conflict() {
    let place = Place::new();
    place.json(CREATE);
    let (code, message) = place.fails(&["users", "create", "--email", "jane@EXAMPLE.org"]);
    assert_eq!(code, 4);
    assert!(message.contains("jane@example.org"), "{message}");
    assert_eq!(place.fails(&["users", "create", "--email", "jane"]).0, 2);
}

#[test]
fn user_name_must_be_one_line_of_limited_length() {
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
fn user_is_disabled_and_enabled() {
    let place = Place::new();
    place.json(CREATE);
    let enabled = |command| place.json(&["users", command, "jane@example.org"])["enabled"].clone();
    assert_eq!(enabled("disable"), json!(false));
    assert_eq!(enabled("show"), json!(false));
    assert_eq!(enabled("enable"), json!(true));
}

#[test]
fn unknown_user_exits_with_3() {
    let place = Place::new();
    place.run(&["migrate"]);
    for user in [
        "joe@example.org",
        "00000000-0000-0000-0000-000000000000",
        "joe",
    ] {
        for command in [
            "show",
            "disable",
            "enable",
            "set-password",
            "enable-totp",
            "reset-factors",
        ] {
            let (code, message) = place.fails(&["users", command, user]);
            assert_eq!(code, 3, "{command}: {message}");
            assert!(message.contains(user), "{message}");
        }
    }
}

#[test]
fn enable_totp_prints_secret_and_otpauth_uri() {
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
    let reset = place.json(&["users", "reset-factors", "jane@example.org"]);
    assert_eq!(reset["has_totp"], json!(false));
    assert_eq!(reset["revoked_grants"], json!(0));
    place.unset("COUNTERSIGN__MASTER_KEY_FILE");
    assert_eq!(
        place.fails(&["users", "enable-totp", "jane@example.org"]).0,
        2
    );
}

/// Sets claims from a file with this content.
fn set_claims(place: &Place, content: &str) -> crate::place::Run {
    let file = place.path().join("claims.json");
    std::fs::write(&file, content).unwrap();
    let arguments = ["users", "set-claims", "jane@example.org", "--claims"];
    place.run(&[&arguments[..], &[file.to_str().unwrap(), "--json"]].concat())
}

#[test]
fn claims_are_set_changed_and_removed() {
    let place = Place::new();
    place.json(CREATE);
    let first = json!({
        "given_name": "Jane",
        "locale": "en-GB",
        "email_verified": true,
        "phone_number_verified": true,
        "phone_number": "+44 20 7946 0123",
        "address": {"street_address": "1 High Street\nFlat 2", "country": "GBR"},
    });
    let run = set_claims(&place, &first.to_string());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let claims = || place.json(&["users", "show", "jane@example.org"])["claims"].clone();
    let mut expected = first;
    expected["name"] = json!("Jane");
    assert_eq!(claims(), expected);
    let text = place.run(&["users", "show", "jane@example.org"]).stdout;
    assert!(text.contains("1 High Street, Flat 2, GBR"), "{text}");
    // A new number is not verified, and claims that are not in the file are kept.
    let second =
        json!({"phone_number": "+44 20 7946 0999", "locale": null, "address": {"country": "DEU"}});
    assert_eq!(set_claims(&place, &second.to_string()).code, 0);
    let expected = json!({
        "name": "Jane",
        "given_name": "Jane",
        "email_verified": true,
        "phone_number_verified": false,
        "phone_number": "+44 20 7946 0999",
        "address": {"country": "DEU"},
    });
    assert_eq!(claims(), expected);
    // The output is valid input.
    assert_eq!(set_claims(&place, &expected.to_string()).code, 0);
    assert_eq!(claims(), expected);
}

#[test]
fn user_is_created_with_claims() {
    let place = Place::new();
    let file = place.path().join("claims.json");
    std::fs::write(&file, r#"{"zoneinfo": "Europe/Berlin"}"#).unwrap();
    let created = place.json(&[CREATE, &["--claims", file.to_str().unwrap()]].concat());
    assert_eq!(created["claims"]["zoneinfo"], "Europe/Berlin");
}

#[test]
fn invalid_claims_are_rejected_and_change_nothing() {
    let place = Place::new();
    place.json(CREATE);
    let before = place.json(&["users", "show", "jane@example.org"]);
    for (wrong, why) in [
        (r#"{"given_name": "J", "shoe_size": 38}"#, "shoe_size"),
        (
            r#"{"given_name": "J", "email": "joe@example.org"}"#,
            "email",
        ),
        (r#"{"given_name": "J", "updated_at": 1}"#, "updated_at"),
        (
            r#"{"given_name": "J", "birthdate": "16.10.1987"}"#,
            "1987-10-16",
        ),
        (r#"{"given_name": "J", "locale": 7}"#, "must be a string"),
        (
            r#"{"given_name": "J", "email_verified": "yes"}"#,
            "true, false",
        ),
        (
            r#"{"given_name": "J", "address": "here"}"#,
            "must be an object",
        ),
        (
            r#"{"given_name": "J", "address": {"planet": "earth"}}"#,
            "planet",
        ),
        (r#"{"given_name": "J", "name": ""}"#, "a name must have"),
        (r#"["given_name"]"#, "JSON object"),
        ("{", "JSON object"),
    ] {
        let run = set_claims(&place, wrong);
        assert_eq!(run.code, 2, "{wrong}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{wrong}: {}", run.stderr);
        assert_eq!(place.json(&["users", "show", "jane@example.org"]), before);
    }
    let nowhere = [
        "users",
        "set-claims",
        "jane@example.org",
        "--claims",
        "/nowhere",
    ];
    assert_eq!(place.fails(&nowhere).0, 1);
}

#[test]
fn users_are_found_by_prefix_of_address() {
    let place = Place::new();
    let jane = place.json(CREATE);
    place.json(&["users", "create", "--email", "joe@example.org"]);
    let found = place.json(&["users", "search", "JAN"]);
    assert_eq!(found[0]["id"], jane["id"]);
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(place.json(&["users", "search", "jane@b"]), json!([]));
    assert_eq!(place.fails(&["users", "search", "a b"]).0, 2);
}

#[test]
fn deleted_user_is_gone_and_last_owner_stays() {
    let place = Place::new();
    let jane = place.json(CREATE);
    place.json(&["admins", "create", "owner@example.org"]);
    let (code, message) = place.fails(&["users", "delete", "owner@example.org"]);
    assert_eq!(code, 4, "{message}");
    assert!(message.contains("last owner"), "{message}");
    let deleted = place.json(&["users", "delete", "jane@example.org"]);
    assert_eq!(deleted["id"], jane["id"]);
    assert_eq!(deleted["revoked_grants"], 0);
    assert_eq!(place.fails(&["users", "show", "jane@example.org"]).0, 3);
    place.json(CREATE);
}

#[test]
fn access_of_new_user_is_listed_and_removed() {
    let place = Place::new();
    place.json(CREATE);
    let jane = "jane@example.org";
    let unlocked = place.json(&["users", "unlock", jane]);
    assert_eq!(unlocked["email"], jane);
    for list in ["passkeys", "devices", "sessions", "grants", "consents"] {
        assert_eq!(place.json(&["users", list, jane]), json!([]), "{list}");
    }
    let codes = place.json(&["users", "recovery-codes", jane]);
    assert_eq!(codes, json!({"unused": 0}));
    for command in ["remove-recovery-codes", "end-sessions", "revoke-grants"] {
        assert_eq!(place.run(&["users", command, jane]).code, 0, "{command}");
    }
    let id = "0198d1a0-8b7e-7c1a-9b0e-2f1c7a5d3e4f";
    for missing in [
        &["users", "remove-passkey", jane, "cGhvbmU"][..],
        &["users", "remove-device", jane, id],
        &["users", "withdraw-consent", jane, "web"],
        &["users", "end-session", id],
        &["users", "revoke-grant", id],
    ] {
        let (code, message) = place.fails(missing);
        assert_eq!(code, 3, "{missing:?}: {message}");
    }
    assert_eq!(place.fails(&["users", "remove-passkey", jane, "!"]).0, 2);
}

#[test]
fn statistics_count_users_and_clients() {
    let place = Place::new();
    place.json(CREATE);
    let counted = place.json(&["statistics"]);
    let exactly = |count: u64| json!({"count": count, "is_exact": true});
    let expected = json!({
        "users": exactly(1),
        "clients": exactly(0),
        "active_sessions": exactly(0),
        "active_grants": exactly(0),
    });
    assert_eq!(counted, expected);
}

#[test]
fn invitation_is_mailed_listed_and_revoked() {
    let mut place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let refused = place.run(&["users", "invite", "mary@example.org"]);
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.stderr.contains("`login.sign_up`"), "{refused:?}");
    let mail = tempfile::tempdir().unwrap();
    let url = format!("file://{}", mail.path().display());
    place.set("COUNTERSIGN__MAIL__URL", &url);
    place.set("COUNTERSIGN__MAIL__FROM", "id@example.org");
    place.set("COUNTERSIGN__LOGIN__SIGN_UP", "invitation");
    place.json(&["groups", "create", "staff"]);
    let invite = ["users", "invite", "Mary@Example.org", "--group", "staff"];
    let invited = place.json(&[&invite[..], &["--language", "de"]].concat());
    assert_eq!(invited["email"], "mary@example.org");
    assert_eq!(invited["groups"], json!(["staff"]));
    let mut mails = std::fs::read_dir(mail.path()).unwrap();
    let text = std::fs::read_to_string(mails.next().unwrap().unwrap().path()).unwrap();
    assert!(text.contains("Subject: Einladung zu Countersign"), "{text}");
    assert_eq!(place.json(&["users", "invitations"]), json!([invited]));
    let revoke = ["users", "revoke-invitation", "mary@example.org"];
    assert_eq!(place.run(&revoke).code, 0);
    assert_eq!(place.json(&["users", "invitations"]), json!([]));
    assert_eq!(place.run(&revoke).code, 3);
}
