//! `POST /v1/users`: row 25 of the checklist, and what strangers learn.

use crate::browser::served;
use crate::facts::FORM;
use crate::harness::Server;
use crate::requests::{Answer, json, with};
use axum::http::{StatusCode, header};
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::scope::Scope;
use serde_json::json as value;

const USERS: &str = "/v1/users";
const NEW: [(&str, &str); 3] = [
    ("email", "new@example.com"),
    ("password", "SecurePassword123!"),
    ("country", "DEU"),
];

async fn open(mfa: MfaPolicy) -> Server {
    let server = served().await.with_accounts(mfa, Some("app"));
    server
        .change("machine", |machine| {
            machine.first_party = true;
            machine.scope = Scope::parse("api:read user:management").unwrap();
        })
        .await;
    server
}

/// Registers a user with an access token of `machine` for this scope.
async fn register(server: &Server, scope: &str, new: &[(&str, &str)]) -> Answer {
    let grant = [
        ("grant_type", "client_credentials"),
        ("client_id", "machine"),
        ("client_secret", crate::facts::SECRET),
        ("scope", scope),
    ];
    let token = server.form(FORM, &grant).await.ok().text("access_token");
    let bearer = format!("Bearer {token}");
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::AUTHORIZATION, bearer.as_str()),
    ];
    server.post(USERS, &headers, json(new)).await
}

#[tokio::test]
async fn aries_25_registration_creates_user_and_issues_tokens() {
    let server = open(MfaPolicy::Optional).await;
    let answer = register(&server, "user:management", &NEW).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let body = answer.json();
    assert_eq!(
        (&body["email"], &body["country"]),
        (&value!("new@example.com"), &value!("DEU"))
    );
    let refresh_token = body["auth"]["refresh_token"].as_str().unwrap();
    let again = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", refresh_token),
    ];
    server.form(FORM, &again).await.ok();
    let again = register(&server, "user:management", &NEW).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    for (name, value) in [
        ("email", "unknown"),
        ("password", "short"),
        ("password", "Password123!"),
        ("password", "new@example.com"),
        ("country", ""),
        ("country", "a whole novel"),
        ("country", "\0\0\0"),
    ] {
        let bad = with(&NEW, name, value);
        let by_caller = register(&server, "user:management", &bad).await;
        let by_stranger = server.json(USERS, &bad).await;
        assert_eq!(by_caller.status, StatusCode::BAD_REQUEST, "{name}");
        assert_eq!(by_stranger.body, by_caller.body, "{name}");
    }
}

#[tokio::test]
async fn registration_issues_no_tokens_if_factor_is_required() {
    let server = open(MfaPolicy::Required).await;
    let answer = register(&server, "user:management", &NEW).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json().get("auth"), None);
    assert_eq!(answer.json()["email"], "new@example.com");
}

#[tokio::test]
async fn token_without_scope_cannot_register_users() {
    let server = open(MfaPolicy::Optional).await;
    let answer = register(&server, "api:read", &NEW).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::AUTHORIZATION, "Bearer forged"),
    ];
    let forged = server.post(USERS, &headers, json(&NEW)).await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
    assert!(server.outside.mail().is_empty());
}

#[tokio::test]
async fn stranger_gets_same_response_for_known_and_unknown_address() {
    let server = open(MfaPolicy::Optional).await;
    let unknown = server.json(USERS, &NEW).await;
    let known = with(&NEW, "email", "jane@example.com");
    let known = server.json(USERS, &known).await;
    assert_eq!(unknown.status, StatusCode::ACCEPTED);
    assert_eq!(known.status, unknown.status);
    for name in unknown.headers.keys().filter(|name| *name != "request-id") {
        assert_eq!(known.headers.get(name), unknown.headers.get(name), "{name}");
    }
    assert_eq!(known.headers.len(), unknown.headers.len());
    assert_eq!(known.body, unknown.body);
    let mail = server.outside.mail();
    let mail: Vec<(&str, &str)> = mail
        .iter()
        .map(|message| (message.recipient.as_str(), message.letter.subject.as_str()))
        .collect();
    assert_eq!(
        mail,
        [
            ("new@example.com", "Your new Countersign account"),
            ("jane@example.com", "You already have a Countersign account"),
        ]
    );
    // Further mail to one address is limited, whether or not it has an account.
    for email in ["new@example.com", "jane@example.com"] {
        for _ in 0..4 {
            let again = server.json(USERS, &with(&NEW, "email", email)).await;
            assert_eq!(again.status, StatusCode::ACCEPTED);
        }
        let refused = server.json(USERS, &with(&NEW, "email", email)).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn registration_is_rejected_unless_enabled() {
    let server = served().await;
    let answer = server.json(USERS, &NEW).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
}
