//! The introspection endpoint.

use crate::facts::{FORM, ISSUER, SECRET, TENANT, hs256_secret};
use crate::harness::Server;
use crate::requests::{Answer, basic, claims, form, head, machine, with};
use axum::body::Body;
use axum::http::{Request, header};
use countersign_domain::client::ClientStatus;
use countersign_domain::client::openid_registration::{Sector, SubjectType};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::token::token_id::TokenId;
use countersign_ports::GrantRepository as _;
use serde_json::{Value, json};

const INTROSPECT: &str = "/oauth2/introspect";

fn query<'a>(client: &'a str, token: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", client),
        ("client_secret", SECRET),
        ("token", token),
    ]
}

pub(crate) async fn introspected(server: &Server, client: &str, token: &str) -> Value {
    let answer = server.form(INTROSPECT, &query(client, token)).await.ok();
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
    assert_eq!(answer.header(header::PRAGMA), Some("no-cache"));
    answer.json()
}

pub(crate) fn inactive() -> Value {
    json!({"active": false})
}

#[tokio::test]
async fn aero2_17_access_token_is_described_to_its_client() {
    let server = Server::start().await;
    let token = server.tokens("web").await.text("access_token");
    let said = claims(&token);
    let described = introspected(&server, "web", &token).await;
    let expected = json!({
        "active": true, "scope": "openid read write", "client_id": "web", "token_type": "Bearer",
        "token_use": "access", "exp": said["exp"], "iat": said["iat"], "sub": "jane", "aud": "web",
        "iss": ISSUER, "jti": said["jti"]
    });
    assert_eq!(described, expected);
}

/// A resource server that holds the HS256 key of a client can sign any claims. This server must not vouch for them.
#[tokio::test]
async fn forged_token_under_shared_key_is_inactive_everywhere() {
    let server = Server::start().await;
    let genuine = server.tokens("hs256").await;
    let genuine = genuine.text("access_token");
    let key = jsonwebtoken::EncodingKey::from_secret(hs256_secret().as_bytes());
    let header = jsonwebtoken::decode_header(&genuine).unwrap();
    let sign = |claims: &Value| jsonwebtoken::encode(&header, claims, &key).unwrap();
    for (name, value) in [
        ("sub", json!("admin")),
        ("scope", json!("openid read write")),
        ("aud", json!(["hs256", "other"])),
        ("exp", json!(u32::MAX)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(i64::MAX as u64 + 1)),
        ("iat", json!(1)),
        ("act", json!({"sub": "admin"})),
    ] {
        let mut forged = claims(&genuine);
        if forged[name] == value {
            forged["scope"] = json!("read");
        } else {
            forged[name] = value;
        }
        let forged = sign(&forged);
        assert_eq!(
            introspected(&server, "hs256", &forged).await,
            inactive(),
            "{name}"
        );
        let request = Request::get("/oauth2/userinfo")
            .header(header::AUTHORIZATION, format!("Bearer {forged}"));
        let refused = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(refused.status, 401, "{name}");
        server
            .form("/oauth2/revoke", &query("hs256", &forged))
            .await
            .ok();
    }
    let described = introspected(&server, "hs256", &genuine).await;
    assert_eq!(described["active"], true, "no forgery revoked the grant");
    assert_eq!(described["jti"], claims(&genuine)["jti"]);
}

#[tokio::test]
async fn introspection_omits_scope_that_client_has_lost() {
    let server = Server::start().await;
    let tokens = server.tokens("web").await;
    server
        .change("web", |client| {
            client.scope = Scope::parse("openid read").unwrap();
        })
        .await;
    for name in ["access_token", "refresh_token"] {
        let described = introspected(&server, "web", &tokens.text(name)).await;
        assert_eq!(described["scope"], "openid read", "{name}");
    }
}

#[tokio::test]
async fn aero2_17_refresh_token_is_active_until_rotated() {
    let server = Server::start().await;
    let pairwise = SubjectType::Pairwise(Sector {
        host: "app.example".into(),
        salt: [9; 32],
    });
    server
        .change("web", |client| client.openid.subject_type = pairwise)
        .await;
    let tokens = server.tokens("web").await;
    let refresh_token = tokens.text("refresh_token");
    let described = introspected(&server, "web", &refresh_token).await;
    assert_eq!(described["active"], true);
    assert_eq!(described["token_use"], "refresh");
    assert_eq!(described.get("token_type"), None);
    assert_eq!(described["sub"], claims(&tokens.text("id_token"))["sub"]);
    let next = server.refresh("web", &refresh_token).await.ok();
    assert_eq!(
        introspected(&server, "web", &refresh_token).await,
        inactive()
    );
    let next = introspected(&server, "web", &next.text("refresh_token")).await;
    assert_eq!(next["active"], true);
}

#[tokio::test]
async fn aero2_17_invalid_token_returns_only_inactive() {
    let server = Server::start().await;
    let tokens = server.tokens("web").await;
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    for wrong in ["x", "a.b.c", &tokens.text("id_token")] {
        assert_eq!(introspected(&server, "web", wrong).await, inactive());
    }
    let id: TokenId = claims(&access)["jti"].as_str().unwrap().parse().unwrap();
    server.pass(3600);
    assert_eq!(introspected(&server, "web", &access).await, inactive());
    assert_eq!(introspected(&server, "web", &refresh).await["active"], true);
    let revoked = server
        .store
        .revoke(TENANT, id.root.grant().unwrap(), server.now());
    let _ = revoked.await.unwrap();
    assert_eq!(introspected(&server, "web", &refresh).await, inactive());
}

