//! Claims that a client receives.

use super::{MODES, Suite, served};
use serde_json::{Value, json};

const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// Signs in with `scope`. Userinfo must return exactly the claims in `expected`, each with the right type.
async fn tells(scope: &str, expected: &[&str]) {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let tokens = suite.log_in(&[("scope", scope)]).await;
        let info = suite.userinfo(&tokens).await.ok().json();
        assert_eq!(info["sub"], tokens.claims["sub"]);
        let mut told: Vec<&str> = info.as_object().unwrap().keys().map(|k| &**k).collect();
        let mut expected = [expected, &["sub"]].concat();
        told.sort_unstable();
        expected.sort_unstable();
        assert_eq!(told, expected);
        for (name, value) in info.as_object().unwrap() {
            let is_typed = match name.as_str() {
                "email_verified" | "phone_number_verified" => value.is_boolean(),
                "updated_at" => value.is_u64(),
                "address" => value["formatted"].is_string(),
                _ => value.is_string(),
            };
            assert!(is_typed, "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn oidcc_scope_profile_is_returned_by_userinfo() {
    tells("openid profile", &PROFILE).await;
}

#[tokio::test]
async fn oidcc_scope_email_is_returned_by_userinfo() {
    tells("openid email", &["email", "email_verified"]).await;
}

#[tokio::test]
async fn oidcc_scope_address_is_returned_by_userinfo() {
    tells("openid address", &["address"]).await;
}

#[tokio::test]
async fn oidcc_scope_phone_is_returned_by_userinfo() {
    tells("openid phone", &["phone_number", "phone_number_verified"]).await;
}

const ALL: [&str; 5] = [
    "email",
    "email_verified",
    "address",
    "phone_number",
    "phone_number_verified",
];

#[tokio::test]
async fn oidcc_scope_all_is_returned_by_userinfo() {
    let all = [&PROFILE[..], &ALL].concat();
    tells("openid profile email address phone", &all).await;
}

#[tokio::test]
async fn oidcc_alternate_happy_flow_ignores_scope_order() {
    tells("email openid", &["email", "email_verified"]).await;
}

#[tokio::test]
async fn oidcc_claims_essential_are_returned_without_scope() {
    let server = served().await;
    let request = r#"{"userinfo":{"name":{"essential":true}}}"#;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let tokens = suite.log_in(&[("claims", request)]).await;
        let info = suite.userinfo(&tokens).await.ok().json();
        assert_eq!(info, json!({"sub": tokens.claims["sub"], "name": "Jane"}));
    }
}

#[tokio::test]
async fn oidcc_claims_locales_are_ignored() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let more = [("scope", "openid profile"), ("claims_locales", "se")];
        let tokens = suite.log_in(&more).await;
        let info = suite.userinfo(&tokens).await.ok().json();
        assert_eq!(info["name"], Value::from("Jane"));
    }
}
