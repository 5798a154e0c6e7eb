//! Providers that lie: nothing is linked or created, and a page with ways on is shown.

use super::provider::{
    DISCOVERY, Departed, KEYS, TOKEN, USERINFO, come_back, come_back_with, corp, document, leave,
    respond, respond_with, set_up,
};
use crate::browser::{Browser, served};
use crate::harness::Server;
use crate::token::private_key_jwt::{OTHERS, OWN};
use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::user::Email;
use countersign_ports::{UserKey, UserRepository as _};
use serde_json::{Value, json};

const NEW: &str = "new@example.com";

async fn departed(server: &Server) -> (Browser<'_>, Departed) {
    let mut browser = Browser::new(server);
    browser.open("/login").await;
    let departed = leave(&mut browser).await;
    (browser, departed)
}

/// Checks that the browser is not signed in, that no account was created, and that the page names the provider.
async fn is_refused(server: &Server, mut browser: Browser<'_>, lie: &str) {
    assert_eq!(
        browser.status(),
        StatusCode::BAD_GATEWAY,
        "{lie}: {}",
        browser.html()
    );
    let html = browser.html();
    assert!(
        html.contains("Corp &#38; Co") && html.contains("/login?"),
        "{lie}"
    );
    browser.open("/rp/userinfo").await;
    assert_eq!(browser.status(), StatusCode::UNAUTHORIZED, "{lie}");
    let email = Email::parse(NEW).unwrap();
    let found = server
        .store
        .find_user(crate::facts::TENANT, UserKey::Email(&email));
    assert!(found.await.unwrap().is_none(), "{lie}");
    let happened = server.happened().await;
    let refused = happened
        .iter()
        .rev()
        .find(|event| event.context.refusal.is_some());
    let refused = refused.unwrap();
    let rule = refused.context.refusal.as_ref().unwrap();
    assert!(rule.starts_with("upstream_"), "{lie}: {rule}");
    let mut facts = refused.changes.iter();
    let evidence = facts.find(|fact| fact.field == "evidence").unwrap();
    let evidence = evidence.after.as_deref().unwrap();
    assert!(evidence.starts_with("corp: "), "{lie}: {evidence}");
}

#[tokio::test]
async fn id_token_with_untrue_claim_is_refused() {
    let server = served().await;
    set_up(&server, corp()).await;
    let now = server.now().as_unix_seconds();
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!("https://idp.example/")),
        ("aud", json!("another")),
        ("aud", json!(["countersign", "another"])),
        ("azp", json!("another")),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("exp", json!(now - 61)),
        ("iat", json!(now + 3600)),
        ("iat", json!(now - 3600)),
        ("nbf", json!(now + 3600)),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!("a".repeat(300))),
    ] {
        let (mut browser, departed) = departed(&server).await;
        let mut claims = departed.claims(&server, "1", NEW);
        claims[name] = value.clone();
        respond(&server, &claims);
        come_back(&mut browser, &departed).await;
        is_refused(&server, browser, &format!("{name}={value}")).await;
    }
}

#[tokio::test]
async fn id_token_without_valid_signature_is_refused() {
    let server = served().await;
    set_up(&server, corp()).await;
    let segment = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    for lie in [
        "none",
        "HS256",
        "other key",
        "other key with this kid",
        "type",
        "cut",
        "missing",
    ] {
        let (mut browser, departed) = departed(&server).await;
        let claims = departed.claims(&server, "1", NEW);
        let signed = OWN.sign(&claims);
        let (_, rest) = signed.split_once('.').unwrap();
        let with_header = |header: &Value| format!("{}.{rest}", segment(header));
        let token = match lie {
            "none" => format!("{}.{}.", segment(&json!({"alg": "none"})), segment(&claims)),
            "HS256" => with_header(&json!({"alg": "HS256", "kid": "own"})),
            "other key" => OTHERS.sign(&claims),
            "other key with this kid" => OTHERS.sign_as("own", &claims),
            "type" => with_header(&json!({"alg": "ES256", "kid": "own", "typ": "at+jwt"})),
            "cut" => signed[..signed.len() - 4].to_owned(),
            _ => String::new(),
        };
        respond_with(&server, &token, &claims);
        come_back(&mut browser, &departed).await;
        is_refused(&server, browser, lie).await;
    }
}

