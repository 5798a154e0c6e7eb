//! Token exchange (RFC 8693).

mod chains;

use crate::facts::{FORM, ISSUER, JSON, SECRET, TENANT};
use crate::harness::Server;
use crate::introspection::{inactive, introspected};
use crate::requests::{Answer, claims, machine, with, without};
use countersign_domain::client::{ClientStatus, ExchangeRule, GrantType};
use countersign_domain::refusal::Refusal;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::scope::Scope;
use countersign_ports::GrantRepository as _;
use countersign_store_contract::fixtures;
use serde_json::json;

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const STOCK: &str = "https://stock.example";

fn rule(subject_client: &str, audience: &str) -> ExchangeRule {
    ExchangeRule {
        subject_client: fixtures::client_id(subject_client),
        audience: audience.into(),
        impersonation: false,
    }
}

/// Returns a server on which `other` may exchange tokens of `web` and `machine` that are meant for it, and then `es256`
/// those of `other`.
async fn server() -> Server {
    let server = Server::start().await;
    for id in ["web", "machine"] {
        let to_other = Some("other".to_owned());
        server.change(id, |client| client.audience = to_other).await;
    }
    let rules = vec![
        rule("web", STOCK),
        rule("web", "es256"),
        rule("machine", "es256"),
    ];
    for (id, rules) in [("other", rules), ("es256", vec![rule("other", STOCK)])] {
        server
            .change(id, |client| {
                client.grant_types = vec![GrantType::TOKEN_EXCHANGE];
                client.scope = Scope::parse("read api:read").unwrap();
                client.token_exchange = rules;
            })
            .await;
    }
    server
}

/// Returns a token that `machine` requested for itself, with this scope.
async fn token_of_machine(server: &Server, scope: &str) -> String {
    let scope = Scope::parse(scope).unwrap();
    server
        .change("machine", |client| client.scope = scope)
        .await;
    let answer = server.form(FORM, &machine()).await.ok();
    answer.text("access_token")
}

fn exchanging<'a>(client: &'a str, token: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", EXCHANGE),
        ("client_id", client),
        ("client_secret", SECRET),
        ("subject_token", token),
        ("subject_token_type", ACCESS_TOKEN),
    ]
}

async fn exchanged(server: &Server, client: &str, token: &str, audience: &str) -> Answer {
    let request = with(&exchanging(client, token), "audience", audience);
    server.form(FORM, &request).await
}

#[track_caller]
fn refused(answer: &Answer, rule: &str) {
    assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{rule}");
    let described = Refusal::named(rule).map(|rule| rule.to_string());
    let description = answer.text("error_description");
    assert!(
        described.is_none_or(|own| own == description),
        "{description}"
    );
}

#[tokio::test]
async fn api_exchanges_token_of_user_and_leaves_nothing_in_the_store() {
    let server = server().await;
    let token = server.tokens("web").await.text("access_token");
    let before = server.contents();
    let answer = exchanged(&server, "other", &token, STOCK).await.ok();
    assert_eq!(server.contents(), before);
    let mut members: Vec<_> = answer.json().as_object().unwrap().keys().cloned().collect();
    members.sort_unstable();
    let expected = [
        "access_token",
        "expires_in",
        "issued_token_type",
        "scope",
        "token_type",
    ];
    assert_eq!(members, expected);
    assert_eq!(answer.text("issued_token_type"), ACCESS_TOKEN);
    assert_eq!(answer.text("scope"), "read");
    let said = claims(&answer.text("access_token"));
    assert_eq!(said["sub"], "jane");
    assert_eq!(said["aud"], STOCK);
    assert_eq!(said["iss"], ISSUER);
    assert_eq!(said["client_id"], "other");
    assert_eq!(said.get("gty"), None);
    assert_eq!(said["act"], json!({"sub": "other"}));
    assert!(said["exp"].as_u64() <= claims(&token)["exp"].as_u64());
    server.assert_signed(&answer.text("access_token")).await;
}

#[tokio::test]
async fn both_dialects_and_resource_parameter_exchange() {
    let server = server().await;
    let token = server.tokens("web").await.text("access_token");
    let request = with(&exchanging("other", &token), "resource", STOCK);
    for answer in [
        server.form(JSON, &request).await,
        server.json(JSON, &request).await,
    ] {
        assert_eq!(claims(&answer.ok().text("access_token"))["aud"], STOCK);
    }
}

