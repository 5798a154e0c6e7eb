//! `/oauth2/register/{client_id}` (RFC 7592).

use super::{anyone, notes, register, send};
use crate::harness::Server;
use crate::requests::{Answer, basic};
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

/// A registered client.
struct Registered {
    path: String,
    token: String,
    shown: Value,
}

async fn registered(server: &Server) -> Registered {
    let shown = register(server, None, &notes()).await.json();
    let id = shown["client_id"].as_str().unwrap();
    Registered {
        path: format!("/oauth2/register/{id}"),
        token: shown["registration_access_token"]
            .as_str()
            .unwrap()
            .to_owned(),
        shown,
    }
}

impl Registered {
    async fn send(&self, server: &Server, method: Method, body: Option<&Value>) -> Answer {
        let answer = send(server, method, &self.path, Some(&self.token), body).await;
        server.follow().await;
        answer
    }

    /// Returns a change that restates the client.
    fn change(&self, more: &Value) -> Value {
        let mut body = notes();
        body["client_id"] = self.shown["client_id"].clone();
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    async fn put(&self, server: &Server, more: &Value) -> Answer {
        self.send(server, Method::PUT, Some(&self.change(more)))
            .await
    }

    /// Returns the error of a token request with the secret of the registration.
    async fn token_error(&self, server: &Server) -> String {
        let text = |name: &str| self.shown[name].as_str().unwrap();
        let basic = basic(text("client_id"), text("client_secret"));
        let headers = [
            (header::AUTHORIZATION, basic.as_str()),
            (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        ];
        let body = "grant_type=authorization_code&code=x&redirect_uri=https://app.example/callback";
        server
            .post("/oauth2/token", &headers, body)
            .await
            .text("error")
    }
}

#[tokio::test]
async fn client_reads_its_registration_without_secret() {
    let server = anyone().await;
    let client = registered(&server).await;
    let read = client.send(&server, Method::GET, None).await.ok().json();
    let mut expected = client.shown.clone();
    for name in ["client_secret", "client_secret_expires_at"] {
        expected.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(read, expected);
}

#[tokio::test]
async fn only_own_token_manages_registration() {
    let server = anyone().await;
    let (client, other) = (registered(&server).await, registered(&server).await);
    for (path, token) in [
        (client.path.as_str(), Some(other.token.as_str())),
        (client.path.as_str(), Some("x")),
        ("/oauth2/register/web", Some(client.token.as_str())),
        ("/oauth2/register/unknown", Some(client.token.as_str())),
        (client.path.as_str(), None),
    ] {
        let body = client.change(&json!({}));
        for (method, body) in [
            (Method::GET, None),
            (Method::PUT, Some(&body)),
            (Method::DELETE, None),
        ] {
            let refused = send(&server, method, path, token, body).await;
            assert_eq!(
                refused.refusal(),
                (401, "invalid_token".to_owned()),
                "{path}"
            );
            assert!(refused.header(header::WWW_AUTHENTICATE).is_some());
        }
    }
    client.send(&server, Method::GET, None).await.ok();
}

#[tokio::test]
async fn change_replaces_all_metadata() {
    let server = anyone().await;
    let client = registered(&server).await;
    let more = json!({
        "client_name": "Notes 2",
        "scope": "openid",
        "tos_uri": "https://app.example/terms",
        "client_secret": client.shown["client_secret"],
    });
    let changed = client.put(&server, &more).await;
    let changed = changed.ok().json();
    assert_eq!(changed["client_name"], "Notes 2");
    assert_eq!(changed["scope"], "openid");
    assert_eq!(changed["registration_access_token"], json!(client.token));
    let replaced = client.put(&server, &json!({})).await;
    let replaced = replaced.ok().json();
    assert_eq!(replaced["client_name"], "Notes");
    assert_eq!(replaced["scope"], "openid profile email offline_access");
    assert!(replaced["tos_uri"].is_null());
    assert_eq!(
        client.token_error(&server).await,
        "invalid_grant",
        "the secret stays"
    );
}

#[tokio::test]
async fn change_must_restate_client_and_nothing_of_the_server() {
    let server = anyone().await;
    let client = registered(&server).await;
    for more in [
        json!({"client_id": "web"}),
        json!({"client_id": null}),
        json!({"client_secret": "chosen"}),
        json!({"registration_access_token": client.token}),
        json!({"client_id_issued_at": 1}),
        json!({"token_endpoint_auth_method": "none"}),
        json!({"grant_types": ["client_credentials"]}),
    ] {
        let refused = client.put(&server, &more).await;
        let expected = (400, "invalid_client_metadata".to_owned());
        assert_eq!(refused.refusal(), expected, "{more}");
    }
    let more = json!({"redirect_uris": ["http://app.example/"]});
    let refused = client.put(&server, &more).await;
    assert_eq!(refused.refusal().1, "invalid_redirect_uri");
    let read = client.send(&server, Method::GET, None).await.ok().json();
    assert_eq!(read["redirect_uris"], client.shown["redirect_uris"]);
}

#[tokio::test]
async fn deleted_client_and_its_token_are_gone() {
    let server = anyone().await;
    let client = registered(&server).await;
    assert_eq!(client.token_error(&server).await, "invalid_grant");
    let deleted = client.send(&server, Method::DELETE, None).await;
    assert_eq!(
        (deleted.status, deleted.body.len()),
        (StatusCode::NO_CONTENT, 0)
    );
    assert_eq!(client.token_error(&server).await, "invalid_client");
    for method in [Method::GET, Method::DELETE] {
        let refused = client.send(&server, method, None).await;
        assert_eq!(refused.refusal(), (401, "invalid_token".to_owned()));
    }
}