#[tokio::test]
async fn algorithm_that_provider_does_not_announce_is_refused() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut document = document();
    document["id_token_signing_alg_values_supported"] = json!(["RS256"]);
    server.outside.publish(DISCOVERY, &document.to_string());
    let (mut browser, departed) = departed(&server).await;
    respond(&server, &departed.claims(&server, "1", NEW));
    come_back(&mut browser, &departed).await;
    is_refused(&server, browser, "not announced").await;
}

#[tokio::test]
async fn algorithm_that_was_not_agreed_is_refused() {
    for (agreed, is_accepted) in [("RS256", false), ("ES256", true)] {
        let server = served().await;
        let mut provider = corp();
        provider.id_token_signed_response_alg = Some(agreed.into());
        set_up(&server, provider).await;
        let (mut browser, departed) = departed(&server).await;
        respond(&server, &departed.claims(&server, "1", NEW));
        come_back(&mut browser, &departed).await;
        if is_accepted {
            assert_eq!(browser.path(), "/account", "{}", browser.html());
        } else {
            is_refused(&server, browser, agreed).await;
        }
    }
}

#[tokio::test]
async fn response_with_wrong_or_missing_issuer_is_refused() {
    let server = served().await;
    set_up(&server, corp()).await;
    for query in [
        "code=c",
        "code=c&iss=https://evil.example",
        "code=c&iss=https://idp.example/",
        "error=access_denied&iss=https://evil.example",
        "iss=https://idp.example",
    ] {
        let (mut browser, departed) = departed(&server).await;
        respond(&server, &departed.claims(&server, "1", NEW));
        come_back_with(&mut browser, &departed, query).await;
        is_refused(&server, browser, query).await;
    }
}

#[tokio::test]
async fn userinfo_about_another_user_is_refused() {
    let server = served().await;
    set_up(&server, corp()).await;
    let (mut browser, departed) = departed(&server).await;
    let claims = departed.claims(&server, "1", NEW);
    let other = departed.claims(&server, "2", "jane@example.com");
    respond_with(&server, &OWN.sign(&claims), &other);
    come_back(&mut browser, &departed).await;
    is_refused(&server, browser, "another sub").await;
}

#[tokio::test]
async fn provider_that_does_not_respond_is_refused() {
    for url in [TOKEN, USERINFO, KEYS] {
        let server = served().await;
        set_up(&server, corp()).await;
        let (mut browser, departed) = departed(&server).await;
        respond(&server, &departed.claims(&server, "1", NEW));
        if url == KEYS {
            server.outside.publish(KEYS, "{}");
        } else {
            server.outside.withdraw(url);
        }
        come_back(&mut browser, &departed).await;
        is_refused(&server, browser, url).await;
    }
}

#[tokio::test]
async fn untrue_discovery_document_sends_browser_nowhere() {
    for (name, value) in [
        ("issuer", json!("https://evil.example")),
        ("issuer", json!("https://idp.example/")),
        ("authorization_endpoint", json!("http://idp.example/auth")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("token_endpoint", json!("http://10.0.0.1/token")),
        ("jwks_uri", Value::Null),
    ] {
        let server = served().await;
        set_up(&server, corp()).await;
        let mut document = document();
        document[name] = value.clone();
        server.outside.publish(DISCOVERY, &document.to_string());
        let mut browser = Browser::new(&server);
        browser.open("/rp/authorize?idp=corp").await;
        is_refused(&server, browser, &format!("{name}={value}")).await;
    }
}

#[tokio::test]
async fn replaced_key_of_provider_is_fetched() {
    let server = served().await;
    set_up(&server, corp()).await;
    server.outside.publish(KEYS, OTHERS.jwks().as_str());
    let (mut browser, first) = departed(&server).await;
    let claims = first.claims(&server, "1", NEW);
    respond_with(&server, &OTHERS.sign(&claims), &claims);
    come_back(&mut browser, &first).await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
}
