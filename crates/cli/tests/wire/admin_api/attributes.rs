//! User attributes, and their values.

use super::{send, server, token};
use crate::harness::Server;
use axum::http::Method;
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::claims::mapping::{ClaimMapping, Destination};
use countersign_domain::claims::value_rule::AttributeType;
use countersign_ports::Definition;
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

async fn request(server: &Server, method: Method, path: &str, body: Value) -> (u16, Value) {
    let token = token(server).await;
    let body = Some(body).filter(|body| !body.is_null());
    let answer = send(server, &token, method, path, body.as_ref()).await;
    let status = answer.status.as_u16();
    let value = if answer.body.is_empty() {
        Value::Null
    } else {
        answer.json()
    };
    (status, value)
}

fn user() -> String {
    format!("/users/{}", fixtures::user_id(2))
}

async fn cost_center(server: &Server) {
    let body = json!({"name": "cost_center", "type": "string", "pattern": "[0-9]{4}",
        "readers": ["admin", "application"]});
    let (status, created) = request(server, Method::POST, "/attributes", body).await;
    assert_eq!((status, &created["writers"]), (201, &json!(["admin"])));
}

#[tokio::test]
async fn value_of_attribute_is_checked_when_it_is_set() {
    let server = server("owner").await;
    cost_center(&server).await;
    for (value, field) in [
        (json!("x"), "attributes.cost_center"),
        (json!("12345"), "attributes.cost_center"),
        (json!(4711), "attributes.cost_center"),
        (json!({"a": 1}), "attributes.cost_center"),
    ] {
        let body = json!({"attributes": {"cost_center": value}});
        let (status, problem) = request(&server, Method::PATCH, &user(), body).await;
        assert_eq!(
            (status, &problem["field"]),
            (400, &json!(field)),
            "{problem}"
        );
    }
    let unknown = json!({"attributes": {"shoe_size": 44}});
    let (status, problem) = request(&server, Method::PATCH, &user(), unknown).await;
    assert_eq!(
        (status, &problem["code"]),
        (400, &json!("attribute_invalid"))
    );
    let body = json!({"attributes": {"cost_center": "4711"}});
    let (status, changed) = request(&server, Method::PATCH, &user(), body).await;
    assert_eq!(
        (status, &changed["attributes"]),
        (200, &json!({"cost_center": "4711"}))
    );
    let removed = json!({"attributes": {"cost_center": null}});
    let (_, changed) = request(&server, Method::PATCH, &user(), removed).await;
    assert_eq!(changed["attributes"], json!({}));
}

#[tokio::test]
async fn changed_definition_leaves_stored_users_readable() {
    let server = server("owner").await;
    cost_center(&server).await;
    let body = json!({"attributes": {"cost_center": "4711"}});
    request(&server, Method::PATCH, &user(), body).await;
    let stricter = json!({"type": "integer", "pattern": null});
    let (status, _) = request(&server, Method::PATCH, "/attributes/cost_center", stricter).await;
    assert_eq!(status, 200);
    let (status, found) = request(&server, Method::GET, &user(), Value::Null).await;
    assert_eq!(
        (status, &found["attributes"]),
        (200, &json!({"cost_center": "4711"}))
    );
    let renamed = json!({"nickname": "Joe"});
    let (status, _) = request(&server, Method::PATCH, &user(), renamed).await;
    assert_eq!(status, 200, "other changes need no valid attributes");
    let (status, _) = request(
        &server,
        Method::DELETE,
        "/attributes/cost_center",
        Value::Null,
    )
    .await;
    assert_eq!(status, 204);
    let (status, found) = request(&server, Method::GET, &user(), Value::Null).await;
    assert_eq!((status, &found["attributes"]), (200, &json!({})));
}

#[tokio::test]
async fn operators_neither_see_nor_set_attributes_of_others() {
    let server = server("owner").await;
    let name = AttributeName::parse("diary").unwrap();
    let diary = Attribute {
        readers: [AttributeParty::User].into(),
        writers: [AttributeParty::User].into(),
        ..Attribute::new(name.clone(), AttributeType::Text, fixtures::NOW)
    };
    server.put(Definition::Attribute(diary)).await;
    let id = fixtures::user_id(2);
    let value = AttributeValue::Text("private".into());
    server
        .change_user(id, |user| {
            drop(user.attributes.values.insert(name.clone(), value));
        })
        .await;
    for path in [
        user(),
        "/users".to_owned(),
        "/users?email_prefix=joe".to_owned(),
    ] {
        let (_, found) = request(&server, Method::GET, &path, Value::Null).await;
        assert!(!found.to_string().contains("private"), "{path}");
    }
    let body = json!({"attributes": {"diary": "x"}});
    let (status, problem) = request(&server, Method::PATCH, &user(), body).await;
    assert_eq!(
        (status, &problem["code"]),
        (400, &json!("attribute_invalid"))
    );
    let (status, changed) =
        request(&server, Method::PATCH, &user(), json!({"nickname": "Joe"})).await;
    assert_eq!((status, &changed["attributes"]), (200, &json!({})));
    server
        .change_user(id, |user| {
            assert!(user.attributes.values.contains_key(&name));
        })
        .await;
}

