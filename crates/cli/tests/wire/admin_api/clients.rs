//! Clients, from creation to deletion.

mod token_exchange;
mod workloads;

use super::{send, send_with, server, token};
use crate::facts::FORM;
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::{Method, header};
use countersign_domain::client::Client;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Changes fields of a client.
async fn edit(server: &Server, token: &str, id: &str, body: &Value) -> Answer {
    let path = format!("/clients/{id}");
    send(server, token, Method::PATCH, &path, Some(body)).await
}

/// Returns the new values of the fields that the first event of a client changed.
async fn changes_of(server: &Server, token: &str, id: &str) -> HashMap<String, Value> {
    let events = send(server, token, Method::GET, "/events?limit=500", None).await;
    let events = events.ok().json();
    let mut items = events["items"].as_array().unwrap().iter();
    let event = items.find(|event| event["target"]["id"] == id).unwrap();
    let changes = event["changes"].as_array().unwrap().iter();
    let after = |change: &Value| {
        let field = change["field"].as_str().unwrap().to_owned();
        (field, change["after"].clone())
    };
    changes.map(after).collect()
}

fn machine() -> Value {
    json!({
        "client_id": "batch",
        "client_name": "Batch",
        "client_type": "confidential",
        "grant_types": ["client_credentials"],
        "scope": "api:read",
    })
}

/// Returns whether the client gets a token with this secret.
async fn works(server: &Server, secret: &str) -> bool {
    let parameters = [
        ("grant_type", "client_credentials"),
        ("client_id", "batch"),
        ("client_secret", secret),
    ];
    server.form(FORM, &parameters).await.status == 200
}

#[tokio::test]
async fn created_client_is_edited_rotated_and_deleted() {
    let server = server("owner").await;
    let token = token(&server).await;
    let call = async |method: Method, path: &str, body: Option<Value>| {
        send(&server, &token, method, path, body.as_ref()).await
    };
    let created = call(Method::POST, "/clients", Some(machine())).await;
    assert_eq!(created.status, 201);
    let first = created.text("client_secret");
    assert!(works(&server, &first).await);

    let edited = call(
        Method::PATCH,
        "/clients/batch",
        Some(json!({"client_name": "Nightly"})),
    );
    let edited = edited.await.ok();
    assert_eq!(edited.text("client_name"), "Nightly");
    assert_eq!(edited.text("scope"), "api:read", "other fields stay");
    assert_eq!(edited.json()["client_secret"], Value::Null);

    let added = call(
        Method::POST,
        "/clients/batch/secrets",
        Some(json!({"name": "next"})),
    )
    .await;
    assert_eq!(added.status, 201);
    let next = added.text("client_secret");
    server.follow().await;
    assert!(
        works(&server, &first).await && works(&server, &next).await,
        "both work"
    );
    let removed = call(Method::DELETE, "/clients/batch/secrets/secret-1", None).await;
    assert_eq!(removed.status, 204);
    server.follow().await;
    assert!(!works(&server, &first).await);
    assert!(works(&server, &next).await);

    let shown = call(Method::GET, "/clients/batch", None).await.ok();
    assert_eq!(shown.json()["secrets"][0]["name"], "next");
    assert!(!String::from_utf8_lossy(&shown.body).contains(&next));
    for _ in 1..Client::MAX_SECRETS {
        let added = call(Method::POST, "/clients/batch/secrets", Some(json!({})));
        assert_eq!(added.await.status, 201);
    }
    let full = call(Method::POST, "/clients/batch/secrets", Some(json!({})));
    assert_eq!(full.await.status, 409);
    assert_eq!(
        call(Method::DELETE, "/clients/batch", None).await.status,
        204
    );
    assert_eq!(call(Method::GET, "/clients/batch", None).await.status, 404);
}

#[tokio::test]
async fn every_change_is_in_the_audit_log_with_its_operator() {
    let server = server("owner").await;
    let token = token(&server).await;
    let created = send(&server, &token, Method::POST, "/clients", Some(&machine())).await;
    assert_eq!(created.status, 201);
    let events = send(&server, &token, Method::GET, "/events?limit=500", None)
        .await
        .ok();
    let events = events.json();
    let mut items = events["items"].as_array().unwrap().iter();
    let event = items
        .find(|event| event["target"]["id"] == "batch")
        .unwrap();
    assert_eq!(event["action"], "client.created");
    let operator =
        json!({"kind": "user", "id": countersign_store_contract::fixtures::user_id(1).to_string()});
    assert_eq!(event["operator"], operator);
    let request = created.headers.get("request-id").unwrap();
    assert_eq!(event["request_id"], request.to_str().unwrap());
}

#[tokio::test]
async fn patch_cannot_change_identity_of_client() {
    let server = server("owner").await;
    let token = token(&server).await;
    for (patch, field) in [
        (json!({"client_id": "other-id"}), "client_id"),
        (json!({"client_type": "public"}), "client_type"),
        (json!({"client_name": null}), "client_name"),
    ] {
        let answer = send(&server, &token, Method::PATCH, "/clients/web", Some(&patch)).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.text("field"), field);
    }
}

