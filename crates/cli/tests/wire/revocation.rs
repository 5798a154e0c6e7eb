//! The revocation endpoint.

use crate::facts::{FORM, SECRET};
use crate::harness::Server;
use crate::requests::{exchange, machine, with, without};
use axum::http::header;
use countersign_domain::client::PkceRequirement;
use serde_json::json;

const REVOKE: &str = "/oauth2/revoke";

fn query<'a>(client: &'a str, token: &'a str) -> Vec<(&'a str, &'a str)> {
    let all = [
        ("client_id", client),
        ("client_secret", SECRET),
        ("token", token),
    ];
    if client == "app" {
        without(&all, "client_secret")
    } else {
        all.to_vec()
    }
}

/// Revokes a token. The response is the same for every valid request.
async fn revoke(server: &Server, query: &[(&str, &str)]) {
    let answer = server.form(REVOKE, query).await.ok();
    assert_eq!(answer.json(), json!({}));
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
}

/// Returns whether an access token is active.
async fn is_good(server: &Server, client: &str, token: &str) -> bool {
    let query = query(client, token);
    let answer = server.form("/oauth2/introspect", &query).await.ok();
    answer.json()["active"] == true
}

#[tokio::test]
async fn aero2_16_revoking_either_token_revokes_grant() {
    let server = Server::start().await;
    for revoked in ["access_token", "refresh_token"] {
        for hint in ["access_token", "refresh_token", "nonsense"] {
            let tokens = server.tokens("web").await;
            let token = tokens.text(revoked);
            let query = with(&query("web", &token), "token_type_hint", hint);
            revoke(&server, &query).await;
            assert!(!is_good(&server, "web", &tokens.text("access_token")).await);
            let refresh = server.refresh("web", &tokens.text("refresh_token")).await;
            assert_eq!(refresh.refusal(), (400, "invalid_grant".into()));
            revoke(&server, &query).await;
        }
    }
}

#[tokio::test]
async fn aero2_16_public_client_revokes_its_tokens() {
    let server = Server::start().await;
    let tokens = server.tokens("app").await;
    let refresh_token = tokens.text("refresh_token");
    revoke(&server, &query("app", &refresh_token)).await;
    let refresh = server.refresh("app", &refresh_token).await;
    assert_eq!(refresh.refusal(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn aero2_16_revoking_machine_token_leaves_other_tokens() {
    let server = Server::start().await;
    let issue = async || {
        server
            .form(FORM, &machine())
            .await
            .ok()
            .text("access_token")
    };
    let (token, other) = (issue().await, issue().await);
    revoke(&server, &query("machine", &token)).await;
    assert!(!is_good(&server, "machine", &token).await);
    assert!(is_good(&server, "machine", &other).await);
    revoke(&server, &query("machine", &token)).await;
}

#[tokio::test]
async fn aero2_16_unknown_or_foreign_token_is_unchanged() {
    let server = Server::start().await;
    let tokens = server.tokens("web").await;
    let machines = server
        .form(FORM, &machine())
        .await
        .ok()
        .text("access_token");
    let before = server.contents();
    for stranger in ["other", "app"] {
        for token in ["access_token", "refresh_token", "id_token"] {
            revoke(&server, &query(stranger, &tokens.text(token))).await;
        }
        revoke(&server, &query(stranger, &machines)).await;
    }
    for unknown in ["x", "a.b.c", &tokens.text("id_token")] {
        revoke(&server, &query("web", unknown)).await;
    }
    server.pass(3600);
    revoke(&server, &query("web", &tokens.text("access_token"))).await;
    assert_eq!(server.contents(), before);
}

#[tokio::test]
async fn client_without_secret_revokes_only_verifier_bound_tokens() {
    let server = Server::start().await;
    server
        .change("verifier", |client| {
            client.pkce.required = PkceRequirement::Never;
        })
        .await;
    let by_secret = server.code_with("verifier", |code| code.binding.challenge = None);
    let parameters = without(&exchange("verifier", &by_secret), "code_verifier");
    let by_secret = server.form(FORM, &parameters).await.ok();
    let by_secret = by_secret.text("refresh_token");
    let by_verifier = server.tokens("verifier").await.text("refresh_token");
    for token in [&by_secret, &by_verifier] {
        revoke(
            &server,
            &without(&query("verifier", token), "client_secret"),
        )
        .await;
    }
    server.refresh("verifier", &by_secret).await.ok();
    let refresh = server.refresh("verifier", &by_verifier).await;
    assert_eq!(refresh.refusal(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn aero2_16_unauthenticated_request_revokes_nothing() {
    let server = Server::start().await;
    let tokens = server.tokens("web").await;
    let token = tokens.text("access_token");
    let good = query("web", &token);
    for bad in [
        with(&good, "client_secret", "wrong"),
        with(&good, "client_id", "unknown"),
        without(&good, "client_secret"),
    ] {
        let answer = server.form(REVOKE, &bad).await;
        assert_eq!(answer.refusal(), (401, "invalid_client".into()));
    }
    let no_token = server.form(REVOKE, &without(&good, "token")).await;
    assert_eq!(no_token.refusal(), (400, "invalid_request".into()));
    let get = server.get(REVOKE).await;
    assert_eq!(get.refusal(), (405, "invalid_request".into()));
    assert!(is_good(&server, "web", &token).await);
}
