//! The admin API.

mod access;
mod attributes;
mod clients;
mod conventions;
mod events;
mod groups;
mod idempotency;
mod limits;
mod nesting;
mod permissions;
mod upstream_providers;
mod user_claims;
mod users;
mod webhooks;

use crate::facts::{ISSUER, TENANT};
use crate::harness::Server;
use crate::requests::Answer;
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::RoleName;
use countersign_domain::grant::authorization_code::CodeFacts;
use countersign_domain::login::authentication::{Authentication, Method as Factor, Methods};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_ports::{Definition, DefinitionRepository as _, Race};
use countersign_store_contract::fixtures;
use serde_json::Value;

pub(crate) const API: &str = "https://auth.example/admin/v1";

fn resource() -> Resource {
    Resource::parse(API).unwrap()
}

/// Password and authenticator app.
pub(crate) fn both() -> Methods {
    Methods::NONE.with(Factor::PASSWORD).with(Factor::TIME_CODE)
}

/// Returns a server with the user 1, who holds this role, an owner, the user 2 without
/// permissions, and the client `web` marked for administration.
pub(crate) async fn server(role: &str) -> Server {
    server_with(&[(user(1), role), (user(9), "owner"), (user(2), "held")]).await
}

/// Returns a server with these users and client, and these holders of admin roles.
pub(crate) async fn server_with(holders: &[(Holder, &str)]) -> Server {
    let server = Server::start().await;
    for (number, email) in [
        (1, "jane@example.com"),
        (2, "joe@example.com"),
        (9, "owner@example.com"),
    ] {
        server.add_user(&fixtures::user(number, email)).await;
    }
    server
        .change("web", |client| {
            client.resources = vec![resource()];
            client.scope = Scope::parse("openid read write admin audit:read").unwrap();
        })
        .await;
    assign(&server, holders).await;
    server
}

pub(crate) fn user(number: u8) -> Holder {
    Holder::User(fixtures::user_id(number))
}

/// Stores the holders of admin roles. Clients need no second factor.
pub(crate) async fn assign(server: &Server, holders: &[(Holder, &str)]) {
    let mut all = Administrators::new();
    for (holder, role) in holders {
        let is_client = matches!(holder, Holder::Client(_));
        let role = RoleName::parse(role).unwrap();
        all.grant(holder, role, is_client).unwrap();
    }
    store(server, all).await;
}

/// Stores a client with an admin role that does not exempt it from the second factor.
pub(crate) async fn assign_without_exemption(server: &Server, client: &Holder, role: &str) {
    let mut all = Administrators::new();
    let role = RoleName::parse(role).unwrap();
    all.grant(client, role, false).unwrap();
    store(server, all).await;
}

async fn store(server: &Server, all: Administrators) {
    let (all, event) = (Definition::Administrators(all), fixtures::event());
    let inserted = server.store.insert_definition(TENANT, &all, &event).await;
    assert_eq!(inserted.unwrap(), Race::Won);
}

/// Returns an access token of user 1 for the admin API, with a change of the sign-in.
pub(crate) async fn token_with(server: &Server, change: impl FnOnce(&mut CodeFacts)) -> String {
    let now = server.now();
    let code = server.code_with("web", |code| {
        let authorization = &mut code.authorization;
        authorization.subject = fixtures::user_id(1).into();
        authorization.access.scope = Scope::parse("openid admin").unwrap();
        authorization.access.resources = vec![resource()];
        authorization.authentication = Authentication::new(now, both());
        change(code);
    });
    server.redeem("web", &code).await.ok().text("access_token")
}

pub(crate) async fn token(server: &Server) -> String {
    token_with(server, |_| {}).await
}

/// Sends a request to the admin API.
pub(crate) async fn send(
    server: &Server,
    token: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    send_with(server, token, (method, path), &[], body).await
}

pub(crate) async fn send_with(
    server: &Server,
    token: &str,
    (method, path): (Method, &str),
    headers: &[(header::HeaderName, &str)],
    body: Option<&Value>,
) -> Answer {
    let path = format!("/admin/v1{path}");
    send_to(server, token, (method, &path), headers, body).await
}

/// Sends a request with an access token to any path.
pub(crate) async fn send_to(
    server: &Server,
    token: &str,
    (method, path): (Method, &str),
    headers: &[(header::HeaderName, &str)],
    body: Option<&Value>,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let has_type = headers
        .iter()
        .any(|(name, _)| *name == header::CONTENT_TYPE);
    if body.is_some() && !has_type {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    server.send(request.body(body).unwrap()).await
}

#[test]
fn api_is_at_the_issuer() {
    assert_eq!(API, format!("{ISSUER}/admin/v1"));
}
