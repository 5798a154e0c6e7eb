//! Providers with OAuth 2.0 only, in GitHub's shape.

use super::provider::{Departed, come_back_with, corp};
use crate::browser::{Browser, served};
use crate::facts::TENANT;
use crate::harness::Server;
use axum::http::{StatusCode, header};
use countersign_domain::federation::email_domain::TrustedDomains;
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::protocol::UpstreamAuthentication;
use countersign_domain::federation::provider::{SealedClientSecret, UpstreamProvider};
use countersign_domain::user::Email;
use countersign_ports::{
    After, Definition, IdentityRepository as _, OutboundContent, UserKey, UserRepository as _,
    Vault as _,
};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const TOKEN: &str = "https://github.com/login/oauth/access_token";
const USER: &str = "https://api.github.com/user";
const EMAILS: &str = "https://api.github.com/user/emails";

fn github() -> UpstreamProvider {
    let protocol = Preset::GitHub.protocol().unwrap();
    let mut github = UpstreamProvider::new(
        corp().name,
        Some(Preset::GitHub),
        protocol,
        "client",
        fixtures::NOW,
    );
    github.trusted_domains = TrustedDomains::All;
    let context = UpstreamProvider::secret_context(&github.name);
    let sealed = crate::facts::KEYS.0.seal(TENANT, &context, b"s3cret");
    github.secret = Some(SealedClientSecret {
        sealed,
        created_at: fixtures::NOW,
    });
    github
}

async fn departed(server: &Server) -> (Browser<'_>, Departed) {
    let mut browser = Browser::new(server);
    browser.open("/rp/authorize?idp=corp").await;
    let departed = Departed::of(&browser);
    (browser, departed)
}

fn respond(server: &Server, emails: &Value) {
    let tokens = json!({"access_token": "gho_x", "token_type": "bearer", "scope": "user:email"});
    server.outside.publish(TOKEN, &tokens.to_string());
    let user = json!({
        "id": 583_231, "login": "jane", "name": null, "email": "public@example.com",
        "avatar_url": "https://avatars.example/1",
    });
    server.outside.publish(USER, &user.to_string());
    server.outside.publish(EMAILS, &emails.to_string());
}

#[tokio::test]
async fn github_user_signs_in_with_verified_primary_address() {
    let server = served().await;
    server.put(Definition::UpstreamProvider(github())).await;
    let (mut browser, departed) = departed(&server).await;
    assert!(
        departed
            .location
            .starts_with("https://github.com/login/oauth/authorize?")
    );
    assert_eq!(departed.parameter("scope").unwrap(), "read:user user:email");
    assert_eq!(departed.parameter("nonce"), None);
    let emails = json!([
        {"email": "joe@example.com", "primary": false, "verified": true},
        {"email": "jane@example.com", "primary": true, "verified": true},
    ]);
    respond(&server, &emails);
    come_back_with(&mut browser, &departed, "code=c").await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
    let jane = server
        .store
        .list_identities(TENANT, fixtures::user_id(1), After::start());
    let linked = jane.await.unwrap().items;
    assert!(linked[0].is_of("https://api.github.com/user#id", "583231"));
    let requests = server.outside.take_requests();
    let content = |wanted: &str| {
        let sent = requests.iter().find(|(url, _)| url == wanted);
        match &sent.unwrap().1 {
            OutboundContent::Fetch { headers, form } => (headers, form),
            _ => panic!("another kind of request"),
        }
    };
    let (headers, form) = content(TOKEN);
    let form = form.as_ref().unwrap();
    assert!(form.contains(&("client_secret", "s3cret".into())));
    assert!(form.contains(&("client_id", "client".into())));
    assert!(
        headers
            .iter()
            .all(|(name, _)| *name != header::AUTHORIZATION.as_str())
    );
    let bearer = ("authorization", "Bearer gho_x".to_owned());
    assert!(content(USER).0.contains(&bearer) && content(EMAILS).0.contains(&bearer));
}

#[tokio::test]
async fn github_address_that_is_not_verified_or_primary_links_nothing() {
    let server = served().await;
    server.put(Definition::UpstreamProvider(github())).await;
    for emails in [
        json!([{"email": "jane@example.com", "primary": true, "verified": false}]),
        json!([{"email": "jane@example.com", "primary": false, "verified": true}]),
        json!([]),
    ] {
        let (mut browser, departed) = departed(&server).await;
        respond(&server, &emails);
        come_back_with(&mut browser, &departed, "code=c").await;
        assert_eq!(browser.status(), StatusCode::FORBIDDEN, "{emails}");
        assert!(browser.html().contains("share an email address"));
    }
    let email = Email::parse("public@example.com").unwrap();
    let found = server.store.find_user(TENANT, UserKey::Email(&email));
    assert!(found.await.unwrap().is_none());
}

#[tokio::test]
async fn error_of_token_endpoint_is_refused() {
    let server = served().await;
    server.put(Definition::UpstreamProvider(github())).await;
    let (mut browser, departed) = departed(&server).await;
    server
        .outside
        .publish(TOKEN, r#"{"error":"bad_verification_code"}"#);
    come_back_with(&mut browser, &departed, "code=c").await;
    assert_eq!(browser.status(), StatusCode::BAD_GATEWAY);
    let happened = server.happened().await;
    let shown = format!("{happened:?}");
    assert!(shown.contains("upstream_unavailable"), "{shown}");
}

#[tokio::test]
async fn basic_credentials_are_form_encoded() {
    let server = served().await;
    let mut github = github();
    github.authentication = UpstreamAuthentication::ClientSecretBasic;
    github.client_id = "a:b".into();
    server.put(Definition::UpstreamProvider(github)).await;
    let (mut browser, departed) = departed(&server).await;
    respond(&server, &json!([]));
    come_back_with(&mut browser, &departed, "code=c").await;
    let requests = server.outside.take_requests();
    let sent = requests.iter().find(|(url, _)| url == TOKEN).unwrap();
    let OutboundContent::Fetch { headers, form } = &sent.1 else {
        panic!("another kind of request");
    };
    // a%3Ab:s3cret
    assert!(headers.contains(&("authorization", "Basic YSUzQWI6czNjcmV0".into())));
    let form = form.as_ref().unwrap();
    assert!(form.iter().all(|(name, _)| *name != "client_secret"));
}
