//! Client authentication by an assertion, and bounds of requests.

use super::provider::{Departed, TOKEN, come_back, corp, respond, set_up};
use crate::browser::{Browser, served};
use crate::requests::{claims, head};
use axum::http::{StatusCode, header};
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::protocol::UpstreamAuthentication;
use countersign_ports::OutboundContent;
use std::net::IpAddr;

#[tokio::test]
async fn private_key_jwt_is_signed_for_token_endpoint() {
    let server = served().await;
    let mut signed = corp();
    signed.authentication = UpstreamAuthentication::PrivateKeyJwt;
    set_up(&server, signed).await;
    let mut browser = Browser::new(&server);
    browser.open("/rp/authorize?idp=corp").await;
    let departed = Departed::of(&browser);
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
    let requests = server.outside.take_requests();
    let sent = requests.iter().find(|(url, _)| url == TOKEN).unwrap();
    let OutboundContent::Fetch { form, .. } = &sent.1 else {
        panic!("another kind of request");
    };
    let form = form.as_ref().unwrap();
    let assertion = form.iter().find(|(name, _)| *name == "client_assertion");
    let assertion = &assertion.unwrap().1;
    let published = server.get("/oauth2/jwks.json").await.json();
    let keys = published["keys"].as_array().unwrap();
    let header = head(assertion);
    assert!(keys.iter().any(|key| key["kid"] == header["kid"]));
    assert_eq!(header["typ"], "client-authentication+jwt");
    let claims = claims(assertion);
    assert_eq!(claims["iss"], "countersign");
    assert_eq!(claims["sub"], "countersign");
    assert_eq!(claims["aud"], TOKEN);
    assert!(claims["jti"].as_str().unwrap().len() > 20);
}

#[tokio::test]
async fn unfinished_sign_ins_from_one_address_are_limited() {
    let mut server = served().await;
    server.address = Some(IpAddr::from([192, 0, 2, 9]));
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    for _ in 0..100 {
        browser.open("/rp/authorize?idp=corp").await;
        assert_eq!(browser.status(), StatusCode::SEE_OTHER);
    }
    browser.open("/rp/authorize?idp=corp").await;
    assert_eq!(browser.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn apple_answers_by_form_which_browser_follows_with_its_cookies() {
    let server = served().await;
    let mut apple = corp();
    apple.preset = Some(Preset::Apple);
    set_up(&server, apple).await;
    let mut browser = Browser::new(&server);
    browser.open("/rp/authorize?idp=corp").await;
    let departed = Departed::of(&browser);
    let mode = departed.parameter("response_mode");
    assert_eq!(mode.as_deref(), Some("form_post"));
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    let fields = [
        ("code", "c"),
        ("state", departed.state.as_str()),
        ("iss", "https://idp.example"),
        ("user", r#"{"name":{"firstName":"Jane"}}"#),
    ];
    // Without cookies, as browsers send a form of another site.
    let answer = server.form("/rp/callback/corp", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let location = answer.headers[header::LOCATION].to_str().unwrap();
    assert!(!location.contains("Jane"), "{location}");
    browser.open(location).await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
}

#[tokio::test]
async fn malformed_form_gets_page() {
    let server = served().await;
    set_up(&server, corp()).await;
    let twice = server.form("/rp/callback/corp", &[("state", "a"), ("state", "b")]);
    assert_eq!(twice.await.status, StatusCode::BAD_REQUEST);
    let unknown = server.form("/rp/callback/No%2F", &[("state", "a")]);
    assert_eq!(unknown.await.status, StatusCode::NOT_FOUND);
}
