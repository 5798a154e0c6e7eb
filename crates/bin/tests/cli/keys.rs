//! `countersign keys`.

use crate::place::{Place, Running, anywhere};
use serde_json::Value;

fn states(keys: &Value) -> Vec<(&str, &str)> {
    let text = |value: &'static str| move |key: &Value| key[value].as_str().unwrap().to_owned();
    let mut all: Vec<(&str, &str)> = keys
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            assert!(!text("kid")(key).is_empty());
            (
                key["algorithm"].as_str().unwrap(),
                key["state"].as_str().unwrap(),
            )
        })
        .collect();
    all.sort_unstable();
    all
}

/// Registers a client whose tokens are signed with this algorithm.
fn register(place: &Place, algorithm: &str) {
    place.json(&[
        "clients",
        "create",
        "--name=N",
        "--grant-type=client_credentials",
        "--scope=a",
        "--signing-alg",
        algorithm,
    ]);
}

#[test]
fn rotated_key_is_announced_and_previous_key_gets_retirement_date() {
    let place = Place::new();
    register(&place, "ES256");
    place.run(&["migrate"]);
    let new = place.json(&["keys", "rotate", "--algorithm", "ES256"]);
    assert_eq!(states(&new), [("ES256", "announced")]);
    let signs_from = new[0]["signs_from"].as_u64().unwrap();
    assert_eq!(signs_from, new[0]["created_at"].as_u64().unwrap() + 300);

    let all = place.json(&["keys", "list"]);
    assert_eq!(
        states(&all),
        [
            ("ES256", "announced"),
            ("ES256", "signs"),
            ("RS256", "signs")
        ]
    );
    let old = all.as_array().unwrap().iter();
    let old = old
        .filter(|key| key["algorithm"] == "ES256")
        .find(|key| key["state"] == "signs")
        .unwrap();
    // A token is valid for at most a day, and servers have a minute to follow the change.
    assert_eq!(
        old["retires_at"].as_u64().unwrap(),
        signs_from + 86_400 + 60
    );
    assert!(place.run(&["keys", "list"]).stdout.contains("announced"));
}

#[test]
fn new_keys_sign_at_once_without_announcement() {
    let mut place = Place::new();
    place.run(&["migrate"]);
    place.set("COUNTERSIGN__KEYS__ANNOUNCEMENT", "0");
    assert_eq!(
        states(&place.json(&["keys", "rotate"])),
        [("RS256", "signs")]
    );
    assert_eq!(place.json(&["keys", "list"]).as_array().unwrap().len(), 2);
}

#[test]
fn unused_key_retires_at_next_rotation() {
    let place = Place::new();
    place.run(&["migrate"]);
    // The operator may publish a key before the first client uses it.
    place.json(&["keys", "rotate", "--algorithm", "EdDSA"]);
    place.json(&["keys", "rotate"]);
    let all = place.json(&["keys", "list"]);
    let eddsa = all.as_array().unwrap().iter();
    let eddsa: Vec<_> = eddsa.filter(|key| key["algorithm"] == "EdDSA").collect();
    assert_eq!(eddsa.len(), 1);
    assert!(eddsa[0]["retires_at"].is_u64());
}

#[test]
fn keys_rotate_rejects_hs256() {
    assert_eq!(
        Place::new()
            .fails(&["keys", "rotate", "--algorithm", "HS256"])
            .0,
        2
    );
}

#[test]
fn generated_master_keys_differ() {
    let (one, other) = (
        anywhere(&["keys", "generate-master"]).stdout,
        anywhere(&["keys", "generate-master"]).stdout,
    );
    assert_eq!(one.trim().len(), 43);
    assert_ne!(one, other);
}

