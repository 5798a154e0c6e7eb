//! The path of a browser to a provider and back.

use super::provider::{
    Departed, TOKEN, come_back, come_back_with, corp, leave, respond, set_up, sign_in,
};
use crate::browser::{Browser, REQUEST, served};
use crate::requests::{claims, with};
use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::federation::email_domain::EmailDomain;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_ports::OutboundContent;
use serde_json::json;
use sha2::{Digest as _, Sha256};

#[tokio::test]
async fn first_sign_in_creates_account_and_second_uses_it() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    assert!(browser.html().contains("Continue with Corp &#38; Co"));
    let departed = leave(&mut browser).await;
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.path(), "/consent", "{}", browser.html());
    browser.submit(&[("decision", "agree")]).await;
    let code = browser.parameter("code").unwrap();
    let first = server.redeem("web", &code).await.ok();
    let first = claims(&first.text("id_token"));

    let mut other = Browser::new(&server);
    other.authorize(&REQUEST).await;
    let departed = leave(&mut other).await;
    // The address at the provider does not matter any more.
    respond(&server, &departed.claims(&server, "1", "jane@example.com"));
    come_back(&mut other, &departed).await;
    let code = other.parameter("code").unwrap();
    let second = server.redeem("web", &code).await.ok();
    let second = claims(&second.text("id_token"));
    assert_eq!(first["sub"], second["sub"]);
    other.open("/rp/userinfo").await;
    let user = other.answer.as_ref().unwrap().json();
    assert_eq!(user["email"], "new@example.com");
    assert_eq!(user["name"], "Jane of Corp");
    assert_eq!(user["id"], second["sub"]);
}

#[tokio::test]
async fn aero2_rp_userinfo_requires_session() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.open("/rp/userinfo").await;
    assert_eq!(browser.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn request_has_pkce_state_and_nonce_and_code_is_redeemed_with_verifier() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    browser.open("/rp/authorize?idp=corp").await;
    let departed = Departed::of(&browser);
    let start = "https://idp.example/auth?tenant=1&response_type=code&client_id=countersign";
    assert!(
        departed.location.starts_with(start),
        "{}",
        departed.location
    );
    let redirect_uri = departed.parameter("redirect_uri").unwrap();
    assert_eq!(redirect_uri, "https://auth.example/rp/callback/corp");
    assert_eq!(departed.parameter("scope").unwrap(), "openid profile email");
    assert_eq!(departed.parameter("code_challenge_method").unwrap(), "S256");
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    server.outside.take_requests();
    come_back(&mut browser, &departed).await;
    let requests = server.outside.take_requests();
    let sent = requests.into_iter().find(|(url, _)| url == TOKEN).unwrap();
    let OutboundContent::Fetch { form, .. } = sent.1 else {
        panic!("another kind of request");
    };
    let form = form.unwrap();
    let field = |name: &str| form.iter().find(|(own, _)| *own == name).unwrap().1.clone();
    let challenge = Sha256::digest(field("code_verifier"));
    let challenge = Base64UrlUnpadded::encode_string(&challenge);
    assert_eq!(challenge, departed.parameter("code_challenge").unwrap());
    assert_eq!(field("redirect_uri"), redirect_uri);
    assert_eq!(field("code"), "c");
}

#[tokio::test]
async fn demands_of_client_are_passed_on() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    let request = with(&REQUEST, "login_hint", "jane@example.com");
    let request = with(&request, "ui_locales", "de");
    let request = with(&request, "prompt", "select_account");
    let request = with(&request, "acr_values", "phr");
    let request = with(&request, "max_age", "300");
    browser.authorize(&request).await;
    let departed = leave(&mut browser).await;
    for (name, value) in [
        ("login_hint", "jane@example.com"),
        ("ui_locales", "de"),
        ("prompt", "select_account"),
        ("acr_values", "phr"),
        ("max_age", "300"),
    ] {
        assert_eq!(departed.parameter(name).as_deref(), Some(value), "{name}");
    }
    // The provider ignores max_age.
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.status(), StatusCode::BAD_GATEWAY);
    let departed = {
        browser.authorize(&request).await;
        leave(&mut browser).await
    };
    let mut token = departed.claims(&server, "1", "new@example.com");
    token["auth_time"] = json!(server.now().as_unix_seconds() - 10);
    respond(&server, &token);
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.path(), "/consent", "{}", browser.html());
}

