//! Webhooks.

use super::{send, send_with, server, token};
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::{Method, header};
use countersign_domain::webhook::Webhook;
use serde_json::{Value, json};

const CRM: &str = "/webhooks/crm";

async fn post(server: &Server, token: &str, path: &str, body: Value) -> Answer {
    send(server, token, Method::POST, path, Some(&body)).await
}

async fn get(server: &Server, token: &str, path: &str) -> Value {
    let answer = send(server, token, Method::GET, path, None).await;
    answer.ok().json()
}

fn crm() -> Value {
    json!({"name": "crm", "url": "https://crm.example/hook?key=1", "events": ["user.*", "client.created"]})
}

#[tokio::test]
async fn signing_secret_is_shown_only_when_it_is_new() {
    let server = server("operator").await;
    let token = token(&server).await;
    let created = post(&server, &token, "/webhooks", crm()).await;
    assert_eq!(created.status, 201);
    let first = created.text("signing_secret");
    assert!(first.starts_with("whsec_") && first.len() == 50, "{first}");
    assert_eq!(post(&server, &token, "/webhooks", crm()).await.status, 409);
    let rotated = post(&server, &token, "/webhooks/crm/secrets", json!({})).await;
    let second = rotated.text("signing_secret");
    assert_ne!(first, second);
    assert_eq!(rotated.json()["secrets"].as_array().unwrap().len(), 2);
    let shown = get(&server, &token, CRM).await;
    assert_eq!(shown.get("signing_secret"), None);
    assert_eq!(
        get(&server, &token, "/webhooks").await["items"],
        json!([shown])
    );
    let overlap = json!({"overlap": 604_801});
    let refused = post(&server, &token, "/webhooks/crm/secrets", overlap).await;
    assert_eq!(
        (refused.status.as_u16(), refused.text("field")),
        (400, "overlap".into())
    );
    let leaked = json!({"overlap": 0});
    let rotated = post(&server, &token, "/webhooks/crm/secrets", leaked).await;
    assert_eq!(rotated.json()["secrets"].as_array().unwrap().len(), 1);
    let events = get(&server, &token, "/events").await.to_string();
    for hidden in [first.as_str(), second.as_str(), "hook?key=1"] {
        assert!(!events.contains(hidden), "{hidden}");
    }
    assert!(events.contains("webhook.secret_rotated"));
}

#[tokio::test]
async fn webhook_is_changed_and_deleted() {
    let server = server("operator").await;
    let token = token(&server).await;
    post(&server, &token, "/webhooks", crm()).await;
    let patch = json!({"events": ["group.*"], "enabled": false});
    let target = (Method::PATCH, CRM);
    let stale = [(header::IF_MATCH, "\"7\"")];
    let refused = send_with(&server, &token, target.clone(), &stale, Some(&patch)).await;
    assert_eq!(refused.status, 412);
    let changed = send_with(&server, &token, target, &[], Some(&patch)).await;
    let changed = changed.ok().json();
    assert_eq!(
        (&changed["events"], &changed["enabled"]),
        (&json!(["group.*"]), &json!(false))
    );
    let replay = post(&server, &token, "/webhooks/crm/replay", json!({})).await;
    assert_eq!(replay.status, 409, "it is disabled");
    let deleted = send(&server, &token, Method::DELETE, CRM, None).await;
    assert_eq!(deleted.status, 204);
    for (method, path) in [
        (Method::GET, CRM),
        (Method::DELETE, CRM),
        (Method::GET, "/webhooks/crm/delivery"),
        (Method::GET, "/webhooks/Not%20a%20name"),
    ] {
        let answer = send(&server, &token, method, path, None).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn invalid_field_of_webhook_is_named() {
    let server = server("operator").await;
    let token = token(&server).await;
    for (field, value) in [
        ("name", json!("Crm")),
        ("url", json!("crm.example")),
        ("url", json!("http://crm.example/")),
        ("url", json!("https://user:password@crm.example/")),
        ("events", json!([])),
        ("events", json!(["*"])),
        ("events", json!(vec!["user.*"; Webhook::MOST_PATTERNS + 1])),
        ("description", json!("a\nb")),
        ("secret", json!("whsec_x")),
    ] {
        let mut body = crm();
        body[field] = value.clone();
        let refused = post(&server, &token, "/webhooks", body).await;
        assert_eq!(refused.status, 400, "{field}: {value}");
        assert_eq!(
            refused.text("field").split('[').next(),
            Some(field),
            "{value}"
        );
    }
}

#[tokio::test]
async fn test_message_is_sent_once_and_its_outcome_returned() {
    let server = server("operator").await;
    let token = token(&server).await;
    post(&server, &token, "/webhooks", crm()).await;
    let test = async || post(&server, &token, "/webhooks/crm/test", json!({})).await;
    let failed = test().await.ok().json();
    let expected = json!({"delivered": false, "reason": "the request timed out"});
    assert_eq!(failed, expected);
    let url = "https://crm.example/hook?key=1";
    server.outside.publish(url, "");
    assert_eq!(test().await.ok().json(), json!({"delivered": true}));
}

#[tokio::test]
async fn number_of_webhooks_is_limited() {
    let server = server("operator").await;
    let token = token(&server).await;
    for number in 0..Webhook::MOST {
        let mut body = crm();
        body["name"] = json!(format!("crm-{number}"));
        let created = post(&server, &token, "/webhooks", body).await;
        assert_eq!(created.status, 201);
    }
    assert_eq!(post(&server, &token, "/webhooks", crm()).await.status, 409);
}
