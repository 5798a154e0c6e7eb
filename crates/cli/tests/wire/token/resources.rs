//! Resource indicators at the token endpoint (RFC 8707).

use crate::facts::{FORM, JSON};
use crate::harness::Server;
use crate::requests::{claims, exchange, form, machine, refreshing, with};
use axum::http::header;
use countersign_domain::resource::Resource;
use serde_json::json;

const A: &str = "https://a.example";
const B: &str = "https://b.example";
const C: &str = "https://c.example";

fn resources(texts: &[&str]) -> Vec<Resource> {
    let parsed = texts.iter().map(|text| Resource::parse(text));
    parsed.collect::<Result<_, _>>().unwrap()
}

fn code_for_a_and_b(server: &Server) -> String {
    server.code_with("web", |code| {
        code.authorization.access.resources = resources(&[A, B]);
    })
}

#[tokio::test]
async fn code_and_refresh_yield_tokens_for_granted_resources() {
    let server = Server::start().await;
    let all = server.redeem("web", &code_for_a_and_b(&server)).await.ok();
    assert_eq!(claims(&all.text("access_token"))["aud"], json!([A, B]));
    let refresh_token = all.text("refresh_token");
    let narrowed = with(&refreshing("web", &refresh_token), "resource", B);
    let narrowed = server.form(FORM, &narrowed).await.ok();
    assert_eq!(claims(&narrowed.text("access_token"))["aud"], B);
    let refresh_token = narrowed.text("refresh_token");
    let again = server.refresh("web", &refresh_token).await.ok();
    assert_eq!(claims(&again.text("access_token"))["aud"], json!([A, B]));
}

#[tokio::test]
async fn ungranted_resource_is_invalid_target_and_consumes_nothing() {
    let server = Server::start().await;
    let code = code_for_a_and_b(&server);
    let beyond = with(&exchange("web", &code), "resource", C);
    for path in [FORM, JSON] {
        let answer = server.form(path, &beyond).await;
        assert_eq!(answer.refusal(), (400, "invalid_target".into()));
    }
    let tokens = server.redeem("web", &code).await.ok();
    let refresh_token = tokens.text("refresh_token");
    let beyond = with(&refreshing("web", &refresh_token), "resource", C);
    let answer = server.form(FORM, &beyond).await;
    assert_eq!(answer.refusal(), (400, "invalid_target".into()));
    server.refresh("web", &refresh_token).await.ok();
}

#[tokio::test]
async fn machine_requests_several_resources_by_form_and_json() {
    let server = Server::start().await;
    let registered = resources(&[A, B]);
    server
        .change("machine", |client| client.resources = registered)
        .await;
    let mut twice = machine();
    twice.extend([("resource", B), ("resource", A)]);
    let media_type = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for path in [FORM, JSON] {
        let answer = server
            .post(path, std::slice::from_ref(&media_type), form(&twice))
            .await;
        assert_eq!(
            claims(&answer.ok().text("access_token"))["aud"],
            json!([B, A])
        );
    }
    let mut body = serde_json::Map::new();
    body.extend(
        machine()
            .iter()
            .map(|(name, value)| ((*name).into(), json!(value))),
    );
    for (resource, audience) in [(json!(B), json!(B)), (json!([B, A]), json!([B, A]))] {
        body.insert("resource".into(), resource);
        let media_type = (header::CONTENT_TYPE, "application/json");
        let body = json!(body).to_string();
        let answer = server.post(JSON, &[media_type], body).await.ok();
        assert_eq!(claims(&answer.text("access_token"))["aud"], audience);
    }
    let unknown = with(&machine(), "resource", C);
    let answer = server.form(FORM, &unknown).await;
    assert_eq!(answer.refusal(), (400, "invalid_target".into()));
    let own = server.form(FORM, &machine()).await.ok();
    assert_eq!(claims(&own.text("access_token"))["aud"], "machine");
}
