//! Claims of users, and verified addresses.

use super::{send, send_with, server, token};
use crate::facts::TENANT;
use crate::harness::Server;
use axum::http::{Method, header};
use countersign_ports::{After, Audit as _};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

fn joe() -> String {
    format!("/users/{}", fixtures::user_id(2))
}

/// Returns the fields of each change of a user, oldest change first.
async fn changed_fields(server: &Server) -> Vec<Vec<String>> {
    let events = server.store.list_events(TENANT, After::start());
    let events = events.await.unwrap().items.into_iter();
    let events = events.map(|record| record.event);
    let updates = events.filter(|event| event.action.as_str() == "user.updated");
    let names = updates.map(|event| {
        let changes = event.changes.iter();
        changes.map(|change| change.field.to_string()).collect()
    });
    names.collect()
}

#[tokio::test]
async fn created_user_has_claims_of_the_request() {
    let server = server("support").await;
    let token = token(&server).await;
    let body = json!({
        "email": "new@example.com",
        "email_verified": true,
        "name": "New User",
        "given_name": "New",
        "locale": "pt-BR",
        "zoneinfo": "Europe/Berlin",
        "birthdate": "1987-10-16",
        "website": "https://new.example/",
        "phone_number": "+49 30 1234567",
        "phone_number_verified": true,
        "address": {"street_address": "Street 1\nHouse 2", "locality": "Bonn"},
    });
    let created = send(&server, &token, Method::POST, "/users", Some(&body)).await;
    assert_eq!(created.status, 201);
    let created = created.json();
    let path = format!("/users/{}", created["id"].as_str().unwrap());
    let shown = send(&server, &token, Method::GET, &path, None).await.ok();
    for (name, value) in body.as_object().unwrap() {
        let (created, shown) = (&created[name], &shown.json()[name]);
        assert_eq!((created, shown), (value, value), "{name}");
    }
    assert_eq!(created["updated_at"], created["created_at"]);
}

#[tokio::test]
async fn merge_patch_of_claims_is_one_change() {
    let server = server("support").await;
    let token = token(&server).await;
    let patch = async |body: Value, tag: &str| {
        let headers = [(header::IF_MATCH, tag)];
        let target = (Method::PATCH, joe());
        let target = (target.0, target.1.as_str());
        send_with(&server, &token, target, &headers, Some(&body)).await
    };
    let all = json!({
        "email": "joe@new.example",
        "email_verified": true,
        "family_name": "Bloggs",
        "phone_number": "+49 30 1234567",
        "phone_number_verified": true,
        "address": {"locality": "Bonn", "country": "DE"},
    });
    let changed = patch(all.clone(), "\"1\"").await.ok();
    assert_eq!(changed.header(header::ETAG), Some("\"2\""));
    for (name, value) in all.as_object().unwrap() {
        assert_eq!(changed.json()[name], *value, "{name}");
    }
    assert_eq!(changed.text("name"), "Jane", "not in the patch");
    assert_eq!(patch(json!({"locale": "de"}), "\"1\"").await.status, 412);

    let some = json!({
        "family_name": null,
        "phone_number": "+49 30 7654321",
        "address": {"country": null, "region": "NRW"},
    });
    let changed = patch(some, "\"2\"").await.ok().json();
    assert_eq!(changed.get("family_name"), None);
    assert_eq!(changed["phone_number_verified"], false, "a new number");
    let address = json!({"locality": "Bonn", "region": "NRW"});
    assert_eq!(changed["address"], address);
    let rest = json!({"address": {"locality": null, "region": null}, "phone_number": null});
    let changed = patch(rest, "\"3\"").await.ok().json();
    assert_eq!(changed.get("address"), None);
    assert_eq!(changed.get("phone_number"), None);
    let expected = [
        &["address.country", "address.locality", "email"][..],
        &["address.country", "address.region", "family_name"],
        &["address.locality", "address.region", "phone_number"],
    ];
    let fields = changed_fields(&server).await;
    assert_eq!(fields.len(), expected.len(), "one event each");
    for (fields, expected) in fields.iter().zip(expected) {
        assert!(
            fields
                .iter()
                .map(String::as_str)
                .take(3)
                .eq(expected.iter().copied()),
            "{fields:?}"
        );
    }
}