#[tokio::test]
async fn exchanged_token_is_not_for_userinfo() {
    let server = server().await;
    let openid = || Scope::parse("openid read").unwrap();
    server
        .change("other", |client| client.scope = openid())
        .await;
    let token = server.tokens("web").await.text("access_token");
    let first = exchanged(&server, "other", &token, STOCK).await.ok();
    assert_eq!(first.text("scope"), "openid read");
    let first = first.text("access_token");
    let bearer = (
        axum::http::header::AUTHORIZATION,
        &*format!("Bearer {first}"),
    );
    let answer = server
        .post("/oauth2/userinfo", &[bearer], String::new())
        .await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn token_of_another_audience_needs_a_resource_server() {
    let server = server().await;
    let orders = "https://orders.example";
    let for_orders = Some(orders.to_owned());
    server
        .change("web", |client| client.audience = for_orders)
        .await;
    let token = server.tokens("web").await.text("access_token");
    let foreign = exchanged(&server, "other", &token, STOCK).await;
    refused(&foreign, "presented_token_for_another_audience");
    server
        .put_resource_server(ResourceServer {
            introspection_clients: vec![fixtures::client_id("other")],
            ..ResourceServer::new(orders, "Orders", fixtures::NOW)
        })
        .await;
    exchanged(&server, "other", &token, STOCK).await.ok();
}

#[tokio::test]
async fn only_rules_allow_an_exchange() {
    let server = server().await;
    let token = server.tokens("web").await.text("access_token");
    let target = exchanged(&server, "other", &token, "https://ledger.example").await;
    assert_eq!(target.refusal(), (400, "invalid_target".into()));
    let own = server.form(FORM, &exchanging("other", &token)).await;
    assert_eq!(own.refusal(), (400, "invalid_target".into()));
    let wide = with(&exchanging("other", &token), "audience", STOCK);
    let wide = server.form(FORM, &with(&wide, "scope", "read write")).await;
    assert_eq!(wide.refusal(), (400, "invalid_scope".into()));
    server
        .change("other", |client| {
            client.token_exchange = vec![rule("spa", STOCK)];
        })
        .await;
    let client = exchanged(&server, "other", &token, STOCK).await;
    refused(&client, "exchange_not_allowed");
    server
        .change("other", |client| {
            client.grant_types = vec![GrantType::CLIENT_CREDENTIALS];
        })
        .await;
    let unregistered = exchanged(&server, "other", &token, STOCK).await;
    assert_eq!(unregistered.refusal(), (400, "unauthorized_client".into()));
    // Even with a made-up token, so that it cannot be tested.
    let unregistered = exchanged(&server, "other", "x", STOCK).await;
    assert_eq!(unregistered.refusal(), (400, "unauthorized_client".into()));
}

#[tokio::test]
async fn impersonation_and_may_act_follow_the_registration() {
    let server = server().await;
    server
        .change("other", |client| {
            client.token_exchange[0].impersonation = true;
        })
        .await;
    let token = server.tokens("web").await.text("access_token");
    let stock = exchanged(&server, "other", &token, STOCK).await.ok();
    assert_eq!(claims(&stock.text("access_token")).get("act"), None);
    let agent = Some(fixtures::client_id("es256"));
    server.change("web", |client| client.may_act = agent).await;
    let restricted = server.tokens("web").await.text("access_token");
    assert_eq!(claims(&restricted)["may_act"], json!({"sub": "es256"}));
    for token in [&token, &restricted] {
        let answer = exchanged(&server, "other", token, STOCK).await;
        refused(&answer, "actor_not_allowed");
    }
}

#[tokio::test]
async fn actor_token_names_the_actor() {
    let server = server().await;
    let token = server.tokens("web").await.text("access_token");
    let machines = token_of_machine(&server, "api:read").await;
    // A token of another client, even one that is meant for this client, does not name the actor.
    let mut foreign = with(&exchanging("other", &token), "audience", STOCK);
    foreign.extend([
        ("actor_token", &*machines),
        ("actor_token_type", ACCESS_TOKEN),
    ]);
    let answer = server.form(FORM, &foreign).await;
    refused(&answer, "presented_token_for_another_audience");
    let agent = exchanged(&server, "other", &machines, "es256").await.ok();
    let agent = agent.text("access_token");
    let mut request = with(&exchanging("other", &token), "audience", STOCK);
    request.push(("actor_token", &agent));
    let untyped = server.form(FORM, &request).await;
    refused(&untyped, "missing");
    request.push(("actor_token_type", ACCESS_TOKEN));
    let answer = server.form(FORM, &request).await.ok();
    let said = claims(&answer.text("access_token"));
    assert_eq!(
        (&said["sub"], &said["act"]),
        (&json!("jane"), &json!({"sub": "machine"}))
    );
    let forged = format!("{agent}x");
    let mut request = without(&request, "actor_token");
    refused(&server.form(FORM, &request).await, "missing");
    request.push(("actor_token", &forged));
    refused(&server.form(FORM, &request).await, "actor_token_invalid");
}

#[tokio::test]
async fn other_token_types_are_refused() {
    let server = server().await;
    let tokens = server.tokens("web").await;
    let token = tokens.text("access_token");
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    let right = with(&exchanging("other", &token), "audience", STOCK);
    let typed = with(
        &without(&right, "subject_token_type"),
        "subject_token_type",
        id_token,
    );
    refused(&server.form(FORM, &typed).await, "token_type_unsupported");
    let asked = with(&right, "requested_token_type", id_token);
    refused(&server.form(FORM, &asked).await, "token_type_unsupported");
    let asked = with(&right, "requested_token_type", ACCESS_TOKEN);
    server.form(FORM, &asked).await.ok();
    for name in ["subject_token", "subject_token_type"] {
        refused(&server.form(FORM, &without(&right, name)).await, "missing");
    }
    for wrong in [
        tokens.text("id_token"),
        tokens.text("refresh_token"),
        "x".into(),
    ] {
        let answer = exchanged(&server, "other", &wrong, STOCK).await;
        refused(&answer, "subject_token_invalid");
    }
}
