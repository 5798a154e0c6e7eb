//! Replacement of the master key: `countersign keys check-master` and `countersign keys reseal`.

use crate::place::{Place, Running, anywhere};
use serde_json::{Value, json};

/// Creates a signing key, a shared key, an authenticator app, a webhook, an upstream provider and a sealed event.
fn filled() -> Place {
    let place = Place::new();
    place.json(&["users", "create", "--email", "jane@example.org"]);
    place.json(&["users", "enable-totp", "jane@example.org"]);
    assert_eq!(place.run(&["migrate"]).code, 0);
    place.json(&[
        "clients",
        "create",
        "--name=N",
        "--grant-type=client_credentials",
        "--scope=a",
        "--signing-alg=HS256",
    ]);
    let url = "https://crm.example/hook";
    place.json(&["webhooks", "create", "crm", "--url", url, "--event=user.*"]);
    let google = [
        "upstream-providers",
        "create",
        "google",
        "--preset=google",
        "--client-id=1234",
        "--client-secret-stdin",
    ];
    let created = place.run_with(&google, "first secret\n");
    assert_eq!(created.code, 0, "{created:?}");
    assert!(!created.stdout.contains("first secret"), "{created:?}");
    place
}

/// Writes the master key file, and returns its earlier content.
fn write_keys(place: &Place, keys: &str) -> String {
    let file = place.path().join("master.key");
    let before = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, keys).unwrap();
    before
}

/// Kind of stored values, with their numbers under the current key, the previous ones and unknown ones.
type Row<'a> = (&'a str, u64, Vec<u64>, u64);

/// Returns the rows of a report, except that of stored replies: no request has an idempotency key.
fn of(report: &Value) -> Vec<Row<'_>> {
    let number = |value: &Value| value.as_u64().unwrap();
    let rows = report["stored"].as_array().unwrap().iter();
    let rows = rows.map(|row| {
        let previous = row["previous"].as_array().unwrap().iter();
        (
            row["kind"].as_str().unwrap(),
            number(&row["current"]),
            previous.map(number).collect(),
            number(&row["unknown"]),
        )
    });
    rows.filter(|row| row.0 != "stored replies").collect()
}

#[test]
fn report_counts_stored_values_under_each_master_key() {
    let place = filled();
    let kinds = |current: u64, previous: &[u64], unknown: u64| {
        [
            "signing keys",
            "shared keys (HS256)",
            "authenticator apps",
            "webhook secrets",
            "upstream provider secrets",
            "last batch of the audit log",
        ]
        .map(|kind| (kind, current, previous.to_vec(), unknown))
    };
    let report = place.json(&["keys", "check-master"]);
    assert_eq!(of(&report), kinds(1, &[], 0));
    let text = place.run(&["keys", "check-master"]).stdout;
    assert!(text.contains("All values"), "{text}");
    let new = anywhere(&["keys", "generate-master"]).stdout;
    let old = write_keys(&place, &new);
    write_keys(&place, &format!("{new}{old}"));
    let report = place.json(&["keys", "check-master"]);
    assert_eq!(of(&report), kinds(0, &[1], 0));
    let text = place.run(&["keys", "check-master"]).stdout;
    assert!(text.contains("keys reseal"), "{text}");
    assert!(text.contains("refresh tokens"), "{text}");
    for key in [&old, &new] {
        assert!(!text.contains(key.trim()), "{text}");
    }
    write_keys(&place, &new);
    let report = place.json(&["keys", "check-master"]);
    assert_eq!(of(&report), kinds(0, &[], 1));
    let text = place.run(&["keys", "check-master"]).stdout;
    assert!(text.contains("not configured"), "{text}");
}

#[test]
fn resealed_store_needs_no_previous_master_key() {
    let place = filled();
    let keys = place.json(&["keys", "list"]);
    let new = anywhere(&["keys", "generate-master"]).stdout;
    let old = write_keys(&place, &new);
    let (code, message) = place.fails(&["keys", "reseal"]);
    assert_eq!(code, 2, "{message}");
    write_keys(&place, &format!("{new}{old}"));
    let resealed = place.json(&["keys", "reseal"]);
    let expected = json!({"signing_keys": 2, "authenticator_apps": 1, "webhook_secrets": 1,
            "upstream_provider_secrets": 1, "unknown": 0});
    assert_eq!(resealed, expected);
    let text = place.run(&["keys", "check-master"]).stdout;
    assert!(text.contains("No stored value needs"), "{text}");
    write_keys(&place, &new);
    assert!(
        of(&place.json(&["keys", "check-master"]))
            .iter()
            .all(|row| row.3 == 0)
    );
    assert_eq!(place.json(&["keys", "list"]), keys);
    assert_eq!(place.json(&["audit", "verify"])["findings"], json!([]));
    let again = place.json(&["keys", "reseal"]);
    assert_eq!(again["signing_keys"], 0);
    let server = Running::start(&mut place.command(&["serve"]));
    assert_eq!(server.stop(), 0);
}
