//! `countersign clients`.

use crate::place::Place;
use serde_json::{Value, json};

const MACHINE: &[&str] = &[
    "clients",
    "create",
    "--name",
    "Reports",
    "--grant-type",
    "client_credentials",
    "--scope",
    "a b",
];
const WEB: &[&str] = &[
    "clients",
    "create",
    "--name",
    "Notes",
    "--grant-type",
    "authorization_code",
    "refresh_token",
    "--redirect-uri",
    "https://notes.example/callback",
];

fn with<'a>(base: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [base, more].concat()
}

fn id(client: &Value) -> &str {
    client["client_id"].as_str().unwrap()
}

#[test]
fn created_client_matches_options_and_shows_secret_once() {
    let place = Place::new();
    let created = place.json(&with(
        WEB,
        &[
            "--scope",
            "openid notes",
            "--domain",
            "notes.example",
            "--allow-plain-pkce",
            "--pkce-replaces-secret",
            "--signing-alg",
            "ES256",
            "--audience",
            "https://api.example",
            "--access-token-lifetime",
            "60",
        ],
    ));
    let secret = created["client_secret"].as_str().unwrap();
    assert!(secret.len() >= 43);
    assert!(created.get("signing_secret").is_none());

    let shown = place.json(&["clients", "show", id(&created)]);
    for (field, expected) in [
        ("name", json!("Notes")),
        ("client_type", json!("confidential")),
        ("status", json!("active")),
        (
            "grant_types",
            json!(["authorization_code", "refresh_token"]),
        ),
        ("scope", json!("openid notes")),
        ("redirect_uris", json!(["https://notes.example/callback"])),
        ("domains", json!(["notes.example"])),
        (
            "pkce",
            json!({"required": "unless_nonce", "plain_allowed": true, "replaces_secret": true}),
        ),
        ("signing_algorithm", json!("ES256")),
        ("audience", json!("https://api.example")),
        ("access_token_lifetime", json!(60)),
    ] {
        assert_eq!(shown[field], expected, "{field}");
    }
    assert_eq!(shown["secrets"][0]["name"], "secret-1");
    for command in [&["clients", "show", id(&created)][..], &["clients", "list"]] {
        let text = place.run(command);
        assert_eq!(text.code, 0);
        assert!(text.stdout.contains("Notes"));
        assert!(!text.stdout.contains(secret));
        assert!(!place.json(command).to_string().contains(secret));
    }
}

#[test]
fn public_client_has_no_secret() {
    let place = Place::new();
    let created = place.json(&with(WEB, &["--public"]));
    assert!(created.get("client_secret").is_none());
    assert_eq!(created["client_type"], "public");
    let (code, message) = place.fails(&["clients", "secrets", "add", id(&created)]);
    assert_eq!(code, 4);
    assert!(
        message.contains("a public client cannot authenticate"),
        "{message}"
    );
}

/// An EC key of P-256 (RFC 7517 appendix A.1).
const KEYS: &str = r#"{"keys": [{
    "kty": "EC", "crv": "P-256", "use": "sig", "kid": "1", "alg": "ES256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
}]}"#;

#[test]
fn private_key_jwt_client_has_keys_and_no_secret() {
    let place = Place::new();
    let file = place.path().join("keys.json");
    std::fs::write(&file, KEYS).unwrap();
    let keys = file.to_str().unwrap();
    let by_key = ["--token-endpoint-auth-method", "private_key_jwt"];
    let arguments = [MACHINE, &by_key, &["--jwks", keys]].concat();
    let created = place.json(&arguments);
    assert_eq!(created.get("client_secret"), None);
    let shown = place.json(&["clients", "show", id(&created)]);
    let list = place.json(&["clients", "list"]);
    for client in [&shown, &list[0]] {
        assert_eq!(client["token_endpoint_auth_method"], "private_key_jwt");
        assert_eq!(client["has_jwks"], true);
        assert_eq!(client["secrets"], json!([]));
    }
    let text = place.run(&["clients", "show", id(&created)]).stdout;
    assert!(text.contains("private_key_jwt with a JWK Set"), "{text}");
    let text = place.run(&["clients", "list"]).stdout;
    assert!(text.contains("private_key_jwt"), "{text}");
}

