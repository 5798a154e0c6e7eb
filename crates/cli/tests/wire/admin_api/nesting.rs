//! Nested groups, application roles, and the preview of claims.

use super::{send, server_with, token, user};
use crate::harness::Server;
use axum::http::Method;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
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

async fn server(role: &str) -> Server {
    server_with(&[(user(1), role), (user(9), "owner"), (user(2), "held")]).await
}

async fn create(server: &Server, name: &str, parents: &[&str]) -> u16 {
    let body = json!({"name": name, "parents": parents});
    request(server, Method::POST, "/groups", body).await.0
}

#[tokio::test]
async fn parent_that_leads_back_is_refused() {
    let server = server("owner").await;
    assert_eq!(create(&server, "staff", &[]).await, 201);
    assert_eq!(create(&server, "berlin", &["staff"]).await, 201);
    assert_eq!(create(&server, "office", &["berlin"]).await, 201);
    assert_eq!(create(&server, "lost", &["missing"]).await, 404);
    for parents in [json!(["office"]), json!(["berlin"]), json!(["staff"])] {
        let body = json!({"parents": parents});
        let (status, problem) = request(&server, Method::PATCH, "/groups/staff", body).await;
        assert_eq!(
            (status, &problem["field"]),
            (400, &json!("parents")),
            "{problem}"
        );
    }
    let (status, problem) = request(&server, Method::DELETE, "/groups/staff", Value::Null).await;
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")));
    let (status, _) = request(
        &server,
        Method::PATCH,
        "/groups/berlin",
        json!({"parents": []}),
    )
    .await;
    assert_eq!(status, 200);
    let (status, _) = request(&server, Method::DELETE, "/groups/staff", Value::Null).await;
    assert_eq!(status, 204);
}

#[tokio::test]
async fn member_has_admin_roles_of_parent_groups() {
    let jane = fixtures::user_id(1);
    let staff = Holder::Group(GroupName::parse("staff").unwrap());
    let all = server_with(&[(user(9), "owner"), (staff, "operator")]).await;
    for (name, parents) in [("staff", &[][..]), ("berlin", &["staff"])] {
        let parents: Vec<_> = parents
            .iter()
            .map(|own| GroupName::parse(own).unwrap())
            .collect();
        let mut group = Group::new(GroupName::parse(name).unwrap(), fixtures::NOW);
        group.parents = parents.into_iter().collect();
        all.put(Definition::Group(group)).await;
    }
    let (status, _) = request(&all, Method::GET, "/clients", Value::Null).await;
    assert_eq!(status, 403);
    all.change_user(jane, |user| {
        user.groups.push(GroupName::parse("berlin").unwrap());
    })
    .await;
    let (status, _) = request(&all, Method::GET, "/clients", Value::Null).await;
    assert_eq!(status, 200, "a member of berlin has the roles of staff");
}

#[tokio::test]
async fn operator_needs_permissions_of_parents() {
    let operators = Holder::Group(GroupName::parse("operators").unwrap());
    let server = server_with(&[
        (user(1), "support"),
        (user(9), "owner"),
        (operators, "operator"),
    ])
    .await;
    server.add_group("operators").await;
    server.add_group("staff").await;
    let (status, problem) = request(
        &server,
        Method::PATCH,
        "/groups/staff",
        json!({"parents": ["operators"]}),
    )
    .await;
    assert_eq!(
        (status, &problem["code"]),
        (403, &json!("permission_missing")),
        "{problem}"
    );
    assert_eq!(create(&server, "new", &["operators"]).await, 403);
}

#[tokio::test]
async fn only_defined_roles_can_be_granted() {
    let server = server("owner").await;
    let body = json!({"audience": "api", "roles": [{"name": "editor"}]});
    assert_eq!(
        request(&server, Method::POST, "/resource-servers", body)
            .await
            .0,
        201
    );
    assert_eq!(create(&server, "staff", &[]).await, 201);
    let joe = format!("/users/{}", fixtures::user_id(2));
    for path in [joe.as_str(), "/groups/staff"] {
        let unknown = json!({"roles": {"api": ["owner"]}});
        let (status, problem) = request(&server, Method::PATCH, path, unknown).await;
        assert_eq!(
            (status, &problem["field"]),
            (400, &json!("roles")),
            "{problem}"
        );
        let missing = json!({"roles": {"other": ["editor"]}});
        assert_eq!(request(&server, Method::PATCH, path, missing).await.0, 404);
        let granted = json!({"roles": {"api": ["editor"]}});
        let (status, changed) = request(&server, Method::PATCH, path, granted.clone()).await;
        assert_eq!((status, &changed["roles"]), (200, &granted["roles"]));
    }
    let gone = json!({"roles": []});
    assert_eq!(
        request(&server, Method::PATCH, "/resource-servers/api", gone)
            .await
            .0,
        200
    );
    let (status, _) = request(&server, Method::PATCH, &joe, json!({"nickname": "Joe"})).await;
    assert_eq!(status, 200, "a role that is no longer defined does no harm");
}

