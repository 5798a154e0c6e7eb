//! Groups, their members, and the permissions that members get.

use super::{send, send_with, server, server_with, token, token_with, user};
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::{Method, header};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::login::authentication::{Authentication, Method as Factor, Methods};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const STAFF: &str = "/groups/staff";
const MEMBERS: &str = "/groups/staff/members";

fn member(number: u8) -> String {
    format!("{MEMBERS}/{}", fixtures::user_id(number))
}

fn new_member(number: u8) -> Value {
    json!({"user_id": fixtures::user_id(number).to_string()})
}

async fn post(server: &Server, token: &str, path: &str, body: Value) -> Answer {
    send(server, token, Method::POST, path, Some(&body)).await
}

async fn delete(server: &Server, token: &str, path: &str) -> u16 {
    let answer = send(server, token, Method::DELETE, path, None).await;
    answer.status.as_u16()
}

/// Returns an access token of another user.
async fn token_of(server: &Server, number: u8) -> String {
    let code = token_with(server, |code| {
        code.authorization.subject = fixtures::user_id(number).into();
    });
    code.await
}

/// Returns a server where user 1 holds this role and the group `staff` holds `operator`.
async fn server_of_operators(role: &str) -> Server {
    let staff = Holder::Group(GroupName::parse("staff").unwrap());
    let holders = [(user(1), role), (user(9), "owner"), (staff, "operator")];
    let server = server_with(&holders).await;
    server.add_group("staff").await;
    server
}

