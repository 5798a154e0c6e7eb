//! Which tokens the admin API accepts.

use super::{API, assign, both, send, server, token, token_with};
use crate::facts::FORM;
use crate::harness::Server;
use crate::requests::{Answer, machine, with};
use axum::http::{Method, header};
use countersign_domain::administration::holder::Holder;
use countersign_domain::client::{ClientStatus, GrantType};
use countersign_domain::login::authentication::{Authentication, Method as Factor, Methods};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_store_contract::fixtures;
use serde_json::json;

async fn list(server: &Server, token: &str, path: &str) -> Answer {
    send(server, token, Method::GET, path, None).await
}

fn challenge(answer: &Answer) -> &str {
    answer.header(header::WWW_AUTHENTICATE).unwrap_or_default()
}

#[tokio::test]
async fn token_for_another_audience_is_refused() {
    let server = server("owner").await;
    let plain = server.tokens("web").await.text("access_token");
    let answer = list(&server, &plain, "/clients").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.text("code"), "access_token_for_another_resource");
    assert!(challenge(&answer).contains("error=\"invalid_token\""));
    server
        .change("web", |client| {
            client
                .resources
                .push(Resource::parse("https://b.example").unwrap());
        })
        .await;
    let both = token_with(&server, |code| {
        let resources = &mut code.authorization.access.resources;
        resources.push(Resource::parse("https://b.example").unwrap());
    });
    let answer = list(&server, &both.await, "/clients").await;
    assert_eq!(answer.text("code"), "access_token_for_another_resource");
    let own = token(&server).await;
    assert_eq!(list(&server, &own, "/clients").await.status, 200);
}

#[tokio::test]
async fn client_must_be_marked_for_administration() {
    let server = server("owner").await;
    let token = token(&server).await;
    server
        .change("web", |client| client.resources.clear())
        .await;
    let answer = list(&server, &token, "/clients").await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.text("code"), "client_not_for_administration");
}

#[tokio::test]
async fn request_without_valid_token_gets_challenge() {
    let server = server("owner").await;
    let answer = server.get("/admin/v1/clients").await;
    assert_eq!(answer.status, 401);
    assert_eq!(challenge(&answer), "Bearer realm=\"countersign\"");
    assert_eq!(
        answer.header(header::CONTENT_TYPE),
        Some("application/problem+json")
    );
    let answer = list(&server, "forged", "/clients").await;
    assert_eq!(
        (answer.status.as_u16(), answer.text("code").as_str()),
        (401, "access_token_unknown")
    );
}

#[tokio::test]
async fn scope_limits_permissions_of_role() {
    let server = server("owner").await;
    let narrow = token_with(&server, |code| {
        code.authorization.access.scope = Scope::parse("openid audit:read").unwrap();
    });
    let narrow = narrow.await;
    assert_eq!(list(&server, &narrow, "/events").await.status, 200);
    let answer = list(&server, &narrow, "/clients").await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.text("missing_permissions"), "clients:read");
    assert!(challenge(&answer).contains("scope=\"clients:read\""));
}

#[tokio::test]
async fn user_without_role_has_no_permission() {
    let server = server("owner").await;
    let stranger = token_with(&server, |code| {
        code.authorization.subject = fixtures::user_id(2).into();
    });
    let answer = list(&server, &stranger.await, "/clients").await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn disabled_user_or_client_loses_access_at_once() {
    let server = server("owner").await;
    let token = token(&server).await;
    let jane = fixtures::user_id(1);
    server.change_user(jane, |user| user.enabled = false).await;
    assert_eq!(list(&server, &token, "/clients").await.status, 401);
    server.change_user(jane, |user| user.enabled = true).await;
    assert_eq!(list(&server, &token, "/clients").await.status, 200);
    server
        .change("web", |client| client.status = ClientStatus::Suspended)
        .await;
    assert_eq!(list(&server, &token, "/clients").await.status, 401);
}

#[tokio::test]
async fn sensitive_command_needs_recent_second_factor() {
    let server = server("owner").await;
    let rotate = async |token: &str| {
        let path = "/signing-keys/rotate";
        send(&server, token, Method::POST, path, None).await
    };
    let now = server.now();
    let password = token_with(&server, |code| {
        let methods = Methods::NONE.with(Factor::PASSWORD);
        code.authorization.authentication = Authentication::new(now, methods);
    });
    let answer = rotate(&password.await).await;
    assert_eq!(answer.status, 401);
    let challenge = challenge(&answer).to_owned();
    for part in [
        "error=\"insufficient_user_authentication\"",
        "acr_values=\"urn:countersign:2fa\"",
        "max_age=\"900\"",
    ] {
        assert!(challenge.contains(part), "{challenge}");
    }
    let fresh = token_with(&server, |code| {
        code.authorization.authentication = Authentication::new(now, both());
    });
    let fresh = fresh.await;
    assert_eq!(rotate(&fresh).await.status, 200);
    server.pass(901);
    assert_eq!(rotate(&fresh).await.status, 401, "stale");
    assert_eq!(list(&server, &fresh, "/signing-keys").await.status, 200);
}

#[tokio::test]
async fn machine_client_runs_sensitive_commands_only_if_exempt() {
    for (exempt, status) in [(false, 401), (true, 200)] {
        let server = Server::start().await;
        server
            .change("machine", |client| {
                client.grant_types = vec![GrantType::CLIENT_CREDENTIALS];
                client.resources = vec![Resource::parse(API).unwrap()];
                client.scope = Scope::parse("admin").unwrap();
            })
            .await;
        let machine_client = Holder::Client(fixtures::client_id("machine"));
        if exempt {
            assign(&server, &[(machine_client, "operator")]).await;
        } else {
            super::assign_without_exemption(&server, &machine_client, "operator").await;
        }
        let granted = server
            .form(FORM, &with(&machine(), "resource", API))
            .await
            .ok();
        let token = granted.text("access_token");
        assert_eq!(list(&server, &token, "/clients").await.status, 200);
        let rotate = "/signing-keys/rotate";
        let answer = send(&server, &token, Method::POST, rotate, None).await;
        assert_eq!(answer.status, status);
        let events = json!(stored_operator(&server).await);
        assert_eq!(events, json!(exempt.then_some("client:machine")));
    }
}

/// Returns the operator of the last change of signing keys.
async fn stored_operator(server: &Server) -> Option<String> {
    use countersign_ports::{After, Audit as _};
    let events = server
        .store
        .list_events(crate::facts::TENANT, After::start());
    let events = events.await.unwrap().items;
    let mut rotated = events
        .iter()
        .filter(|record| record.event.action.as_str() == "signing_keys.changed");
    let operator = &rotated.next_back()?.event.operator;
    Some(format!("{}:{}", operator.kind, operator.id))
}
