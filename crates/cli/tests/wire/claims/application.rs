//! `/v1/users/{sub}/attributes`.

use super::{jane, recorded, server};
use crate::facts::FORM;
use crate::harness::Server;
use crate::requests::{Answer, machine};
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::claims::value_rule::AttributeType;
use countersign_domain::scope::Scope;
use countersign_ports::Definition;
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const BOTH: &str = "user:attributes user:attributes:write";

/// Returns a server whose first-party client `machine` has a token with this scope. Applications may read and write
/// `seat`, only write `score`, and only read `cost`.
async fn asking(scope: &str) -> (Server, String) {
    let server = server().await;
    let (own, admin) = (AttributeParty::Application, AttributeParty::Admin);
    for (name, kind, reader, writer) in [
        ("seat", AttributeType::Text, own, own),
        ("score", AttributeType::Number, admin, own),
        ("cost", AttributeType::Text, own, admin),
    ] {
        let name = AttributeName::parse(name).unwrap();
        let mut attribute = Attribute::new(name, kind, fixtures::NOW);
        attribute.readers.insert(reader);
        attribute.writers = [writer].into();
        if kind == AttributeType::Text {
            attribute.rule.max_length = Some(4);
        }
        server.put(Definition::Attribute(attribute)).await;
    }
    let value = AttributeValue::Text("4711".into());
    server
        .change_user(jane(), |user| {
            let name = AttributeName::parse("cost").unwrap();
            drop(user.attributes.values.insert(name, value));
        })
        .await;
    server
        .change("machine", |own| {
            own.scope = Scope::parse(scope).unwrap();
            own.first_party = true;
        })
        .await;
    let token = server.form(FORM, &machine()).await.ok();
    let token = token.text("access_token");
    (server, token)
}

async fn send(server: &Server, token: &str, subject: &str, body: Option<Value>) -> Answer {
    let method = if body.is_some() {
        Method::PATCH
    } else {
        Method::GET
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1/users/{subject}/attributes"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    server.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn application_reads_and_writes_attributes_that_name_it() {
    let (server, token) = asking(BOTH).await;
    let subject = jane().to_string();
    let found = send(&server, &token, &subject, None).await.ok();
    let expected = json!({"sub": subject, "attributes": {"cost": "4711"}});
    assert_eq!(found.json(), expected);
    let body = json!({"attributes": {"seat": "B7", "score": 9}});
    let changed = send(&server, &token, &subject, Some(body)).await.ok();
    let expected = json!({"sub": subject, "attributes": {"cost": "4711", "seat": "B7"}});
    assert_eq!(changed.json(), expected);
    let body = json!({"attributes": {"seat": null}});
    let changed = send(&server, &token, &subject, Some(body)).await.ok();
    assert_eq!(changed.json()["attributes"], json!({"cost": "4711"}));
    let events = recorded(&server).await;
    for text in ["user.updated", "attributes.seat", "B7", "machine"] {
        assert!(events.contains(text), "{text}: {events}");
    }
}

#[tokio::test]
async fn attribute_of_application_must_be_valid_and_writable() {
    let (server, token) = asking(BOTH).await;
    let subject = jane().to_string();
    for (attributes, named) in [
        (json!({"seat": "B7", "cost": "1"}), "cost"),
        (json!({"seat": "B70000"}), "seat"),
        (json!({"seat": 7}), "seat"),
        (json!({"seat": {"a": 1}}), "seat"),
        (json!({"seat": 1.5}), "seat"),
        (json!({"unknown": null}), "unknown"),
    ] {
        let body = json!({"attributes": attributes});
        let answer = send(&server, &token, &subject, Some(body)).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{named}");
        let description = answer.text("error_description");
        assert!(
            description.contains(&format!("attribute {named} ")),
            "{description}"
        );
    }
    for body in [json!({"attributes": {"A\n": "x"}}), json!({}), json!([])] {
        let answer = send(&server, &token, &subject, Some(body.clone())).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{body}");
    }
    let found = send(&server, &token, &subject, None).await.ok();
    assert_eq!(found.json()["attributes"], json!({"cost": "4711"}));
}

#[tokio::test]
async fn unknown_or_disabled_user_has_no_attributes() {
    let (server, token) = asking(BOTH).await;
    server
        .change_user(jane(), |user| user.enabled = false)
        .await;
    for subject in [
        jane().to_string(),
        fixtures::user_id(8).to_string(),
        "x".into(),
        "%FF".into(),
    ] {
        let found = send(&server, &token, &subject, None).await.ok();
        assert_eq!(found.json()["attributes"], json!({}), "{subject}");
        let body = json!({"attributes": {"seat": "B7"}});
        let answer = send(&server, &token, &subject, Some(body)).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into()),
            "{subject}"
        );
    }
}

#[tokio::test]
async fn only_first_party_client_with_scope_uses_attributes() {
    let subject = jane().to_string();
    let body = || Some(json!({"attributes": {"seat": "B7"}}));
    let denied = (403, "insufficient_scope".to_owned());
    let (server, token) = asking("user:attributes").await;
    assert_eq!(
        send(&server, &token, &subject, body()).await.refusal(),
        denied
    );
    let (server, token) = asking("user:attributes:write").await;
    // The answer shows no values that the client may not read.
    let written = send(&server, &token, &subject, body()).await.json();
    assert_eq!(written["attributes"], json!({}));
    assert_eq!(
        send(&server, &token, &subject, None).await.refusal(),
        denied
    );
    let (server, token) = asking(BOTH).await;
    let of_user = server.tokens("web").await.text("access_token");
    server
        .change("machine", |own| own.first_party = false)
        .await;
    for token in [token, of_user] {
        assert_eq!(
            send(&server, &token, &subject, None).await.refusal(),
            denied
        );
        assert_eq!(
            send(&server, &token, &subject, body()).await.refusal(),
            denied
        );
    }
    let unknown = send(&server, "x", &subject, body()).await;
    assert_eq!(unknown.refusal(), (401, "invalid_token".into()));
}
