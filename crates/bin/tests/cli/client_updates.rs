//! `countersign clients update`, and the settings that it changes.

use crate::place::Place;
use serde_json::{Value, json};

/// Creates a client with these options, besides those that every client needs.
fn create(place: &Place, options: &[&str]) -> Value {
    let base = [
        "clients",
        "create",
        "--name",
        "Notes",
        "--grant-type",
        "authorization_code",
        "--redirect-uri",
        "https://notes.example/callback",
    ];
    place.json(&[&base, options].concat())
}

/// Returns the PKCE requirement and the claims in the ID token.
fn settings(client: &Value) -> (Value, Value) {
    let claims = &client["openid"]["scope_claims_in_id_token"];
    (client["pkce"]["required"].clone(), claims.clone())
}

fn expected(pkce: &str, claims: &str) -> (Value, Value) {
    (json!(pkce), json!(claims))
}

/// Options that create a client with the defaults of an earlier version.
const STRICT: [&str; 3] = ["--require-pkce", "--scope-claims-in-id-token", "none"];

fn id(client: &Value) -> &str {
    client["client_id"].as_str().unwrap()
}

#[test]
fn new_client_has_defaults_of_its_type_unless_options_say_otherwise() {
    let place = Place::new();
    for (options, settings_of) in [
        (&[][..], expected("unless_nonce", "profile_and_email")),
        (&["--public"], expected("always", "none")),
        (&STRICT, expected("always", "none")),
        (
            &["--no-pkce", "--scope-claims-in-id-token", "all"],
            expected("never", "all"),
        ),
    ] {
        assert_eq!(
            settings(&create(&place, options)),
            settings_of,
            "{options:?}"
        );
    }
    let client = create(&place, &[]);
    let text = place.run(&["clients", "show", id(&client)]).stdout;
    assert!(text.contains("required without a nonce"), "{text}");
    assert!(text.contains("claims of profile and email"), "{text}");
}

#[test]
fn client_is_updated_with_named_settings_only() {
    let place = Place::new();
    let client = create(&place, &["--scope-claims-in-id-token", "all"]);
    let update = |options: &[&str]| {
        let command = ["clients", "update", id(&client)];
        settings(&place.json(&[&command, options].concat()))
    };
    assert_eq!(update(&["--no-pkce"]), expected("never", "all"));
    assert_eq!(update(&["--require-pkce"]), expected("always", "all"));
    let none = ["--scope-claims-in-id-token", "none"];
    assert_eq!(update(&none), expected("always", "none"));
    let new = expected("unless_nonce", "profile_and_email");
    assert_eq!(update(&["--defaults"]), new);
    assert_eq!(update(&["--defaults", "--no-pkce"]).0, "never");
}

#[test]
fn defaults_are_applied_to_all_confidential_clients_at_once() {
    let place = Place::new();
    let strict = [create(&place, &STRICT), create(&place, &STRICT)];
    let public = create(&place, &["--public"]);
    let current = create(&place, &[]);
    let changed = place.json(&["clients", "update", "--all", "--defaults"]);
    let changed: Vec<_> = changed.as_array().unwrap().iter().map(id).collect();
    assert_eq!(changed.len(), 2, "{changed:?}");
    for client in &strict {
        assert!(changed.contains(&id(client)));
        let shown = place.json(&["clients", "show", id(client)]);
        let new = expected("unless_nonce", "profile_and_email");
        assert_eq!(settings(&shown), new);
    }
    for client in [&public, &current] {
        let shown = place.json(&["clients", "show", id(client)]);
        assert_eq!(settings(&shown), settings(client));
    }
    let again = place.run(&["clients", "update", "--all", "--defaults"]);
    assert_eq!((again.code, &*again.stdout), (0, "Clients changed: 0\n"));
}

#[test]
fn update_needs_a_client_and_a_change() {
    let place = Place::new();
    let client = create(&place, &[]);
    let public = create(&place, &["--public"]);
    for arguments in [
        &["--defaults"][..],
        &["--all"],
        &[id(&client)],
        &[id(&client), "--all", "--defaults"],
        &[id(&client), "--no-pkce", "--require-pkce"],
        &[id(&client), "--scope-claims-in-id-token", "some"],
        &[id(&public), "--no-pkce"],
    ] {
        let command = [&["clients", "update"], arguments].concat();
        assert_eq!(place.fails(&command).0, 2, "{arguments:?}");
    }
    let unknown = ["clients", "update", "unknown", "--defaults"];
    assert_eq!(place.fails(&unknown).0, 3);
}
