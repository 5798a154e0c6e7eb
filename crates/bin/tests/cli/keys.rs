//! `countersign keys`.

use crate::place::{Place, anywhere};
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

#[test]
fn a_new_key_is_announced_and_the_one_before_it_gets_a_date() {
    let place = Place::new();
    place.run(&["migrate"]);
    // A client with longer-lived tokens than others keeps the old key published for longer.
    place.json(&[
        "clients",
        "create",
        "--name",
        "N",
        "--grant-type",
        "client_credentials",
        "--access-token-lifetime",
        "7200",
    ]);
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
            ("EdDSA", "signs"),
            ("RS256", "signs")
        ]
    );
    let old = all.as_array().unwrap().iter();
    let old = old
        .filter(|key| key["algorithm"] == "ES256")
        .find(|key| key["state"] == "signs")
        .unwrap();
    assert_eq!(old["retires_at"].as_u64().unwrap(), signs_from + 7200);
    assert!(place.run(&["keys", "list"]).stdout.contains("announced"));
}

#[test]
fn without_an_announcement_the_new_keys_sign_at_once() {
    let mut place = Place::new();
    place.run(&["migrate"]);
    place.set("COUNTERSIGN__KEYS__ANNOUNCEMENT", "0");
    assert_eq!(
        states(&place.json(&["keys", "rotate"])),
        [("ES256", "signs"), ("EdDSA", "signs"), ("RS256", "signs")]
    );
    assert_eq!(place.json(&["keys", "list"]).as_array().unwrap().len(), 6);
}

#[test]
fn a_shared_key_is_not_rotated_by_this_command() {
    assert_eq!(
        Place::new()
            .fails(&["keys", "rotate", "--algorithm", "HS256"])
            .0,
        2
    );
}

#[test]
fn a_master_key_is_new_each_time() {
    let (one, other) = (
        anywhere(&["keys", "generate-master"]).stdout,
        anywhere(&["keys", "generate-master"]).stdout,
    );
    assert_eq!(one.trim().len(), 43);
    assert_ne!(one, other);
}
