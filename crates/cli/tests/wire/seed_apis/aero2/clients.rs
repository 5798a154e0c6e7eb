//! `/api/clients`.

use super::{call, invalid};
use crate::admin_api::{self, token};
use crate::facts::{CALLBACK, FORM, TENANT};
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::{Method, header};
use countersign_ports::ConsentRepository as _;
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const CLIENTS: &str = "/api/clients";

fn new() -> Value {
    json!({"name": "Notes", "redirect_uris": [CALLBACK]})
}

/// Requests a token for the client itself.
async fn machine_token(server: &Server, id: &str, secret: &str) -> Answer {
    let parameters = [
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret),
    ];
    server.form(FORM, &parameters).await
}

#[tokio::test]
async fn aero2_23_operator_creates_edits_and_deletes_client() {
    let server = admin_api::server("operator").await;
    let token = token(&server).await;
    let call = async |method, path: &str, body| call(&server, &token, method, path, body).await;
    let created = call(Method::POST, CLIENTS, Some(new())).await;
    assert_eq!(created.status, 201);
    let mut client = created.json();
    let id = created.text("client_id");
    assert_eq!(client["id"], id);
    assert!(created.text("client_secret").len() >= 43);
    assert_eq!(client["redirect_uris"], json!([CALLBACK]));
    client.as_object_mut().unwrap().remove("client_secret");
    let one = format!("{CLIENTS}/{id}");
    let shown = call(Method::GET, &one, None).await.ok();
    assert_eq!(shown.json(), client, "without the secret");

    let change = json!({"name": "Notes 2", "redirect_uris": ["http://localhost:3000/callback"]});
    let changed = call(Method::PUT, &one, Some(change.clone())).await.ok();
    assert_eq!(changed.json(), json!({"message": "Client updated"}));
    let shown = call(Method::GET, &one, None).await.ok().json();
    assert_eq!(shown["name"], change["name"]);
    assert_eq!(shown["redirect_uris"], change["redirect_uris"]);
    assert_eq!(shown["scopes"], json!(["openid", "profile", "email"]));

    let deleted = call(Method::DELETE, &one, None).await.ok();
    assert_eq!(deleted.json(), json!({"message": "Client deleted"}));
    assert_eq!(call(Method::GET, &one, None).await.refusal().0, 404);
}

#[tokio::test]
async fn aero2_23_rotated_secret_replaces_old_one_at_once() {
    let server = admin_api::server("operator").await;
    let token = token(&server).await;
    let mut body = new();
    body["grant_types"] = json!(["client_credentials"]);
    body["scopes"] = json!(["api:read"]);
    let created = call(&server, &token, Method::POST, CLIENTS, Some(body)).await;
    let (id, old) = (created.text("client_id"), created.text("client_secret"));
    machine_token(&server, &id, &old).await.ok();
    let rotate = format!("{CLIENTS}/{id}/rotate-secret");
    let rotated = call(&server, &token, Method::POST, &rotate, None)
        .await
        .ok();
    let new = rotated.text("client_secret");
    server.follow().await;
    assert_eq!(machine_token(&server, &id, &old).await.status, 401);
    machine_token(&server, &id, &new).await.ok();
}

