//! Each kind of token at the endpoints for other kinds. ID tokens have no `token_use`, unless the client is registered
//! for it.

use crate::browser::{Browser, REQUEST, served};
use crate::facts::{SECRET, TENANT};
use crate::harness::Server;
use crate::requests::{Answer, claims, head, with};
use axum::body::Body;
use axum::http::{Request, header};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::GrantRepository as _;
use serde_json::json;

const JANE: &str = "jane@example.com";
const LOGOUT: &str = "/oauth2/logout";

fn query(token: &str) -> [(&'static str, &str); 3] {
    [
        ("client_id", "web"),
        ("client_secret", SECRET),
        ("token", token),
    ]
}

async fn tokens(server: &Server, browser: &Browser<'_>) -> Answer {
    let code = browser.parameter("code").unwrap();
    server.redeem("web", &code).await.ok()
}

async fn userinfo(server: &Server, token: &str) -> Answer {
    let request =
        Request::get("/oauth2/userinfo").header(header::AUTHORIZATION, format!("Bearer {token}"));
    server.send(request.body(Body::empty()).unwrap()).await
}

async fn signed_introspection(server: &Server, token: &str) -> String {
    let media_types = [
        (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        (header::ACCEPT, "application/token-introspection+jwt"),
    ];
    let body = crate::requests::form(&query(token));
    let answer = server.post("/oauth2/introspect", &media_types, body).await;
    String::from_utf8(answer.ok().body).unwrap()
}

#[tokio::test]
async fn token_use_is_in_id_tokens_of_registered_clients_only() {
    let server = served().await;
    for registered in [false, true] {
        server
            .change("web", |web| web.openid.token_use_in_id_token = registered)
            .await;
        let mut browser = Browser::of(&server, JANE).await;
        let hint = tokens(&server, &browser).await.text("id_token");
        let token_use = claims(&hint).get("token_use").cloned();
        assert_eq!(token_use, registered.then(|| json!("id")));
        let hinted = with(&with(&REQUEST, "id_token_hint", &hint), "prompt", "none");
        browser.authorize(&hinted).await;
        assert!(browser.parameter("code").is_some(), "a valid hint");
    }
}

#[tokio::test]
async fn only_id_tokens_are_valid_hints() {
    let server = served().await;
    let signing = Some(SigningAlgorithm::Rs256);
    server
        .change("web", |web| web.openid.userinfo_signing_algorithm = signing)
        .await;
    let mut browser = Browser::of(&server, JANE).await;
    let first = tokens(&server, &browser).await;
    let address = format!("{LOGOUT}?id_token_hint={}", first.text("id_token"));
    browser.open(&address).await;
    let (_, logout_token) = server.outside.logouts().remove(0);
    let mut browser = Browser::of(&server, JANE).await;
    let tokens = tokens(&server, &browser).await;
    let access_token = tokens.text("access_token");
    let info = userinfo(&server, &access_token).await.ok();
    let info = String::from_utf8(info.body).unwrap();
    assert_eq!(head(&info)["typ"], "JWT", "the type of an ID token");
    for wrong in [
        signed_introspection(&server, &access_token).await,
        access_token,
        tokens.text("refresh_token"),
        info,
        logout_token,
        browser.cookies[crate::browser::SESSION].clone(),
    ] {
        let hinted = with(&with(&REQUEST, "id_token_hint", &wrong), "prompt", "none");
        browser.authorize(&hinted).await;
        let error = browser.parameter("error");
        assert_eq!(error.as_deref(), Some("invalid_request"), "{wrong}");
        browser
            .open(&format!("{LOGOUT}?id_token_hint={wrong}"))
            .await;
        assert_eq!(browser.status().as_u16(), 400, "{wrong}");
    }
    browser.authorize(&with(&REQUEST, "prompt", "none")).await;
    assert!(browser.parameter("code").is_some(), "the session is alive");
}

#[tokio::test]
async fn id_token_is_no_access_token() {
    let server = served().await;
    let browser = Browser::of(&server, JANE).await;
    let tokens = tokens(&server, &browser).await;
    let id_token = tokens.text("id_token");
    let refused = userinfo(&server, &id_token).await;
    assert_eq!(refused.refusal(), (401, "invalid_token".into()));
    let described = server.form("/oauth2/introspect", &query(&id_token)).await;
    assert_eq!(described.ok().json(), json!({"active": false}));
    server.form("/oauth2/revoke", &query(&id_token)).await.ok();
    let id: countersign_domain::token::token_id::TokenId =
        claims(&tokens.text("access_token"))["jti"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
    let grant = server
        .store
        .find_grant(TENANT, id.root.grant().unwrap())
        .await;
    assert_eq!(grant.unwrap().unwrap().facts().revoked_at, None);
}