#[tokio::test]
async fn roles_do_not_return_with_a_recreated_resource_server() {
    let server = server("owner").await;
    assert_eq!(create(&server, "staff", &[]).await, 201);
    let joe = format!("/users/{}", fixtures::user_id(2));
    let api = || json!({"audience": "api", "roles": [{"name": "editor"}]});
    let granted = json!({"roles": {"api": ["editor"]}});
    request(&server, Method::POST, "/resource-servers", api()).await;
    for path in [joe.as_str(), "/groups/staff"] {
        let (_, changed) = request(&server, Method::PATCH, path, granted.clone()).await;
        assert_eq!(changed["roles"], granted["roles"]);
    }
    let gone = request(
        &server,
        Method::DELETE,
        "/resource-servers/api",
        Value::Null,
    )
    .await;
    assert_eq!(gone.0, 204);
    request(&server, Method::POST, "/resource-servers", api()).await;
    for path in [joe.as_str(), "/groups/staff"] {
        let (_, found) = request(&server, Method::GET, path, Value::Null).await;
        assert_eq!(found["roles"], json!({}), "{path}");
        let other = json!({"description": "x"});
        let other = if path == joe {
            json!({"nickname": "Joe"})
        } else {
            other
        };
        let (_, changed) = request(&server, Method::PATCH, path, other).await;
        assert_eq!(changed["roles"], json!({}), "{path}");
        let (_, changed) = request(&server, Method::PATCH, path, granted.clone()).await;
        assert_eq!(changed["roles"], granted["roles"], "{path}");
    }
}

#[tokio::test]
async fn preview_names_the_mapping_of_each_claim() {
    let server = server("owner").await;
    let policy = json!([{"claim": "roles", "from": "roles", "into": ["access_token"]}]);
    let body = json!({"audience": "api", "roles": [{"name": "editor"}], "claims_policy": policy});
    assert_eq!(
        request(&server, Method::POST, "/resource-servers", body)
            .await
            .0,
        201
    );
    let policy = json!([
        {"claim": "nick", "from": "profile:nickname", "into": ["id_token"]},
        {"claim": "nick", "value": "none", "into": ["id_token"]},
        {"claim": "roles", "value": ["admin"], "into": ["access_token"]},
    ]);
    let body = json!({"claims_policy": policy, "audience": "api"});
    assert_eq!(
        request(&server, Method::PATCH, "/clients/other", body)
            .await
            .0,
        200
    );
    let joe = fixtures::user_id(2);
    let granted = json!({"roles": {"api": ["editor"]}});
    assert_eq!(
        request(&server, Method::PATCH, &format!("/users/{joe}"), granted)
            .await
            .0,
        200
    );
    let path = format!("/claims-preview?user_id={joe}&client_id=other");
    let (status, preview) = request(&server, Method::GET, &path, Value::Null).await;
    assert_eq!(status, 200, "{preview}");
    let expected = json!([
        {"into": "id_token", "claim": "nick", "dropped": "no_value", "policy": "client", "mapping": 1, "from": "profile:nickname"},
        {"into": "id_token", "claim": "nick", "value": "none", "policy": "client", "mapping": 2, "from": "value"},
        {"into": "access_token", "claim": "roles", "value": ["editor"], "policy": "resource_server", "mapping": 1, "from": "roles"},
        {"into": "access_token", "claim": "roles", "dropped": "resource_server_decides", "policy": "client", "mapping": 3, "from": "value"},
    ]);
    assert_eq!(preview["claims"], expected);
    for (query, status) in [
        ("", 400),
        ("?user_id=x&client_id=other", 404),
        (&format!("?user_id={joe}&client_id=missing"), 404),
        (
            &format!("?user_id={joe}&client_id=other&resource_server=missing"),
            404,
        ),
        (
            &format!("?user_id={joe}&client_id=web&resource_server=api"),
            409,
        ),
    ] {
        let path = format!("/claims-preview{query}");
        assert_eq!(
            request(&server, Method::GET, &path, Value::Null).await.0,
            status,
            "{query}"
        );
    }
}

#[tokio::test]
async fn owner_of_a_client_cannot_change_its_policy() {
    let server = server("developer").await;
    server
        .change("loose", |client| client.owner = Some(user(1)))
        .await;
    let policy = json!([{"claim": "roles", "value": ["admin"], "into": ["access_token"]}]);
    let body = json!({"claims_policy": policy});
    let (status, problem) = request(&server, Method::PATCH, "/clients/loose", body).await;
    assert_eq!(
        (status, &problem["missing_permissions"]),
        (403, &json!("clients:write")),
        "{problem}"
    );
}