#[tokio::test]
async fn group_is_created_changed_and_deleted() {
    let server = server("support").await;
    let token = token(&server).await;
    let body = json!({"name": "staff", "description": "Everyone", "parents": [], "roles": {}});
    let created = post(&server, &token, "/groups", body.clone()).await;
    assert_eq!(
        (created.status.as_u16(), created.json()),
        (201, body.clone())
    );
    assert_eq!(
        post(&server, &token, "/groups", body.clone()).await.status,
        409
    );
    let listed = send(&server, &token, Method::GET, "/groups", None).await;
    assert_eq!(listed.ok().json()["items"], json!([body]));
    let patch = json!({"description": null});
    let stale = [(header::IF_MATCH, "\"7\"")];
    let target = (Method::PATCH, STAFF);
    let refused = send_with(&server, &token, target.clone(), &stale, Some(&patch)).await;
    assert_eq!(refused.status, 412);
    let current = [(header::IF_MATCH, "\"1\"")];
    let changed = send_with(&server, &token, target, &current, Some(&patch)).await;
    assert_eq!(changed.ok().text("description"), "");
    for (method, path, body) in [
        (Method::PATCH, STAFF, json!({"name": "other"})),
        (Method::POST, "/groups", json!({"name": "Staff"})),
        (
            Method::POST,
            "/groups",
            json!({"name": "a", "description": "\n"}),
        ),
        (Method::POST, "/groups", json!({"name": "a", "parent": "b"})),
    ] {
        let answer = send(&server, &token, method, path, Some(&body)).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    assert_eq!(delete(&server, &token, STAFF).await, 204);
    assert_eq!(delete(&server, &token, STAFF).await, 404);
}

#[tokio::test]
async fn members_are_added_listed_and_removed() {
    let server = server("support").await;
    let token = token(&server).await;
    post(&server, &token, "/groups", json!({"name": "staff"})).await;
    for _ in 0..2 {
        let added = post(&server, &token, MEMBERS, new_member(2)).await;
        assert_eq!(added.ok().json()["groups"], json!(["staff"]));
    }
    let listed = send(&server, &token, Method::GET, MEMBERS, None).await;
    let listed = listed.ok().json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["email"], "joe@example.com");
    assert_eq!(delete(&server, &token, STAFF).await, 409, "it has a member");
    for path in ["/groups/missing/members", MEMBERS] {
        let body = if path == MEMBERS { 7 } else { 2 };
        let answer = post(&server, &token, path, new_member(body)).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(delete(&server, &token, &member(2)).await, 204);
    assert_eq!(delete(&server, &token, &member(2)).await, 404);
    assert_eq!(delete(&server, &token, STAFF).await, 204);
}

#[tokio::test]
async fn user_is_in_at_most_hundred_groups() {
    let server = server("support").await;
    let token = token(&server).await;
    let mut busy = fixtures::user(3, "busy@example.com");
    for number in 0..=100 {
        let name = format!("group-{number}");
        server.add_group(&name).await;
        if number < 99 {
            busy.groups.push(GroupName::parse(&name).unwrap());
        }
    }
    server.add_user(&busy).await;
    for (number, status) in [(99, 200), (100, 409)] {
        let path = format!("/groups/group-{number}/members");
        let added = post(&server, &token, &path, new_member(3)).await;
        assert_eq!(added.status, status, "{number}");
    }
}

#[tokio::test]
async fn member_has_permissions_of_group_until_removal() {
    let server = server_of_operators("owner").await;
    let owner = token(&server).await;
    let joe = token_of(&server, 2).await;
    let read = async || {
        let answer = send(&server, &joe, Method::GET, "/clients", None).await;
        answer.status.as_u16()
    };
    assert_eq!(read().await, 403);
    post(&server, &owner, MEMBERS, new_member(2)).await.ok();
    assert_eq!(read().await, 200);
    assert_eq!(delete(&server, &owner, &member(2)).await, 204);
    assert_eq!(read().await, 403);
}

#[tokio::test]
async fn change_of_members_needs_permissions_of_group() {
    let server = server_of_operators("support").await;
    let support = token(&server).await;
    let owner = token_of(&server, 9).await;
    let refused = post(&server, &support, MEMBERS, new_member(1)).await;
    assert_eq!(refused.status, 403, "an operator cannot join");
    let missing = refused.text("missing_permissions");
    assert!(missing.contains("clients:write"), "{missing}");
    post(&server, &owner, MEMBERS, new_member(2)).await.ok();
    assert_eq!(delete(&server, &support, &member(2)).await, 403);
    let change = json!({"description": "Mine"});
    let answer = send(&server, &support, Method::PATCH, STAFF, Some(&change)).await;
    assert_eq!(answer.status, 403);
    for (method, path, body) in [
        (Method::PATCH, "", Some(json!({"name": "Joe"}))),
        (Method::POST, "/disable", None),
        (Method::POST, "/reset-password", None),
        (Method::DELETE, "", None),
    ] {
        let path = format!("/users/{}{path}", fixtures::user_id(2));
        let answer = send(&server, &support, method, &path, body.as_ref()).await;
        assert_eq!(
            answer.status, 403,
            "the member has more permissions: {path}"
        );
    }
}

#[tokio::test]
async fn joining_sensitive_group_needs_second_factor() {
    let server = server_of_operators("owner").await;
    let password = token_with(&server, |code| {
        let password = Methods::NONE.with(Factor::PASSWORD);
        code.authorization.authentication = Authentication::new(server.now(), password);
    });
    let password = password.await;
    post(&server, &password, "/groups", json!({"name": "plain"})).await;
    let added = post(&server, &password, "/groups/plain/members", new_member(2)).await;
    added.ok();
    let refused = post(&server, &password, MEMBERS, new_member(2)).await;
    assert_eq!(refused.status, 401, "the role has keys:write");
}

#[tokio::test]
async fn group_holds_roles_but_is_no_owner() {
    let server = server("owner").await;
    let owner = token(&server).await;
    let roles = "/administrators/group:staff/roles";
    let grant = json!({"role": "owner"});
    let answer = post(&server, &owner, roles, grant.clone()).await;
    assert_eq!(answer.status, 404, "no such group");
    post(&server, &owner, "/groups", json!({"name": "staff"})).await;
    post(&server, &owner, MEMBERS, new_member(2)).await.ok();
    let exempt = json!({"role": "owner", "without_second_factor": true});
    assert_eq!(post(&server, &owner, roles, exempt).await.status, 409);
    let granted = post(&server, &owner, roles, grant).await.ok();
    assert_eq!(granted.text("holder"), "group:staff");
    let listed = send(&server, &owner, Method::GET, "/administrators", None).await;
    let items = listed.ok().json()["items"].clone();
    assert!(items.as_array().unwrap().contains(&granted.json()));
    let of = |number| format!("/administrators/{}/roles/owner", user(number));
    assert_eq!(delete(&server, &owner, &of(9)).await, 204);
    assert_eq!(delete(&server, &owner, &of(1)).await, 409, "the last owner");
    assert_eq!(delete(&server, &owner, &member(2)).await, 204);
    assert_eq!(delete(&server, &owner, STAFF).await, 409, "it holds a role");
    assert_eq!(
        delete(&server, &owner, &format!("{roles}/owner")).await,
        204
    );
    assert_eq!(delete(&server, &owner, STAFF).await, 204);
}