#[tokio::test]
async fn invalid_claim_is_refused_with_field_and_rule() {
    let server = server("support").await;
    let token = token(&server).await;
    for (name, value, field, rule) in [
        ("name", json!(""), "name", "1 to 200 characters"),
        ("given_name", json!(7), "given_name", "expected a string"),
        ("locale", json!("no locale"), "locale", "language tag"),
        ("zoneinfo", json!("Europe/"), "zoneinfo", "time zone"),
        (
            "birthdate",
            json!("1987-04-31"),
            "birthdate",
            "a date such as",
        ),
        ("picture", json!("ftp://a"), "picture", "https://"),
        ("phone_number", json!("030"), "phone_number", "country code"),
        ("address", json!("Bonn"), "address", "an object"),
        (
            "address",
            json!({"town": "Bonn"}),
            "address.town",
            "unknown field",
        ),
        (
            "address",
            json!({"country": "D\u{7}"}),
            "address",
            "country:",
        ),
        (
            "address",
            json!({"region": "a\n".repeat(300)}),
            "address",
            "1 to 500",
        ),
        ("given_nam", json!("Joe"), "given_nam", "given_name"),
        ("updated_at", json!(1), "updated_at", "is unknown"),
        ("email_verified", json!("yes"), "email_verified", "boolean"),
    ] {
        let mut patch = json!({"nickname": "Jo"});
        patch[name] = value;
        let mut new = patch.clone();
        new["email"] = json!("new@example.com");
        let joe = joe();
        let before = server.contents();
        for (method, path, body) in [
            (Method::PATCH, joe.as_str(), &patch),
            (Method::POST, "/users", &new),
        ] {
            let answer = send(&server, &token, method, path, Some(body)).await;
            assert_eq!(answer.status, 400, "{name}");
            assert_eq!(answer.text("field"), field);
            let detail = answer.text("detail");
            assert!(detail.contains(rule), "{detail}");
        }
        assert_eq!(server.contents(), before, "{name}");
    }
}

#[tokio::test]
async fn verified_address_needs_permission_to_reset_factors() {
    let server = server("owner").await;
    let owner = token(&server).await;
    let role = json!({"name": "writer", "permissions": ["users:read", "users:write"]});
    let created = send(&server, &owner, Method::POST, "/admin-roles", Some(&role)).await;
    assert_eq!(created.status, 201);
    let writer = json!({"role": "writer"});
    let roles = format!("/administrators/user:{}/roles", fixtures::user_id(2));
    let granted = send(&server, &owner, Method::POST, &roles, Some(&writer)).await;
    assert!(granted.status.is_success());
    let writer = super::token_with(&server, |code| {
        code.authorization.subject = fixtures::user_id(2).into();
    });
    let writer = writer.await;
    let mut new = json!({"email": "new@example.com", "email_verified": true});
    for (method, path, body) in [
        (Method::POST, "/users".to_owned(), new.clone()),
        (Method::PATCH, joe(), json!({"email_verified": false})),
        (Method::PATCH, joe(), json!({"email": "joe@new.example"})),
    ] {
        let answer = send(&server, &writer, method, &path, Some(&body)).await;
        assert_eq!(answer.status, 403, "{body}");
        let missing = &answer.json()["missing_permissions"];
        assert_eq!(missing, "users:reset-factors");
    }
    new["email_verified"] = json!(false);
    let created = send(&server, &writer, Method::POST, "/users", Some(&new)).await;
    assert_eq!(created.status, 201);
    let named = json!({"name": "Joe", "email_verified": true});
    let named = send(&server, &writer, Method::PATCH, &joe(), Some(&named)).await;
    named.ok();
}
