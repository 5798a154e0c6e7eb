//! Refusals and JSON logins in the audit log.

use crate::facts::FORM;
use crate::harness::Server;
use crate::login::{CONFIRM, login};
use crate::requests::{exchange, refreshing, with};
use countersign_domain::audit::event::{Event, Party};
use countersign_domain::identifier::UserId;
use countersign_store_contract::fixtures;

const JANE: &str = "jane@example.com";

fn jane() -> UserId {
    fixtures::user(1, JANE).id
}

async fn server() -> Server {
    let mut server = crate::browser::served().await;
    server.address = Some([192, 0, 2, 7].into());
    server
}

async fn code(server: &Server) -> String {
    let begun = server.json("/v1/oauth2/authorize", &login(JANE)).await.ok();
    let step = [("next_step_auth_id", begun.text("next_step_auth_id"))];
    server.json(CONFIRM, &step).await.ok().text("code")
}

fn summary(event: &Event) -> (&str, Option<&str>, Option<&str>) {
    let context = &event.context;
    (
        event.action.as_str(),
        context.refusal.as_deref(),
        context.client.as_deref(),
    )
}

#[tokio::test]
async fn json_login_is_event_of_user_and_client() {
    let server = server().await;
    let wrong = with(&login(JANE), "password", "wrong");
    server.json("/v1/oauth2/authorize", &wrong).await;
    code(&server).await;
    let events = server.happened().await;
    let all: Vec<_> = events.iter().map(summary).collect();
    let web = Some("web");
    assert_eq!(
        all,
        [
            ("sign_in.refused", Some("login_failed"), web),
            ("user.signed_in", None, web)
        ]
    );
    let party = Party::new("user", jane().to_string());
    assert_eq!(events[0].operator, Party::new("address", "192.0.2.7"));
    assert_eq!(events[0].target, party, "the user whom it concerns");
    assert_eq!((&events[1].operator, &events[1].target), (&party, &party));
}

#[tokio::test]
async fn refused_token_request_names_rule_and_request() {
    let server = server().await;
    let code = code(&server).await;
    let redeemed = exchange("web", &code);
    let evil = with(&redeemed, "redirect_uri", "https://evil.example/");
    let answer = server.form(FORM, &evil).await;
    let events = server.happened().await;
    let event = events.last().unwrap();
    let refused = (
        "request.refused",
        Some("redirect_uri_mismatch"),
        Some("web"),
    );
    assert_eq!(summary(event), refused);
    let id = answer.headers.get("request-id").unwrap();
    assert_eq!(event.request.as_deref(), Some(id.to_str().unwrap()));
    assert_eq!(event.address, server.address);
    let facts: Vec<_> = event
        .changes
        .iter()
        .map(|fact| (fact.field.as_ref(), fact.after.as_deref().unwrap()))
        .collect();
    let evidence = ("evidence", "https://evil.example/");
    let of_request = [
        ("grant_type", "authorization_code"),
        ("client_authentication", "client_secret_post"),
        ("redirect_uri", "https://evil.example/"),
        ("code_verifier", "sent"),
    ];
    let of_refusal = [("endpoint", FORM), ("error", "invalid_grant"), evidence];
    assert_eq!(facts, [&of_refusal[..], &of_request].concat());
}

#[tokio::test]
async fn replay_is_event_of_revoked_grant() {
    let server = server().await;
    let code = code(&server).await;
    let redeemed = exchange("web", &code);
    let tokens = server.form(FORM, &redeemed).await.ok();
    for _ in 0..2 {
        server.form(FORM, &redeemed).await;
    }
    let refresh_token = tokens.text("refresh_token");
    server.form(FORM, &refreshing("web", &refresh_token)).await;
    let events = server.happened().await;
    let all: Vec<_> = events.iter().map(summary).collect();
    let web = Some("web");
    assert_eq!(
        all[1..],
        [
            ("grant.revoked", Some("code_replayed"), web),
            ("request.refused", Some("code_replayed"), web),
            ("request.refused", Some("grant_revoked"), web)
        ]
    );
    let mut facts = events[1].changes.iter();
    assert!(facts.any(|fact| fact.field == "grant"));
}

#[tokio::test]
async fn refusals_of_one_network_are_bounded_and_counted() {
    let mut server = server().await;
    let wrong = [("grant_type", "unknown")];
    for _ in 0..30 {
        server.form(FORM, &wrong).await;
    }
    server.address = Some([192, 0, 2, 8].into());
    server.form(FORM, &wrong).await;
    assert_eq!(server.happened().await.len(), 21);
    server.pass(60);
    let events = server.happened().await;
    let [counted] = &events[21..] else {
        panic!("{events:?}");
    };
    assert_eq!(counted.action.as_str(), "refusals.counted");
    assert_eq!(counted.changes[0].after.as_deref(), Some("10"));
    assert_eq!(counted.target.kind, "rule");
}

#[tokio::test]
async fn success_without_sign_in_is_no_event() {
    let server = server().await;
    let code = code(&server).await;
    let tokens = server.form(FORM, &exchange("web", &code)).await.ok();
    let refresh_token = tokens.text("refresh_token");
    server
        .form(FORM, &refreshing("web", &refresh_token))
        .await
        .ok();
    server.get("/unknown").await;
    assert_eq!(server.happened().await.len(), 1, "the sign-in");
}
