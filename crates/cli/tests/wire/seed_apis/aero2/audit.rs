//! `/api/audit`.

use super::{call, invalid};
use crate::admin_api::{self, token};
use crate::harness::Server;
use axum::http::Method;
use countersign_server_http::wire::date::date;
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

/// Changes a client, a day later a user, and a day later the client again. Returns the server with a token.
async fn changed() -> (Server, String) {
    let server = admin_api::server("administrator").await;
    let user = format!("/api/users/{}", fixtures::user_id(2));
    for (path, name) in [
        ("/api/clients/other", "A"),
        (&user, "Joe"),
        ("/api/clients/other", "B"),
    ] {
        let token = token(&server).await;
        let rename = Some(json!({"name": name}));
        call(&server, &token, Method::PUT, path, rename).await.ok();
        server.pass(86_400);
    }
    let token = token(&server).await;
    (server, token)
}

/// Returns the types of the events that `user 1` caused, newest first.
async fn types(server: &Server, token: &str, path: &str) -> Vec<String> {
    let listed = call(server, token, Method::GET, path, None)
        .await
        .ok()
        .json();
    let events = listed["events"].as_array().unwrap();
    let events = events
        .iter()
        .filter(|event| event["user_id"] != Value::Null);
    let types = events.map(|event| event["event_type"].as_str().unwrap().to_owned());
    types.collect()
}

#[tokio::test]
async fn aero2_26_events_are_filtered_by_type_user_and_time() {
    let (server, token) = changed().await;
    let types = async |query: &str| types(&server, &token, &format!("/api/audit{query}")).await;
    let jane = fixtures::user_id(1);
    let all = ["client_updated", "user_updated", "client_updated"];
    assert_eq!(types(&format!("?user_id={jane}")).await, all);
    assert_eq!(types("?event_type=user_updated").await, ["user_updated"]);
    let joe = fixtures::user_id(2);
    assert!(types(&format!("?user_id={joe}")).await.is_empty());
    let second = date(fixtures::NOW.plus(std::time::Duration::from_secs(86_400)));
    let query = format!("?start_date={second}&end_date={second}");
    assert_eq!(types(&query).await, ["user_updated"]);
    let day = &second[..10];
    let query = format!("?start_date={day}&end_date={day}&user_id={jane}");
    assert_eq!(types(&query).await, ["user_updated"]);
    let query = format!("?user_id={jane}&limit=1&page=2");
    assert_eq!(types(&query).await, ["user_updated"]);
    for (query, field) in [
        ("?start_date=yesterday", "start_date"),
        ("?limit=101", "limit"),
        ("?type=x", "type"),
    ] {
        let path = format!("/api/audit{query}");
        let answer = call(&server, &token, Method::GET, &path, None).await;
        let expected = (400, "validation_error".to_owned(), field.to_owned());
        assert_eq!(invalid(&answer), expected);
    }
}

#[tokio::test]
async fn aero2_26_event_shows_user_and_change() {
    let (server, token) = changed().await;
    let get = async |path: &str| call(&server, &token, Method::GET, path, None).await;
    let path = "/api/audit?event_type=user_updated";
    let listed = get(path).await.ok().json();
    let expected = json!({"page": 1, "limit": 50, "total": 1, "total_pages": 1});
    assert_eq!(listed["pagination"], expected);
    let event = &listed["events"][0];
    assert_eq!(event["user_email"], "jane@example.com");
    let change = &event["event_data"]["changes"][0];
    assert_eq!(
        (&change["field"], &change["after"]),
        (&json!("name"), &json!("Joe"))
    );

    let id = event["id"].as_str().unwrap();
    let shown = get(&format!("/api/audit/{id}")).await.ok().json();
    for (member, value) in event.as_object().unwrap() {
        assert_eq!(shown[member], *value, "{member}");
    }
    assert!(shown.as_object().unwrap().contains_key("user_name"));
    let counted = get("/api/audit/events").await.ok().json();
    let expected = json!({"event_type": "user_updated", "count": 1});
    assert!(counted["events"].as_array().unwrap().contains(&expected));

    let joe = format!("/api/users/{}/audit", fixtures::user_id(2));
    assert_eq!(types(&server, &token, &joe).await, ["user_updated"]);
    for id in ["none", "1:2"] {
        assert_eq!(get(&format!("/api/audit/{id}")).await.status, 404);
    }
}

#[tokio::test]
async fn aero2_26_audit_log_needs_permission() {
    let server = admin_api::server("support").await;
    let token = token(&server).await;
    for path in ["/api/audit", "/api/audit/events", "/api/audit/none"] {
        let answer = call(&server, &token, Method::GET, path, None).await;
        assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()));
    }
}