#[tokio::test]
async fn stale_if_match_is_refused_with_412() {
    let server = server("owner").await;
    let token = token(&server).await;
    let path = "/clients/other";
    let shown = send(&server, &token, Method::GET, path, None).await.ok();
    let tag = shown.header(header::ETAG).unwrap().to_owned();
    let renamed = |name: &str| json!({"client_name": name});
    let with = async |tag: &str, method: Method, body: Option<Value>| {
        let headers = [(header::IF_MATCH, tag)];
        send_with(&server, &token, (method, path), &headers, body.as_ref()).await
    };
    let changed = with(&tag, Method::PATCH, Some(renamed("A"))).await.ok();
    assert_ne!(changed.header(header::ETAG).unwrap(), tag);
    for stale in [tag.as_str(), "\"x\"", "W/\"1\""] {
        let answer = with(stale, Method::PATCH, Some(renamed("B"))).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text("code").as_str()),
            (412, "stale")
        );
        assert_eq!(with(stale, Method::DELETE, None).await.status, 412);
    }
    let shown = send(&server, &token, Method::GET, path, None).await.ok();
    assert_eq!(shown.text("client_name"), "A");
    let any = with("*", Method::PATCH, Some(renamed("C"))).await;
    assert_eq!(any.status, 200);
}

#[tokio::test]
async fn invalid_client_is_refused_with_field_and_rule() {
    let server = server("owner").await;
    let token = token(&server).await;
    let web = |change: fn(&mut Value)| {
        let mut body = json!({
            "client_name": "New",
            "client_type": "confidential",
            "grant_types": ["authorization_code"],
            "redirect_uris": ["https://new.example/callback"],
            "scope": "openid",
        });
        change(&mut body);
        body
    };
    for (body, field) in [
        (web(|body| body["scope"] = json!("a\"b")), "scope"),
        (
            web(|body| body["redirect_uris"] = json!(["http://new.example"])),
            "redirect_uris",
        ),
        (
            web(|body| body["redirect_uris"] = json!([])),
            "redirect_uris",
        ),
        (web(|body| body["grant_types"] = json!([])), "grant_types"),
        (
            web(|body| body["grant_types"] = json!(["password"])),
            "grant_types",
        ),
        (
            web(|body| body["client_name"] = json!("a".repeat(300))),
            "client_name",
        ),
        (web(|body| body["client_name"] = json!(7)), "client_name"),
        (web(|body| body["client_id"] = json!("")), "client_id"),
        (web(|body| body["status"] = json!("on")), "status"),
        (
            web(|body| body["access_token_lifetime"] = json!(0)),
            "access_token_lifetime",
        ),
        (
            web(|body| body["redirect_uris"] = json!(["https://*.example/callback"])),
            "redirect_uris",
        ),
        (web(|body| body["scope"] = json!("a,b")), "scope"),
        (
            web(|body| body["subject_type"] = json!("none")),
            "subject_type",
        ),
    ] {
        let answer = send(&server, &token, Method::POST, "/clients", Some(&body)).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.text("field"), field, "{}", answer.json());
        assert_ne!(answer.text("detail"), "");
    }
    let other = web(|body| body["client_id"] = json!("web"));
    let answer = send(&server, &token, Method::POST, "/clients", Some(&other)).await;
    assert_eq!(answer.status, 409);
    let suspended = web(|body| body["status"] = json!("suspended"));
    let answer = send(&server, &token, Method::POST, "/clients", Some(&suspended)).await;
    assert_eq!(answer.text("status"), "suspended");
}

#[tokio::test]
async fn new_client_keeps_pkce_subject_and_key_settings() {
    let server = server("owner").await;
    let token = token(&server).await;
    let call = async |method: Method, path: &str, body: Value| {
        send(&server, &token, method, path, Some(&body)).await
    };
    let mut new = machine();
    new["grant_types"] = json!(["authorization_code"]);
    new["redirect_uris"] = json!(["https://batch.example/callback"]);
    new["allow_plain_pkce"] = json!(true);
    new["subject_type"] = json!("pairwise");
    new["access_token_signed_response_alg"] = json!("HS256");
    new["client_secret"] = json!("a secret of at least 32 characters");
    let created = call(Method::POST, "/clients", new).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.text("client_secret").len(), 34);
    let shared = created.text("signing_secret");
    assert!(shared.len() >= 43);
    let shown = send(&server, &token, Method::GET, "/clients/batch", None).await;
    let shown = shown.ok();
    assert!(!String::from_utf8_lossy(&shown.body).contains(&shared));
    let shown = shown.json();
    assert_eq!(shown["sector"], "batch.example");
    assert_eq!(shown["allow_plain_pkce"], true);
    for (field, value) in [
        ("subject_type", json!("public")),
        ("sector", json!("other.example")),
        ("client_secret", json!("another secret of 32 characters !")),
        ("client_type", json!("public")),
    ] {
        let patched = call(Method::PATCH, "/clients/batch", json!({field: value})).await;
        assert_eq!(patched.status, 400, "{field}");
        assert_eq!(patched.text("field"), field);
    }
}

#[tokio::test]
async fn short_secret_and_sector_of_public_subjects_are_refused() {
    let server = server("owner").await;
    let token = token(&server).await;
    for (field, value) in [
        ("client_secret", json!("short")),
        ("sector", json!("batch.example")),
        ("subject_type", json!("secret")),
    ] {
        let mut new = machine();
        new[field] = value;
        let refused = send(&server, &token, Method::POST, "/clients", Some(&new)).await;
        assert_eq!(refused.status, 400, "{field}");
        assert_eq!(refused.text("field"), field);
    }
}
