//! Chains of exchanged tokens, and their ends.

use super::*;
use axum::body::Body;
use axum::http::{Request, header};

#[tokio::test]
async fn chain_names_all_actors_and_ends_with_its_grant() {
    let server = server().await;
    let tokens = server.tokens("web").await;
    let token = tokens.text("access_token");
    let first = exchanged(&server, "other", &token, "es256").await.ok();
    let first = first.text("access_token");
    let second = exchanged(&server, "es256", &first, STOCK).await.ok();
    let second = second.text("access_token");
    let act = json!({"sub": "es256", "act": {"sub": "other"}});
    assert_eq!(claims(&second)["act"], act);
    let described = introspected(&server, "es256", &second).await;
    assert_eq!(described["act"], act);
    assert_eq!(described["active"], true);
    let refresh_token = tokens.text("refresh_token");
    let revocation = with(&exchanging("web", ""), "token", &refresh_token);
    server.form("/oauth2/revoke", &revocation).await.ok();
    for (client, token) in [("web", &token), ("other", &first), ("es256", &second)] {
        assert_eq!(introspected(&server, client, token).await, inactive());
    }
    let again = exchanged(&server, "other", &token, STOCK).await;
    refused(&again, "subject_token_invalid");
    let again = exchanged(&server, "es256", &first, STOCK).await;
    refused(&again, "subject_token_invalid");
}

#[tokio::test]
async fn chain_without_grant_ends_with_its_first_token() {
    let server = server().await;
    let token = token_of_machine(&server, "api:read").await;
    let first = exchanged(&server, "other", &token, "es256").await.ok();
    let first = first.text("access_token");
    assert_eq!(claims(&first)["sub"], "machine");
    assert_eq!(claims(&first)["gty"], "client_credentials");
    let second = exchanged(&server, "es256", &first, STOCK).await.ok();
    let second = second.text("access_token");
    assert_eq!(
        introspected(&server, "es256", &second).await["active"],
        true
    );
    let revocation = [
        ("client_id", "machine"),
        ("client_secret", SECRET),
        ("token", &token),
    ];
    server.form("/oauth2/revoke", &revocation).await.ok();
    for (client, token) in [("other", &first), ("es256", &second)] {
        assert_eq!(introspected(&server, client, token).await, inactive());
    }
    refused(
        &exchanged(&server, "es256", &first, STOCK).await,
        "subject_token_invalid",
    );
}

#[tokio::test]
async fn client_revokes_its_exchanged_token_alone() {
    let server = server().await;
    let token = server.tokens("web").await.text("access_token");
    let first = exchanged(&server, "other", &token, STOCK).await.ok();
    let first = first.text("access_token");
    // Another client cannot.
    for (client, is_active) in [("es256", true), ("other", false)] {
        let revocation = [
            ("client_id", client),
            ("client_secret", SECRET),
            ("token", &first),
        ];
        server.form("/oauth2/revoke", &revocation).await.ok();
        let described = introspected(&server, "other", &first).await;
        assert_eq!(described["active"], is_active, "{client}");
    }
    assert_eq!(introspected(&server, "other", &token).await["active"], true);
}

#[tokio::test]
async fn disabled_client_of_the_grant_ends_exchanged_tokens() {
    let server = server().await;
    let token = server.tokens("web").await.text("access_token");
    let first = exchanged(&server, "other", &token, STOCK).await.ok();
    let first = first.text("access_token");
    server
        .change("web", |client| client.status = ClientStatus::Suspended)
        .await;
    assert_eq!(introspected(&server, "other", &first).await, inactive());
    let again = exchanged(&server, "other", &token, STOCK).await;
    refused(&again, "subject_token_invalid");
}

#[tokio::test]
async fn exchanged_token_has_only_scope_that_the_first_client_still_has() {
    let server = server().await;
    let token = server.tokens("web").await.text("access_token");
    let first = exchanged(&server, "other", &token, STOCK).await.ok();
    let first = first.text("access_token");
    server
        .change("web", |client| {
            client.scope = Scope::parse("write").unwrap();
        })
        .await;
    assert_eq!(introspected(&server, "other", &first).await["scope"], "");
}

#[tokio::test]
async fn deleted_client_ends_tokens_exchanged_for_its_own() {
    let server = server().await;
    let token = token_of_machine(&server, "api:read").await;
    let first = exchanged(&server, "other", &token, "es256").await.ok();
    let first = first.text("access_token");
    server.delete("machine").await;
    assert_eq!(introspected(&server, "other", &first).await, inactive());
}

#[tokio::test]
async fn revoked_grant_cannot_be_exchanged_while_its_token_lives() {
    let server = server().await;
    let token = server.tokens("web").await.text("access_token");
    let id: countersign_domain::token::token_id::TokenId =
        claims(&token)["jti"].as_str().unwrap().parse().unwrap();
    let grant = id.root.grant().unwrap();
    let revoked = server.store.revoke(TENANT, grant, server.now()).await;
    let _ = revoked.unwrap();
    let answer = exchanged(&server, "other", &token, STOCK).await;
    refused(&answer, "subject_token_invalid");
}

#[tokio::test]
async fn exchanged_token_of_a_client_is_not_one_that_it_requested_for_itself() {
    let server = server().await;
    server
        .change("other", |client| {
            client.token_exchange = vec![rule("machine", "other")];
            client.grant_types.push(GrantType::CLIENT_CREDENTIALS);
            client.scope = Scope::parse("user:roles").unwrap();
        })
        .await;
    let token = token_of_machine(&server, "user:roles").await;
    let first = exchanged(&server, "other", &token, "other").await.ok();
    let own = [
        ("grant_type", "client_credentials"),
        ("client_id", "other"),
        ("client_secret", SECRET),
    ];
    let own = server.form(FORM, &own).await.ok();
    let user = fixtures::user_id(1);
    for (token, is_allowed) in [(own, true), (first, false)] {
        let bearer = format!("Bearer {}", token.text("access_token"));
        let request = Request::get(format!("/v1/users/{user}/roles?audience=a"))
            .header(header::AUTHORIZATION, bearer)
            .body(Body::empty());
        let answer = server.send(request.unwrap()).await;
        assert_eq!(answer.status.as_u16() != 401, is_allowed);
    }
}