#[test]
fn commands_that_seal_reject_wrong_master_key() {
    let place = Place::new();
    place.json(&["users", "create", "--email", "jane@example.org"]);
    assert_eq!(place.run(&["migrate"]).code, 0);
    let before = place.json(&["keys", "list"]);
    let own = std::fs::read(place.path().join("master.key")).unwrap();
    place.replace_master_key();
    for command in [
        &["keys", "rotate"][..],
        &["migrate"],
        &["users", "enable-totp", "jane@example.org"],
        &[
            "clients",
            "create",
            "--name=N",
            "--grant-type=client_credentials",
            "--scope=a",
            "--signing-alg=HS256",
        ],
    ] {
        let (code, message) = place.fails(command);
        assert_eq!(code, 2, "{command:?}: {message}");
        assert!(
            message.contains("does not match the store"),
            "{command:?}: {message}"
        );
    }
    std::fs::write(place.path().join("master.key"), own).unwrap();
    assert_eq!(place.json(&["keys", "list"]), before);
    assert_eq!(place.json(&["clients", "list"]), serde_json::json!([]));
    let user = place.json(&["users", "show", "jane@example.org"]);
    assert_eq!(user["has_totp"], serde_json::json!(false));
    let server = Running::start(&mut place.command(&["serve"]));
    assert_eq!(server.stop(), 0);
}

#[test]
fn serve_with_wrong_master_key_adds_no_keys() {
    let place = Place::new();
    // So far, the only key is that of the client.
    place.json(&[
        "clients",
        "create",
        "--name=N",
        "--grant-type=client_credentials",
        "--scope=a",
        "--signing-alg=HS256",
    ]);
    place.replace_master_key();
    assert_eq!(place.run(&["serve"]).code, 2);
    assert_eq!(place.json(&["keys", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn key_id_that_begins_with_hyphen_is_no_option() {
    let place = Place::new();
    let (code, message) = place.fails(&["keys", "revoke", "-CeX2lb1zFBz8m0"]);
    assert_eq!(code, 3, "{message}");
}

#[test]
fn revoked_key_no_longer_signs() {
    let place = Place::new();
    place.run(&["migrate"]);
    let leaked = place.json(&["keys", "list"])[0]["kid"]
        .as_str()
        .unwrap()
        .to_owned();
    let run = place.run(&["keys", "revoke", &leaked]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("are invalid"), "{}", run.stdout);
    let all = place.json(&["keys", "list"]);
    assert_eq!(states(&all), [("RS256", "retired"), ("RS256", "signs")]);
    let (code, message) = place.fails(&["keys", "revoke", &leaked]);
    assert_eq!(code, 3, "{message}");
    assert!(message.contains("keys list"), "{message}");
    let event = &place.json(&["audit", "list"])[0];
    assert_eq!(event["action"], "signing_key.revoked");
    assert_eq!(event["target"]["id"], leaked.as_str());
}

#[test]
fn server_rotates_keys_on_schedule_and_seals_the_event() {
    let mut place = Place::new();
    place.run(&["migrate"]);
    crate::audit::proof::sql(
        &place,
        "UPDATE signing_keys SET created_at = created_at - 3600, signs_from = signs_from - 3600",
    );
    place.set("COUNTERSIGN__KEYS__ROTATE_EVERY", "3600");
    place.set("COUNTERSIGN__KEYS__ANNOUNCEMENT", "3601");
    let server = Running::start(&mut place.command(&["serve"]));
    assert!(
        server.seen.contains("`keys.rotate_every` is shorter"),
        "{}",
        server.seen
    );
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let sealed = loop {
        let verified = place.json(&["audit", "verify"]);
        if verified["events"] == 1 || std::time::Instant::now() > deadline {
            break verified;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    assert_eq!(sealed["events"], 1, "{sealed}");
    assert_eq!(server.stop(), 0);
    let all = place.json(&["keys", "list"]);
    assert_eq!(states(&all), [("RS256", "announced"), ("RS256", "signs")]);
    let operator = &place.json(&["audit", "list"])[0]["operator"];
    assert_eq!(
        (&operator["kind"], &operator["id"]),
        (&"server".into(), &"schedule".into())
    );
}