#[tokio::test]
async fn user_who_must_sign_in_again_must_do_so_at_provider() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    let request = with(&REQUEST, "prompt", "login");
    for (path, ended) in [("/login", "/account"), ("", "/consent")] {
        // The user drops `prompt` from the address, so the provider answers for the session it has.
        for (signed_in, is_accepted) in [(Some(90), false), (None, false), (Some(0), true)] {
            match path {
                "" => browser.authorize(&request).await,
                path => browser.open(path).await,
            }
            let departed = leave(&mut browser).await;
            assert_eq!(departed.parameter("prompt").unwrap(), "login");
            assert_eq!(departed.parameter("max_age").unwrap(), "0");
            let mut token = departed.claims(&server, "1", "new@example.com");
            if let Some(age) = signed_in {
                token["auth_time"] = json!(server.now().as_unix_seconds() - age);
            }
            respond(&server, &token);
            come_back(&mut browser, &departed).await;
            if is_accepted {
                assert_eq!(browser.path(), ended, "{}", browser.html());
            } else {
                assert_eq!(browser.status(), StatusCode::BAD_GATEWAY, "{signed_in:?}");
            }
        }
    }
}

#[tokio::test]
async fn response_works_once_and_only_in_its_browser() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    let departed = leave(&mut browser).await;
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    let mut victim = Browser::new(&server);
    victim.open("/login").await;
    come_back(&mut victim, &departed).await;
    assert_eq!(victim.status(), StatusCode::BAD_REQUEST);
    victim.open("/rp/userinfo").await;
    assert_eq!(victim.status(), StatusCode::UNAUTHORIZED);

    browser.open("/login").await;
    let departed = leave(&mut browser).await;
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
    let mut again = Browser::new(&server);
    again.cookies.clone_from(&browser.cookies);
    again.cookies.retain(|name, _| name.contains("browser"));
    come_back(&mut again, &departed).await;
    assert_eq!(again.status(), StatusCode::BAD_REQUEST);
    again.open("/rp/userinfo").await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn late_or_foreign_response_is_refused() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut other = corp();
    other.name = ProviderName::parse("other").unwrap();
    set_up(&server, other).await;
    let mut browser = Browser::new(&server);
    browser.open("/rp/authorize?idp=corp").await;
    let departed = Departed::of(&browser);
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    let mix_up = format!(
        "/rp/callback/other?code=c&iss=https://idp.example&state={}",
        departed.state
    );
    browser.open(&mix_up).await;
    assert_eq!(
        browser.status(),
        StatusCode::BAD_REQUEST,
        "{}",
        browser.html()
    );
    for state in ["", "x", &"A".repeat(54), &"_".repeat(54)] {
        let address = format!("/rp/callback/corp?code=c&state={state}");
        browser.open(&address).await;
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST, "{state}");
    }
    browser.open("/rp/authorize?idp=corp").await;
    let departed = Departed::of(&browser);
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    server.pass(601);
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn canceled_sign_in_shows_provider_and_ways_on() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    let departed = leave(&mut browser).await;
    let query = "error=access_denied&error_description=%3Cb%3Eno&iss=https://idp.example";
    come_back_with(&mut browser, &departed, query).await;
    assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
    let html = browser.html();
    assert!(html.contains("Sign-in with Corp &#38; Co failed"), "{html}");
    assert!(!html.contains("<b>no"), "{html}");
    let other = html
        .split("href=\"")
        .find(|part| part.starts_with("/login?"));
    let other = other.unwrap().split('"').next().unwrap().to_owned();
    // The request of the client goes on.
    browser.open(&other).await;
    browser.log_in("jane@example.com").await;
    assert_eq!(browser.path(), "/consent");
}

#[tokio::test]
async fn disabled_or_unknown_provider_is_not_offered() {
    let server = served().await;
    let mut disabled = corp();
    disabled.enabled = false;
    set_up(&server, disabled).await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    assert!(!browser.html().contains("/rp/authorize"));
    for name in ["corp", "unknown", "", "../x"] {
        browser.open(&format!("/rp/authorize?idp={name}")).await;
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST, "{name}");
    }
}

#[tokio::test]
async fn sign_in_leads_only_to_pages_of_this_server() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    for evil in [
        "https://evil.example/",
        "//evil.example",
        "/%5Cevil.example",
    ] {
        browser
            .open(&format!("/rp/authorize?idp=corp&redirect_uri={evil}"))
            .await;
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST, "{evil}");
    }
    browser
        .open("/rp/authorize?idp=corp&redirect_uri=/account/security")
        .await;
    let departed = Departed::of(&browser);
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.path(), "/account/security");
}

#[tokio::test]
async fn address_of_home_domain_leads_to_provider() {
    let server = served().await;
    let mut home = corp();
    home.home_domains = vec![EmailDomain::parse("example.com").unwrap()];
    set_up(&server, home).await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    browser
        .submit(&[("email", "Jane@Example.com"), ("password", "x")])
        .await;
    let departed = Departed::of(&browser);
    assert_eq!(
        departed.parameter("login_hint").unwrap(),
        "Jane@Example.com"
    );
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    assert_eq!(browser.path(), "/account");
}
