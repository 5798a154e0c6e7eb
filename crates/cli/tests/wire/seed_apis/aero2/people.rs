//! `/api/users`: search, deletion and sign-out.

use super::{call, invalid};
use crate::admin_api::{self, token};
use crate::facts::TENANT;
use crate::harness::Server;
use axum::http::Method;
use countersign_domain::login::authentication::{Authentication, Method as Factor, Methods};
use countersign_domain::login::session::Session;
use countersign_ports::{Race, SessionRepository as _};
use countersign_store_contract::fixtures;
use serde_json::json;

fn path(number: u8) -> String {
    format!("/api/users/{}", fixtures::user_id(number))
}

/// Signs in user 2 in two browsers. Returns the refresh token of one of them for the client `other`.
async fn sign_in(server: &Server) -> String {
    for number in [5, 6] {
        let session = Session {
            user: fixtures::user_id(2),
            ..fixtures::session(number)
        };
        let inserted = server.store.insert_session(TENANT, &session).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    let code = server.code_with("other", |code| {
        code.authorization.subject = fixtures::user_id(2).into();
        code.authorization.session = Some(fixtures::session_id(5));
    });
    let redeemed = server.redeem("other", &code).await.ok();
    redeemed.text("refresh_token")
}

#[tokio::test]
async fn aero2_25_search_finds_users_by_email_and_name() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    let name = json!({"name": "Zo\u{eb} Jansen"});
    let renamed = call(&server, &token, Method::PUT, &path(2), Some(name)).await;
    renamed.ok();
    let search = async |query: &str| {
        let path = format!("/api/users?{query}");
        let found = call(&server, &token, Method::GET, &path, None).await;
        let found = found.ok().json();
        let users = found["users"].as_array().unwrap();
        let emails = users.iter().map(|user| user["email"].as_str().unwrap());
        let emails: Vec<_> = emails.map(str::to_owned).collect();
        (emails.join(" "), found["pagination"]["total"].clone())
    };
    for (query, emails, total) in [
        ("search=JAN%45%40", "jane@example.com", 1),
        ("search=zo%C3%8B+j", "joe@example.com", 1),
        (
            "search=%40EXAMPLE.com&limit=1&page=3",
            "owner@example.com",
            3,
        ),
        (
            "search=o",
            "owner@example.com jane@example.com joe@example.com",
            3,
        ),
        ("search=unknown", "", 0),
    ] {
        let expected = (emails.to_owned(), json!(total));
        assert_eq!(search(query).await, expected, "{query}");
    }
    for query in ["search=".to_owned(), format!("search={}", "a".repeat(255))] {
        let path = format!("/api/users?{query}");
        let answer = call(&server, &token, Method::GET, &path, None).await;
        let expected = (400, "validation_error".to_owned(), "search".to_owned());
        assert_eq!(invalid(&answer), expected);
    }
}

#[tokio::test]
async fn aero2_25_deleted_user_is_gone_and_signed_out() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    let refresh = sign_in(&server).await;
    let owner = call(&server, &token, Method::DELETE, &path(9), None).await;
    assert_eq!(owner.refusal(), (403, "insufficient_scope".to_owned()));
    let deleted = call(&server, &token, Method::DELETE, &path(2), None).await;
    assert_eq!(deleted.ok().json(), json!({"message": "User deleted"}));
    for method in [Method::GET, Method::DELETE] {
        let answer = call(&server, &token, method, &path(2), None).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()));
    }
    let refused = server.refresh("other", &refresh).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn aero2_25_last_owner_cannot_be_deleted() {
    let holders = [(admin_api::user(1), "owner")];
    let server = admin_api::server_with(&holders).await;
    let token = token(&server).await;
    let answer = call(&server, &token, Method::DELETE, &path(1), None).await;
    assert_eq!(answer.refusal(), (409, "conflict".to_owned()));
}

#[tokio::test]
async fn aero2_24_operator_signs_user_out_everywhere() {
    let server = admin_api::server("support").await;
    let token = token(&server).await;
    let refresh = sign_in(&server).await;
    let sessions = format!("{}/sessions", path(2));
    let end = async || call(&server, &token, Method::DELETE, &sessions, None).await;
    let expected = |count: u8| json!({"message": "All sessions revoked", "revoked_count": count});
    assert_eq!(end().await.ok().json(), expected(2));
    let listed = call(&server, &token, Method::GET, &sessions, None).await;
    assert_eq!(listed.ok().json(), json!({"sessions": []}));
    assert_eq!(end().await.ok().json(), expected(0));
    let refused = server.refresh("other", &refresh).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".to_owned()));

    let server = admin_api::server("auditor").await;
    let token = admin_api::token(&server).await;
    let answer = call(&server, &token, Method::DELETE, &sessions, None).await;
    assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()));
}

#[tokio::test]
async fn aero2_25_owner_changes_own_names_without_second_factor() {
    let server = admin_api::server("owner").await;
    let token = admin_api::token_with(&server, |code| {
        let password = Methods::NONE.with(Factor::PASSWORD);
        code.authorization.authentication = Authentication::new(server.now(), password);
    });
    let token = token.await;
    let name = json!({"name": "Jane O."});
    let other = call(&server, &token, Method::PUT, &path(2), Some(name.clone())).await;
    assert_eq!(
        other.ok().text("name"),
        "Jane O.",
        "no sensitive permission"
    );
    let own = call(&server, &token, Method::PUT, &path(1), Some(name.clone())).await;
    assert_eq!(own.status, 401, "a user with sensitive permissions");
    let own = call(&server, &token, Method::PUT, "/api/users/me", Some(name)).await;
    assert_eq!(own.ok().text("name"), "Jane O.");
}
