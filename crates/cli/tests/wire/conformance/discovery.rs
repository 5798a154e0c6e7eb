//! Content of the discovery document.

use super::served;
use crate::browser::HERE;
use axum::http::header;
use serde_json::{Value, json};

fn has(document: &Value, list: &str, member: &str) -> bool {
    let list = document[list].as_array();
    list.is_some_and(|list| list.iter().any(|own| own == member))
}

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    let server = served().await;
    let answer = server.get("/.well-known/openid-configuration").await.ok();
    let media_type = answer.header(header::CONTENT_TYPE);
    assert_eq!(media_type, Some("application/json"));
    let document = answer.json();
    assert_eq!(document["issuer"], HERE);
    for required in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
    ] {
        assert!(document[required].is_string(), "{required}");
    }
    for (name, value) in document.as_object().unwrap() {
        if name.ends_with("_endpoint") || name.ends_with("_uri") {
            let endpoint = value.as_str().unwrap();
            assert!(endpoint.starts_with("https://"), "{name}: {endpoint}");
        }
    }
    for (list, member) in [
        ("response_types_supported", "code"),
        ("response_modes_supported", "form_post"),
        ("grant_types_supported", "authorization_code"),
        ("subject_types_supported", "public"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("scopes_supported", "openid"),
        ("claims_supported", "sub"),
        ("code_challenge_methods_supported", "S256"),
        (
            "token_endpoint_auth_methods_supported",
            "client_secret_basic",
        ),
        (
            "token_endpoint_auth_methods_supported",
            "client_secret_post",
        ),
    ] {
        assert!(has(&document, list, member), "{list}: {member}");
    }
    assert_eq!(document["claims_parameter_supported"], json!(true));
    assert_eq!(document["request_parameter_supported"], json!(false));
    // The default is true.
    assert_eq!(document["request_uri_parameter_supported"], json!(false));
    let path = document["jwks_uri"].as_str().unwrap().strip_prefix(HERE);
    let keys = server.get(path.unwrap()).await.ok().json()["keys"].clone();
    let keys = keys.as_array().unwrap();
    assert!(keys.iter().any(|key| key["kty"] == "RSA"));
    for (number, key) in keys.iter().enumerate() {
        assert!(key["kid"].is_string());
        assert!(keys.iter().skip(number + 1).all(|o| o["kid"] != key["kid"]));
        for secret in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert_eq!(key.get(secret), None);
        }
    }
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    let server = served().await;
    let document = server.get("/.well-known/openid-configuration").await.ok();
    let endpoint = document.text("end_session_endpoint");
    assert!(endpoint.starts_with("https://"), "{endpoint}");
}

#[tokio::test]
async fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    let server = served().await;
    let document = server.get("/.well-known/openid-configuration").await.ok();
    for promise in [
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
    ] {
        assert_eq!(document.json()[promise], json!(true), "{promise}");
    }
}

#[tokio::test]
async fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    let server = served().await;
    let document = server.get("/.well-known/openid-configuration").await.ok();
    for promise in [
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
    ] {
        assert_eq!(document.json()[promise], json!(true), "{promise}");
    }
}
