//! The audit log.

use super::{send, server, token};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::requests::claims;
use axum::http::Method;
use countersign_domain::audit::event::{Action, Event, EventContext, EventId, Party};
use countersign_ports::{Race, StoredEvent, Transfer as _};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

/// Stores events of user 5, oldest first: `client.created` in the seconds 0, 1 and 2, and `client.deleted` in 3.
async fn store_events(server: &Server) {
    let actions = [
        Action::CLIENT_CREATED,
        Action::CLIENT_CREATED,
        Action::CLIENT_CREATED,
        Action::CLIENT_DELETED,
    ];
    for (number, action) in (0..).zip(actions) {
        let event = Event {
            id: EventId {
                node: fixtures::node_id(77),
                number: 9 - number,
            },
            at: fixtures::later(number),
            action,
            operator: Party::new("user", "5"),
            target: Party::new("client", format!("app{number}")),
            changes: Vec::new(),
            address: Some([192, 0, 2, u8::try_from(number).unwrap()].into()),
            request: Some(format!("request{number}")),
            context: EventContext {
                client: Some(format!("web{number}")),
                session: Some(fixtures::session_id(number)),
                roles: vec!["support".into(), format!("role{number}")],
                refusal: (number == 3).then(|| "scope_missing".to_owned()),
            },
        };
        let event = fixtures::record_of(TENANT, event);
        let event = StoredEvent::from(&event);
        let added = server.store.insert_event(TENANT, &event).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
}

fn targets(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().unwrap().iter();
    items
        .map(|item| item["target"]["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn events_are_filtered_by_each_parameter() {
    let server = server("auditor").await;
    store_events(&server).await;
    let token = token(&server).await;
    let now = fixtures::NOW.as_unix_seconds();
    for (query, expected) in [
        ("", &["app3", "app2", "app1", "app0"][..]),
        ("&action=client.created", &["app2", "app1", "app0"]),
        ("&target=client:app1", &["app1"]),
        ("&target=user", &[]),
        (&format!("&since={}", now + 2), &["app3", "app2"]),
        (&format!("&until={}", now + 2), &["app1", "app0"]),
        ("&address=192.0.2.3", &["app3"]),
        ("&request_id=request0", &["app0"]),
        ("&request_id=request0&address=192.0.2.3", &[]),
        ("&result=succeeded", &["app2", "app1", "app0"]),
        ("&result=refused", &["app3"]),
        ("&result=scope_missing", &["app3"]),
        ("&result=scope_unknown", &[]),
        ("&client_id=web1", &["app1"]),
        ("&role=role2", &["app2"]),
        (
            &format!("&session_id={}&role=support", fixtures::session_id(0)),
            &["app0"],
        ),
    ] {
        let path = format!("/events?operator=user:5{query}");
        let answer = send(&server, &token, Method::GET, &path, None).await.ok();
        assert_eq!(targets(&answer.json()), expected, "{query}");
    }
}

#[tokio::test]
async fn event_names_client_session_and_roles_of_operator() {
    let server = server("administrator").await;
    let token = token(&server).await;
    let role = json!({"client_name": "A", "client_type": "confidential", "scope": "a",
        "grant_types": ["client_credentials"]});
    let created = send(&server, &token, Method::POST, "/clients", Some(&role)).await;
    assert_eq!(created.status, 201);
    let path = format!("/events?target=client:{}", created.text("client_id"));
    let listed = send(&server, &token, Method::GET, &path, None).await.ok();
    let event = &listed.json()["items"][0];
    assert_eq!(event["roles"], json!(["administrator"]));
    assert_eq!(event["result"], "succeeded");
    assert_eq!(event["client_id"], claims(&token)["client_id"]);
    assert_eq!(event["session_id"], claims(&token)["sid"]);
}

#[tokio::test]
async fn refused_command_is_event_without_values_of_request() {
    let server = server("owner").await;
    let token = token(&server).await;
    let wrong = json!({"email": 123_456});
    let refused = send(&server, &token, Method::POST, "/users", Some(&wrong)).await;
    assert_eq!(refused.status, 400);
    let events = server.happened().await;
    let event = events.last().unwrap();
    assert_eq!(event.action, Action::REQUEST_REFUSED);
    let jane = fixtures::user_id(1).to_string();
    assert_eq!(event.target, Party::new("user", jane));
    let facts: Vec<_> = event
        .changes
        .iter()
        .filter_map(|fact| fact.after.as_deref())
        .collect();
    assert!(facts.contains(&"email"), "{facts:?}");
    assert!(!facts.concat().contains("123456"), "{facts:?}");
}

#[tokio::test]
async fn events_are_returned_newest_first_in_slices() {
    let server = server("auditor").await;
    store_events(&server).await;
    let token = token(&server).await;
    let mut read: Vec<String> = Vec::new();
    let mut next = String::new();
    loop {
        let path = format!("/events?operator=user:5&limit=3{next}");
        let answer = send(&server, &token, Method::GET, &path, None).await.ok();
        let answer = answer.json();
        read.extend(targets(&answer).into_iter().map(Into::into));
        match answer["next"].as_str() {
            Some(key) => next = format!("&after={key}"),
            None => break,
        }
    }
    assert_eq!(read, ["app3", "app2", "app1", "app0"]);
}

#[tokio::test]
async fn invalid_event_parameter_is_refused_by_name() {
    let server = server("auditor").await;
    let token = token(&server).await;
    for (name, value) in [
        ("operator", ":5"),
        ("target", "client:"),
        ("since", "yesterday"),
        ("until", "-1"),
        ("address", "localhost"),
        ("session_id", "1"),
        ("result", ""),
        ("after", "1:2"),
    ] {
        let path = format!("/events?{name}={value}");
        let answer = send(&server, &token, Method::GET, &path, None).await;
        assert_eq!(answer.status, 400, "{name}");
        assert_eq!(answer.text("field"), name);
    }
}
