//! `/api/users`, the sessions of a user, and the settings.

use super::{call, invalid};
use crate::admin_api::{self, token, token_with};
use crate::facts::TENANT;
use crate::harness::Server;
use axum::http::Method;
use countersign_domain::federation::identity::Identity;
use countersign_domain::login::session::Session;
use countersign_ports::{After, Audit as _, IdentityRepository as _, Race, SessionRepository as _};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

fn path(number: u8) -> String {
    format!("/api/users/{}", fixtures::user_id(number))
}

/// Returns the operator and the target of the last event with this action.
async fn last_event(server: &Server, action: &str) -> Option<(String, String)> {
    let events = server.store.list_events(TENANT, After::start());
    let events = events.await.unwrap().items;
    let mut matching = events.iter().map(|record| &record.event);
    let event = matching.rfind(|event| event.action.as_str() == action)?;
    Some((event.operator.id.clone(), event.target.id.clone()))
}

#[tokio::test]
async fn aero2_25_operator_reads_and_changes_user() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    let call = async |method, path: &str, body| call(&server, &token, method, path, body).await;
    let listed = call(Method::GET, "/api/users?limit=1&page=2", None)
        .await
        .ok()
        .json();
    assert_eq!(listed["users"].as_array().unwrap().len(), 1);
    assert_eq!(listed["pagination"]["total"], 3);

    let change = json!({"name": "Joe B.", "given_name": "Joe", "email_verified": true});
    let changed = call(Method::PUT, &path(2), Some(change.clone()))
        .await
        .ok()
        .json();
    let shown = call(Method::GET, &path(2), None).await.ok().json();
    for (member, value) in change.as_object().unwrap() {
        assert_eq!((&changed[member], &shown[member]), (value, value));
    }
    assert_eq!(shown["email"], "joe@example.com");
    assert_eq!(shown["identities"], json!([]));
    assert_eq!(shown["roles"], json!(["held"]));
    let operator = fixtures::user_id(1).to_string();
    let target = fixtures::user_id(2).to_string();
    assert_eq!(
        last_event(&server, "user.updated").await,
        Some((operator, target))
    );

    for (body, field) in [
        (json!({"email": "new@example.com"}), "email"),
        (json!({"name": ""}), "name"),
        (json!({"status": "gone"}), "status"),
        (json!({"status": "disabled", "name": "Joe"}), "status"),
    ] {
        let answer = call(Method::PUT, &path(2), Some(body)).await;
        let expected = (400, "validation_error".to_owned(), field.to_owned());
        assert_eq!(invalid(&answer), expected);
    }
    assert_eq!(call(Method::GET, &path(7), None).await.refusal().0, 404);
}

#[tokio::test]
async fn aero2_25_operator_lists_and_removes_identities() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    let identities = format!("{}/identities", path(2));
    let list = async || {
        let listed = call(&server, &token, Method::GET, &identities, None);
        listed.await.ok().json()
    };
    assert_eq!(list().await, json!({"identities": []}));
    let linked = Identity {
        user: fixtures::user_id(2),
        ..fixtures::identity(1)
    };
    let race = server.store.insert_identity(TENANT, &linked).await.unwrap();
    assert_eq!(race, Race::Won);
    let shown = list().await;
    let one = &shown["identities"][0];
    assert_eq!(one["provider"], "corp");
    assert_eq!(one["provider_user_id"], "1");
    assert_eq!(one["email"], "jane@corp.example");
    assert!(one["created_at"].is_string());
    let details = call(&server, &token, Method::GET, &path(2), None)
        .await
        .ok();
    assert_eq!(details.json()["identities"], shown["identities"]);
    let one = format!("{identities}/{}", one["id"].as_str().unwrap());
    let removed = call(&server, &token, Method::DELETE, &one, None).await.ok();
    assert_eq!(removed.json(), json!({"message": "Identity removed"}));
    for gone in [one, format!("{identities}/github")] {
        let answer = call(&server, &token, Method::DELETE, &gone, None).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()));
    }
}

#[tokio::test]
async fn aero2_25_user_changes_only_own_names() {
    let server = admin_api::server("operator").await;
    let own = token_with(&server, |code| {
        code.authorization.subject = fixtures::user_id(2).into();
    });
    let own = own.await;
    let me = "/api/users/me";
    let body = json!({"name": "Joe", "given_name": "Joe", "family_name": "Bloggs"});
    let changed = call(&server, &own, Method::PUT, me, Some(body))
        .await
        .ok()
        .json();
    assert_eq!(changed["id"], fixtures::user_id(2).to_string());
    assert_eq!(changed["family_name"], "Bloggs");
    let shown = call(&server, &own, Method::GET, me, None).await.ok();
    assert_eq!(shown.json(), changed);
    for field in ["email", "email_verified", "status"] {
        let mut body = json!({});
        body[field] = Value::Bool(true);
        let answer = call(&server, &own, Method::PUT, me, Some(body)).await;
        assert_eq!(invalid(&answer).2, field);
    }
    for path in [path(1), path(2)] {
        let answer = call(&server, &own, Method::GET, &path, None).await;
        assert_eq!(answer.status, 403, "no permission for users");
    }
}

#[tokio::test]
async fn aero2_24_disabling_user_ends_their_sessions() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    let session = Session {
        user: fixtures::user_id(2),
        ..fixtures::session(5)
    };
    let inserted = server.store.insert_session(TENANT, &session).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    let sessions = format!("{}/sessions", path(2));
    let listed = call(&server, &token, Method::GET, &sessions, None)
        .await
        .ok()
        .json();
    assert_eq!(listed["sessions"][0]["id"], session.id.to_string());
    assert_eq!(listed["sessions"][0]["is_current"], false);
    let disable = json!({"status": "disabled"});
    let disabled = call(&server, &token, Method::PUT, &path(2), Some(disable))
        .await
        .ok();
    assert_eq!(disabled.text("status"), "disabled");
    let listed = call(&server, &token, Method::GET, &sessions, None)
        .await
        .ok();
    assert_eq!(listed.json(), json!({"sessions": []}));
    let enable = json!({"status": "active"});
    let enabled = call(&server, &token, Method::PUT, &path(2), Some(enable))
        .await
        .ok();
    assert_eq!(enabled.text("status"), "active");
}

#[tokio::test]
async fn aero2_28_settings_show_mfa_policy() {
    let server = admin_api::server("operator").await;
    let token = token(&server).await;
    let path = "/api/applications/settings";
    let shown = call(&server, &token, Method::GET, path, None).await.ok();
    let expected = json!({"mfa_policy": "optional", "mfa_remember_device_days": 30});
    assert_eq!(shown.json(), expected);
    let change = json!({"mfa_policy": "required"});
    let answer = call(&server, &token, Method::PUT, path, Some(change)).await;
    assert_eq!(invalid(&answer).0, 405);
}
