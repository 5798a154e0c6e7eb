//! The checklist of the JSON dialect, rows 18 to 23: refusals, error bodies and scope.

use crate::facts::{CALLBACK, JSON, SECRET};
use crate::harness::Server;
use crate::requests::{basic, claims, exchange, form, json, machine, refreshing, with, without};
use axum::http::header;
use countersign_domain::client::ClientStatus;
use countersign_domain::scope::Scope;
use serde_json::json;

#[tokio::test]
async fn aries_18_code_is_single_use_and_expires_in_ten_minutes() {
    let server = Server::start().await;
    let (used, late, in_time) = (server.code("web"), server.code("web"), server.code("web"));
    server.json(JSON, &exchange("web", &used)).await.ok();
    assert_eq!(
        server.json(JSON, &exchange("web", &used)).await.refusal(),
        (400, "invalid_grant".into())
    );
    server.pass(599);
    server.json(JSON, &exchange("web", &in_time)).await.ok();
    server.pass(1);
    assert_eq!(
        server.json(JSON, &exchange("web", &late)).await.refusal(),
        (400, "invalid_grant".into())
    );
}

#[tokio::test]
async fn aries_19_error_body_is_flat_with_codes() {
    let server = Server::start().await;
    let answer = server
        .json(JSON, &without(&exchange("web", "x"), "redirect_uri"))
        .await;
    assert_eq!(
        answer.json(),
        json!({
            "error": "invalid_request",
            "error_description": "redirect_uri is missing",
            "codes": [{"code": "missing", "description": "redirect_uri is missing", "field": "redirect_uri"}],
        })
    );
    let answer = server.json(JSON, &exchange("web", "x")).await.json();
    assert_eq!(answer["codes"][0]["code"], "code_unknown");
}

#[tokio::test]
async fn unknown_client_and_wrong_secret_are_indistinguishable() {
    let server = Server::start().await;
    let unknown = server
        .json(JSON, &with(&machine(), "client_id", "unknown"))
        .await;
    let wrong = server
        .json(JSON, &with(&machine(), "client_secret", "wrong"))
        .await;
    assert_eq!((unknown.status, unknown.body), (wrong.status, wrong.body));
}

#[tokio::test]
async fn aries_21_disabled_or_deleted_client_gets_no_tokens() {
    let server = Server::start().await;
    let code = server.code("web");
    let token = server
        .json(JSON, &exchange("web", &code))
        .await
        .ok()
        .text("refresh_token");
    for status in [ClientStatus::Inactive, ClientStatus::Suspended] {
        server.change("web", |client| client.status = status).await;
        assert_eq!(
            server
                .json(JSON, &refreshing("web", &token))
                .await
                .refusal(),
            (401, "invalid_client".into())
        );
    }
    server
        .change("web", |client| client.status = ClientStatus::Active)
        .await;
    server.delete("web").await;
    server.change("other", |_| {}).await;
    assert_eq!(
        server
            .json(JSON, &refreshing("web", &token))
            .await
            .refusal(),
        (401, "invalid_client".into())
    );
    assert!(
        !server.contents().contains("jane"),
        "the grants are deleted with the client"
    );
}

#[tokio::test]
async fn aries_22_unregistered_scope_is_rejected() {
    let answer = Server::start()
        .await
        .json(JSON, &with(&machine(), "scope", "api:read order:execution"))
        .await;
    assert_eq!(answer.refusal(), (400, "invalid_scope".into()));
}

#[tokio::test]
async fn aries_23_scope_may_have_resource_and_action() {
    let server = Server::start().await;
    let all = "user:information order:execution market:supplemental";
    server
        .change("machine", |client| {
            client.scope = Scope::parse(all).unwrap();
        })
        .await;
    let answer = server
        .json(JSON, &with(&machine(), "scope", "order:execution"))
        .await
        .ok();
    assert_eq!(
        claims(&answer.text("access_token"))["scope"],
        "order:execution"
    );
    assert_eq!(server.json(JSON, &machine()).await.ok().text("scope"), all);
}

#[tokio::test]
async fn refresh_token_works_in_both_dialects() {
    let server = Server::start().await;
    let opaque = server.tokens("web").await.text("refresh_token");
    let jwt = server
        .json(JSON, &refreshing("web", &opaque))
        .await
        .ok()
        .text("refresh_token");
    assert_eq!(jwt.split('.').count(), 3);
    server.refresh("web", &jwt).await.ok();
}

#[tokio::test]
async fn json_dialect_accepts_basic() {
    let server = Server::start().await;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::AUTHORIZATION,
            &basic("machine", "correct+horse+battery+staple"),
        ),
    ];
    server
        .post(
            JSON,
            &headers,
            json(&[("grant_type", "client_credentials")]),
        )
        .await
        .ok();
    let headers = [
        (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        (header::AUTHORIZATION, &basic("web", SECRET)),
    ];
    let body = form(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", "x"),
        ("redirect_uri", CALLBACK),
    ]);
    assert_eq!(
        server.post(JSON, &headers, body).await.refusal(),
        (400, "invalid_grant".into())
    );
}