#[tokio::test]
async fn aero2_23_grants_of_client_are_listed_and_revoked() {
    let server = admin_api::server("operator").await;
    let token = token(&server).await;
    let of_user = |number: u8| {
        server.code_with("other", |code| {
            code.authorization.subject = fixtures::user_id(number).into();
        })
    };
    let first = server.redeem("other", &of_user(2)).await.ok();
    server.redeem("other", &of_user(9)).await.ok();
    let consent = fixtures::consent(2, "other");
    server.store.put_consent(TENANT, &consent).await.unwrap();
    let path = format!("{CLIENTS}/other/grants");
    let listed = call(&server, &token, Method::GET, &path, None)
        .await
        .ok()
        .json();
    assert_eq!(listed["pagination"]["total"], 2);
    let grants = listed["grants"].as_array().unwrap();
    let mut users: Vec<_> = grants.iter().map(|grant| &grant["user_id"]).collect();
    users.sort_by_key(ToString::to_string);
    assert_eq!(
        users,
        [2, 9]
            .map(|number| json!(fixtures::user_id(number).to_string()))
            .each_ref()
    );
    assert_eq!(grants[0]["scopes"], json!(["openid", "read", "write"]));

    let revoked = call(&server, &token, Method::DELETE, &path, None)
        .await
        .ok();
    assert_eq!(revoked.json()["revoked_count"], 2);
    let refresh = server.refresh("other", &first.text("refresh_token")).await;
    assert_eq!(refresh.refusal(), (400, "invalid_grant".to_owned()));
    let found = server
        .store
        .find_consent(TENANT, consent.user, &consent.client);
    assert!(found.await.unwrap().is_none(), "the user is asked again");
    let listed = call(&server, &token, Method::GET, &path, None).await.ok();
    assert_eq!(listed.json()["grants"], json!([]));
    let events = "/api/audit?event_type=grants_revoked";
    let events = call(&server, &token, Method::GET, events, None).await.ok();
    assert_eq!(events.json()["pagination"]["total"], 1);
}

#[tokio::test]
async fn aero2_23_invalid_client_is_refused_with_field() {
    let server = admin_api::server("operator").await;
    let token = token(&server).await;
    for (name, value) in [
        ("name", json!("")),
        ("name", json!("a".repeat(300))),
        ("redirect_uris", json!(["/callback"])),
        ("redirect_uris", json!([])),
        ("scopes", json!([])),
        ("grant_types", json!(["password"])),
        ("grant_types", json!(["refresh_token"])),
        ("grant_type", json!(["client_credentials"])),
    ] {
        let mut body = new();
        body[name] = value;
        let before = server.contents();
        let answer = call(&server, &token, Method::POST, CLIENTS, Some(body)).await;
        let expected = (400, "validation_error".to_owned(), name.to_owned());
        assert_eq!(invalid(&answer), expected);
        assert_eq!(server.contents(), before);
    }
    let answer = call(&server, &token, Method::PATCH, CLIENTS, None).await;
    assert_eq!(invalid(&answer).0, 405);
}

#[tokio::test]
async fn aero2_23_clients_are_for_operators_only() {
    let server = admin_api::server("support").await;
    let token = token(&server).await;
    call(&server, &token, Method::GET, CLIENTS, None).await.ok();
    let answer = call(&server, &token, Method::POST, CLIENTS, Some(new())).await;
    assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()));
    let answer = server.get(CLIENTS).await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
    assert!(answer.header(header::WWW_AUTHENTICATE).is_some());
}

#[tokio::test]
async fn aero2_32_page_has_items_and_total() {
    let server = admin_api::server("operator").await;
    let token = token(&server).await;
    let pages = async |query: &str| {
        let path = format!("{CLIENTS}{query}");
        call(&server, &token, Method::GET, &path, None).await
    };
    let all = pages("").await.ok().json();
    let total = all["clients"].as_array().unwrap().len();
    let expected = json!({"page": 1, "limit": 50, "total": total, "total_pages": 1});
    assert_eq!(all["pagination"], expected);
    let second = pages("?page=2&limit=2").await.ok().json();
    assert_eq!(second["clients"][0], all["clients"][2]);
    assert_eq!(second["clients"].as_array().unwrap().len(), 2);
    let expected = json!({"page": 2, "limit": 2, "total": total, "total_pages": total.div_ceil(2)});
    assert_eq!(second["pagination"], expected);
    for query in [
        "?page=0",
        "?limit=101",
        "?limit=x",
        "?page=201",
        "?offset=1",
    ] {
        let (status, error, _) = invalid(&pages(query).await);
        assert_eq!(
            (status, error.as_str()),
            (400, "validation_error"),
            "{query}"
        );
    }
}