#[test]
fn invalid_jwk_set_error_names_file_and_reason() {
    let place = Place::new();
    place.run(&["migrate"]);
    let file = place.path().join("keys.json");
    let keys = file.to_str().unwrap();
    let by_key = ["--token-endpoint-auth-method", "private_key_jwt"];
    let arguments = [MACHINE, &by_key, &["--jwks", keys]].concat();
    assert_eq!(place.fails(&arguments).0, 1, "no such file");
    let private = KEYS.replace(r#""kid""#, r#""d": "hush", "kid""#);
    let shared = r#"{"keys": [{"kty": "oct", "k": "hush"}]}"#;
    for wrong in ["hush", "{}", r#"{"keys": []}"#, &private, shared] {
        std::fs::write(&file, wrong).unwrap();
        let (code, message) = place.fails(&arguments);
        assert_eq!(code, 2, "{wrong}: {message}");
        assert!(message.contains("keys.json is not a valid"), "{message}");
        assert!(!message.contains("hush"), "{message}");
    }
    assert_eq!(place.json(&["clients", "list"]), json!([]));
}

#[test]
fn authentication_method_must_match_client_type() {
    let place = Place::new();
    let created = place.json(&with(
        MACHINE,
        &["--token-endpoint-auth-method", "client_secret_post"],
    ));
    assert!(created["client_secret"].is_string());
    assert_eq!(created["token_endpoint_auth_method"], "client_secret_post");
    let public = place.json(&with(
        WEB,
        &["--public", "--token-endpoint-auth-method", "none"],
    ));
    assert_eq!(public["token_endpoint_auth_method"], "none");
    for (arguments, word) in [
        (
            with(MACHINE, &["--token-endpoint-auth-method", "none"]),
            "public client",
        ),
        (
            with(
                MACHINE,
                &["--token-endpoint-auth-method", "private_key_jwt"],
            ),
            "JWK Set",
        ),
        (
            with(
                MACHINE,
                &["--token-endpoint-auth-method", "tls_client_auth"],
            ),
            "possible values",
        ),
    ] {
        let (code, message) = place.fails(&arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(message.contains(word), "{arguments:?}: {message}");
    }
    let plain = place.json(MACHINE);
    assert_eq!(plain["token_endpoint_auth_method"], Value::Null);
}

#[test]
fn hs256_client_gets_shared_key() {
    let place = Place::new();
    let created = place.json(&with(MACHINE, &["--signing-alg", "HS256"]));
    let secret = created["signing_secret"].as_str().unwrap();
    assert!(secret.len() >= 43);
    let keys = place.json(&["keys", "list"]);
    assert_eq!(keys[0]["client_id"], created["client_id"]);
    assert_eq!(keys[0]["state"], "signs");
    assert!(!keys.to_string().contains(secret));
}

#[test]
fn hs256_without_master_key_creates_no_client() {
    let mut place = Place::new();
    place.unset("COUNTERSIGN__MASTER_KEY_FILE");
    let (code, message) = place.fails(&with(MACHINE, &["--signing-alg", "HS256"]));
    assert_eq!(code, 2);
    assert!(message.contains("master_key_file"), "{message}");
    assert_eq!(place.json(&["clients", "list"]), json!([]));
}

#[test]
fn invalid_option_combinations_are_rejected_with_reason() {
    let place = Place::new();
    let refused = [
        (with(MACHINE, &["--public"]), "client_credentials"),
        (
            vec![
                "clients",
                "create",
                "--name",
                "N",
                "--grant-type",
                "authorization_code",
            ],
            "redirect URI",
        ),
        (
            vec![
                "clients",
                "create",
                "--name",
                "N",
                "--grant-type",
                "refresh_token",
            ],
            "authorization_code",
        ),
        (with(WEB, &["--public", "--signing-alg", "HS256"]), "HS256"),
        (with(WEB, &["--public", "--no-pkce"]), "PKCE"),
        (with(WEB, &["--public", "--pkce-replaces-secret"]), "PKCE"),
        (with(WEB, &["--no-pkce", "--allow-plain-pkce"]), "--no-pkce"),
        (with(WEB, &["--domain", "other.example"]), "domains"),
        (
            with(WEB, &["--domain", "https://notes.example"]),
            "host name",
        ),
        (
            with(WEB, &["--redirect-uri", "http://notes.example/"]),
            "https",
        ),
        (with(WEB, &["--grant-type", "password"]), "possible values"),
        (with(WEB, &["--scope", "a  b"]), "scope"),
        (with(WEB, &["--signing-alg", "none"]), "possible values"),
        (with(WEB, &["--access-token-lifetime", "0"]), "1 to 86400"),
    ];
    place.run(&["migrate"]);
    for (arguments, word) in refused {
        let (code, message) = place.fails(&arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(message.contains(word), "{arguments:?}: {message}");
    }
    assert_eq!(place.json(&["clients", "list"]), json!([]));
}

#[test]
fn client_is_disabled_enabled_and_deleted() {
    let place = Place::new();
    let created = place.json(MACHINE);
    let id = id(&created);
    let status = |arguments: &[&str]| place.json(arguments)["status"].clone();
    assert_eq!(status(&["clients", "disable", id]), "inactive");
    assert_eq!(
        status(&["clients", "disable", id, "--suspend"]),
        "suspended"
    );
    assert_eq!(status(&["clients", "show", id]), "suspended");
    assert_eq!(status(&["clients", "enable", id]), "active");
    assert_eq!(place.run(&["clients", "delete", id]).code, 0);
    for command in ["show", "disable", "enable", "delete"] {
        let (code, message) = place.fails(&["clients", command, id]);
        assert_eq!(code, 3, "{command}");
        assert!(message.contains(id), "{message}");
    }
    assert_eq!(place.fails(&["clients", "show", "no\nid"]).0, 3);
}

#[test]
fn client_has_several_valid_secrets_with_name_and_expiry() {
    let place = Place::new();
    let created = place.json(MACHINE);
    let id = id(&created);
    let second = place.json(&["clients", "secrets", "add", id]);
    assert_eq!(second["name"], "secret-2");
    assert_ne!(second["client_secret"], created["client_secret"]);
    let third = place.json(&[
        "clients",
        "secrets",
        "add",
        id,
        "--name",
        "2027",
        "--expires-in",
        "60",
    ]);
    let lifetime = third["expires_at"].as_u64().unwrap() - third["created_at"].as_u64().unwrap();
    assert_eq!(lifetime, 60);

    let (code, message) = place.fails(&["clients", "secrets", "add", id, "--name", "2027"]);
    assert_eq!(code, 4);
    assert!(message.contains("2027"));
    assert_eq!(
        place
            .fails(&["clients", "secrets", "add", id, "--name", ""])
            .0,
        2
    );
    assert_eq!(
        place
            .fails(&["clients", "secrets", "add", id, "--expires-in", "0"])
            .0,
        2
    );

    assert_eq!(
        place
            .run(&["clients", "secrets", "remove", id, "secret-1"])
            .code,
        0
    );
    assert_eq!(
        place
            .fails(&["clients", "secrets", "remove", id, "secret-1"])
            .0,
        3
    );
    let left = place.json(&["clients", "secrets", "list", id]);
    assert_eq!(
        (&left[0]["name"], &left[1]["name"]),
        (&json!("secret-2"), &json!("2027"))
    );
    assert!(
        !left
            .to_string()
            .contains(second["client_secret"].as_str().unwrap())
    );
    assert!(
        place
            .run(&["clients", "secrets", "list", id])
            .stdout
            .contains("not used yet")
    );
    for arguments in [
        &["add", "unknown"][..],
        &["list", "unknown"],
        &["remove", "unknown", "x"],
    ] {
        assert_eq!(place.fails(&with(&["clients", "secrets"], arguments)).0, 3);
    }
}