#[tokio::test]
async fn events_and_previews_hide_attributes_of_others() {
    let server = server("owner").await;
    let body = json!({"name": "diary", "type": "string", "readers": ["application"]});
    request(&server, Method::POST, "/attributes", body).await;
    let body = json!({"email": "kim@example.com", "attributes": {"diary": "first private text"}});
    let (status, created) = request(&server, Method::POST, "/users", body).await;
    assert_eq!((status, &created["attributes"]), (201, &json!({})));
    let kim = format!("/users/{}", created["id"].as_str().unwrap());
    let body = json!({"attributes": {"diary": "second private text"}});
    let (status, changed) = request(&server, Method::PATCH, &kim, body).await;
    assert_eq!((status, &changed["attributes"]), (200, &json!({})));
    let mapping = json!({"claim": "diary", "from": "attribute:diary", "into": ["id_token"]});
    let body = json!({"claims_policy": [mapping]});
    request(&server, Method::PATCH, "/clients/other", body).await;
    let id = created["id"].as_str().unwrap();
    let path = format!("/claims-preview?user_id={id}&client_id=other");
    let (_, preview) = request(&server, Method::GET, &path, Value::Null).await;
    let claim = &preview["claims"][0];
    assert_eq!((&claim["hidden"], claim.get("value")), (&json!(true), None));
    assert_eq!(
        request(&server, Method::DELETE, &kim, Value::Null).await.0,
        204
    );
    let (_, events) = request(&server, Method::GET, "/events", Value::Null).await;
    let events = events.to_string();
    assert!(events.contains("attributes.diary"), "{events}");
    assert!(!events.contains("private"), "{events}");
}

#[tokio::test]
async fn unrelated_change_is_possible_despite_a_mapping_that_breaks_a_rule() {
    let server = server("owner").await;
    cost_center(&server).await;
    // Only concurrent changes lead to this state. The mappings have no effect.
    let grant = fixtures::mapping("groups", "attribute:cost_center");
    let into = [Destination::AccessToken].into_iter().collect();
    let mut api = fixtures::resource_server("https://api.example");
    api.claims_policy.mappings = vec![ClaimMapping { into, ..grant }];
    api.introspection_clients.clear();
    api.version = 0;
    server.put_resource_server(api).await;
    let name = AttributeName::parse("cost_center").unwrap();
    let open = Attribute {
        writers: [AttributeParty::User].into(),
        version: 1,
        ..Attribute::new(name, AttributeType::Text, fixtures::NOW)
    };
    server.put(Definition::Attribute(open)).await;
    let path = "/attributes/cost_center";
    let described = json!({"description": "Four digits"});
    assert_eq!(
        request(&server, Method::PATCH, path, described).await.0,
        200
    );
    let narrowed = json!({"readers": ["admin", "application"]});
    assert_eq!(request(&server, Method::PATCH, path, narrowed).await.0, 409);
    let path = "/resource-servers/https%3A%2F%2Fapi.example";
    let renamed = json!({"name": "Notes"});
    assert_eq!(request(&server, Method::PATCH, path, renamed).await.0, 200);
}

#[tokio::test]
async fn attribute_that_grants_access_cannot_become_user_writable() {
    let server = server("owner").await;
    cost_center(&server).await;
    let mapping =
        json!({"claim": "entitlements", "from": "attribute:cost_center", "into": ["access_token"]});
    let policy = json!({"claims_policy": [mapping]});
    let (status, _) = request(&server, Method::PATCH, "/clients/other", policy.clone()).await;
    assert_eq!(status, 200);
    for (method, body) in [
        (Method::PATCH, json!({"writers": ["admin", "user"]})),
        (Method::PATCH, json!({"readers": ["admin"]})),
        (Method::DELETE, Value::Null),
    ] {
        let (status, problem) = request(&server, method, "/attributes/cost_center", body).await;
        assert_eq!(
            (status, &problem["code"]),
            (409, &json!("conflict")),
            "{problem}"
        );
        assert!(problem["detail"].as_str().unwrap().contains("client other"));
    }
    let (status, _) = request(
        &server,
        Method::PATCH,
        "/clients/other",
        json!({"claims_policy": []}),
    )
    .await;
    assert_eq!(status, 200);
    let writable = json!({"writers": ["admin", "user"]});
    let (status, _) = request(&server, Method::PATCH, "/attributes/cost_center", writable).await;
    assert_eq!(status, 200);
    let (status, problem) = request(&server, Method::PATCH, "/clients/other", policy).await;
    assert_eq!(
        (status, &problem["code"]),
        (400, &json!("claims_policy_invalid"))
    );
}

#[tokio::test]
async fn invalid_policy_is_refused_with_its_mapping() {
    let server = server("owner").await;
    for (mapping, field) in [
        (
            json!({"claim": "sub", "from": "groups", "into": ["id_token"]}),
            "claims_policy",
        ),
        (
            json!({"claim": "x", "from": "moon", "into": ["id_token"]}),
            "claims_policy[0].from",
        ),
        (
            json!({"claim": "x", "value": 1, "from": "groups", "into": ["id_token"]}),
            "claims_policy[0].from",
        ),
        (
            json!({"claim": "x", "from": "groups", "into": ["moon"]}),
            "claims_policy[0].into",
        ),
        (
            json!({"claim": "x", "from": "attribute:unknown", "into": ["id_token"]}),
            "claims_policy",
        ),
    ] {
        let body = json!({"claims_policy": [mapping]});
        let (status, problem) = request(&server, Method::PATCH, "/clients/other", body).await;
        assert_eq!(
            (status, &problem["field"]),
            (400, &json!(field)),
            "{problem}"
        );
    }
}