#[tokio::test]
async fn aero2_17_revoked_grant_deactivates_its_access_tokens() {
    let server = Server::start().await;
    let access = server.tokens("web").await.text("access_token");
    let id: TokenId = claims(&access)["jti"].as_str().unwrap().parse().unwrap();
    let revoked = server
        .store
        .revoke(TENANT, id.root.grant().unwrap(), server.now());
    let _ = revoked.await.unwrap();
    assert_eq!(introspected(&server, "web", &access).await, inactive());
}

#[tokio::test]
async fn aero2_17_machine_token_is_active_until_revoked() {
    let server = Server::start().await;
    let token = server.form(FORM, &machine()).await.ok();
    let token = token.text("access_token");
    let described = introspected(&server, "machine", &token).await;
    assert_eq!(
        (&described["sub"], &described["active"]),
        (&json!("machine"), &json!(true))
    );
    let query = query("machine", &token);
    server.form("/oauth2/revoke", &query).await.ok();
    assert_eq!(introspected(&server, "machine", &token).await, inactive());
}

#[tokio::test]
async fn aero2_17_tokens_of_another_client_are_inactive() {
    let server = Server::start().await;
    let tokens = server.tokens("web").await;
    for token in ["access_token", "refresh_token"] {
        let token = tokens.text(token);
        assert_eq!(introspected(&server, "other", &token).await, inactive());
        assert_eq!(introspected(&server, "web", &token).await["active"], true);
    }
}

#[tokio::test]
async fn only_resource_server_in_audience_sees_active_token() {
    let server = Server::start().await;
    let resource = Resource::parse("https://api.example").unwrap();
    let (own, others) = (resource.clone(), resource.clone());
    server
        .change("other", |client| client.resources = vec![others])
        .await;
    let code = server.code_with("web", |code| {
        code.authorization.access.resources = vec![own];
    });
    let token = server.redeem("web", &code).await.ok().text("access_token");
    assert_eq!(introspected(&server, "other", &token).await, inactive());
    server
        .change("web", |client| client.audience = Some("other".into()))
        .await;
    let token = server.tokens("web").await.text("access_token");
    assert_eq!(introspected(&server, "other", &token).await["active"], true);
    assert_eq!(introspected(&server, "es256", &token).await, inactive());
}

#[tokio::test]
async fn token_of_disabled_client_is_inactive() {
    let server = Server::start().await;
    server
        .change("web", |client| client.audience = Some("other".into()))
        .await;
    let token = server.tokens("web").await.text("access_token");
    for (status, active) in [
        (ClientStatus::Suspended, false),
        (ClientStatus::Inactive, false),
        (ClientStatus::Active, true),
    ] {
        server.change("web", |client| client.status = status).await;
        let described = introspected(&server, "other", &token).await;
        assert_eq!(described["active"], active, "{status:?}");
    }
}

#[tokio::test]
async fn aero2_17_introspection_requires_client_secret() {
    let server = Server::start().await;
    let token = server.tokens("web").await.text("access_token");
    let good = query("web", &token);
    for (name, wrong) in [("client_secret", "wrong"), ("client_id", "unknown")] {
        let answer = server.form(INTROSPECT, &with(&good, name, wrong)).await;
        assert_eq!(answer.refusal(), (401, "invalid_client".into()), "{name}");
    }
    for client in ["web", "app", "verifier"] {
        let without = [("client_id", client), ("token", token.as_str())];
        let answer = server.form(INTROSPECT, &without).await;
        assert_eq!(answer.refusal(), (401, "invalid_client".into()), "{client}");
    }
    let none = server.form(INTROSPECT, &[("token", &token)]).await;
    assert_eq!(none.refusal(), (400, "invalid_request".into()));
    let no_token = server.form(INTROSPECT, &with(&good, "token", "")).await;
    assert_eq!(no_token.refusal(), (400, "invalid_request".into()));
    let get = server.get(INTROSPECT).await;
    assert_eq!(get.refusal(), (405, "invalid_request".into()));
}

async fn asked_for_a_jwt(server: &Server, client: &str, token: &str) -> Answer {
    let authorization = basic(client, SECRET);
    let headers = [
        (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        (header::AUTHORIZATION, authorization.as_str()),
        (header::ACCEPT, "application/token-introspection+jwt"),
    ];
    server
        .post(INTROSPECT, &headers, form(&[("token", token)]))
        .await
}

#[tokio::test]
async fn signed_response_is_addressed_to_caller() {
    let server = Server::start().await;
    let good = server.tokens("es256").await.text("access_token");
    for (token, plain) in [
        (good.as_str(), introspected(&server, "es256", &good).await),
        ("x", inactive()),
    ] {
        let answer = asked_for_a_jwt(&server, "es256", token).await.ok();
        let media_type = "application/token-introspection+jwt";
        assert_eq!(answer.header(header::CONTENT_TYPE), Some(media_type));
        assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
        let jwt = String::from_utf8(answer.body).unwrap();
        server.assert_signed(&jwt).await;
        assert_eq!(head(&jwt)["typ"], "token-introspection+jwt");
        assert_eq!(head(&jwt)["alg"], "ES256");
        let expected = json!({
            "iss": ISSUER, "aud": "es256", "iat": server.now().as_unix_seconds(),
            "token_introspection": plain
        });
        assert_eq!(claims(&jwt), expected);
    }
    let jwt = asked_for_a_jwt(&server, "hs256", "x").await.ok();
    let jwt = String::from_utf8(jwt.body).unwrap();
    assert_eq!(
        head(&jwt)["alg"],
        "RS256",
        "a shared key proves no identity"
    );
}
