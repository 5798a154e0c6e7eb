//! Passkeys: registration, removal, and requests for them by a client.

use super::account::{act, user};
use super::{Browser, REQUEST, attribute, served};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::login::one_time_code;
use crate::requests::claims;
use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_ports::{After, PasskeyRepository as _, Race, UserRepository as _};

const JANE: &str = "jane@example.com";
const ADD: &str = "/account/passkey";
pub(crate) const REMOVE: &str = "/account/passkey/remove";

/// Returns the response of the authenticator with this passkey to the current page.
pub(crate) fn answer(browser: &Browser<'_>, id: &str) -> String {
    let options = attribute(&browser.html(), "data-options").unwrap();
    let options: serde_json::Value = serde_json::from_str(&options).unwrap();
    let challenge = options["publicKey"]["challenge"].as_str().unwrap();
    format!("{id}:{challenge}")
}

pub(crate) async fn add(browser: &mut Browser<'_>, id: &str) {
    browser.open(ADD).await;
    let credential = answer(browser, id);
    browser.submit(&[("credential", &credential)]).await;
}

pub(crate) async fn passkeys(server: &Server, email: &str) -> Vec<Passkey> {
    let owner = user(&Browser::new(server), email).await;
    let listed = server.store.list_passkeys(TENANT, owner.id, After::start());
    listed.await.unwrap().items
}

#[tokio::test]
async fn added_passkey_signs_in_its_owner() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    add(&mut browser, "phone").await;
    assert_eq!(browser.path(), "/account/security");
    assert!(browser.html().contains("Model of phone"));
    let all = passkeys(&server, JANE).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].id, b"phone");
    let mut elsewhere = Browser::new(&server);
    elsewhere.authorize(&REQUEST).await;
    let (_, fields) = elsewhere.form();
    elsewhere.post("/login/passkey", &fields).await;
    let credential = answer(&elsewhere, "phone");
    elsewhere.submit(&[("credential", &credential)]).await;
    assert!(elsewhere.parameter("code").is_some());
}

#[tokio::test]
async fn wrong_challenge_or_duplicate_id_adds_no_passkey() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open(ADD).await;
    browser.submit(&[("credential", "phone:another")]).await;
    assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
    assert_eq!(browser.path(), ADD, "the page starts again");
    let credential = answer(&browser, "phone");
    let (_, mut once) = browser.form();
    once.retain(|(name, _)| name != "credential");
    once.push(("credential".to_owned(), credential));
    browser.post(ADD, &once).await;
    assert_eq!(passkeys(&server, JANE).await.len(), 1);
    let mut joe = Browser::of(&server, "joe@example.com").await;
    add(&mut joe, "phone").await;
    assert_eq!(joe.status(), StatusCode::BAD_REQUEST);
    // Joe cannot submit a registration that was started for Jane.
    joe.post(ADD, &once).await;
    assert!(joe.status().is_client_error());
    assert!(passkeys(&server, "joe@example.com").await.is_empty());
    assert_eq!(passkeys(&server, JANE).await.len(), 1);
}

#[tokio::test]
async fn only_owner_can_remove_passkey() {
    let server = served().await;
    let mut jane = Browser::of(&server, JANE).await;
    add(&mut jane, "phone").await;
    let item = Base64UrlUnpadded::encode_string(b"phone");
    assert!(jane.html().contains(&item));
    let mut joe = Browser::of(&server, "joe@example.com").await;
    joe.open("/account").await;
    act(&mut joe, REMOVE, &[("item", &item)]).await;
    for wrong in [&[("item", "no base64!")][..], &[]] {
        jane.open("/account").await;
        act(&mut jane, REMOVE, wrong).await;
        assert_eq!(jane.status(), StatusCode::BAD_REQUEST);
    }
    assert_eq!(passkeys(&server, JANE).await.len(), 1);
    jane.open("/account").await;
    act(&mut jane, REMOVE, &[("item", &item)]).await;
    assert_eq!(jane.path(), "/account/security");
    assert!(passkeys(&server, JANE).await.is_empty());
    assert!(!jane.html().contains(&item));
}

#[tokio::test]
async fn stale_login_cannot_add_or_remove_passkey() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    add(&mut browser, "phone").await;
    browser.open(ADD).await;
    let credential = answer(&browser, "key");
    server.pass(600);
    browser.submit(&[("credential", &credential)]).await;
    assert_eq!(browser.path(), "/login");
    browser.open("/account").await;
    let item = Base64UrlUnpadded::encode_string(b"phone");
    act(&mut browser, REMOVE, &[("item", &item)]).await;
    assert_eq!(browser.path(), "/login");
    let all = passkeys(&server, JANE).await;
    assert_eq!(
        all.iter().map(|one| one.id.as_slice()).collect::<Vec<_>>(),
        [b"phone"]
    );
}

#[tokio::test]
async fn last_required_passkey_cannot_be_removed() {
    let server = served().await.with_accounts(MfaPolicy::Required, None);
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in(JANE).await;
    add(&mut browser, "phone").await;
    assert_eq!(passkeys(&server, JANE).await.len(), 1);
    browser.open("/account").await;
    let item = Base64UrlUnpadded::encode_string(b"phone");
    act(&mut browser, REMOVE, &[("item", &item)]).await;
    assert!(browser.status().is_client_error());
    assert_eq!(passkeys(&server, JANE).await.len(), 1);
}

#[tokio::test]
async fn essential_acr_asks_for_passkey_after_password() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    add(&mut browser, "phone").await;
    let demand = r#"{"id_token":{"acr":{"essential":true,"value":"phr"}}}"#;
    let request = [&REQUEST[..], &[("claims", demand)]].concat();
    let mut elsewhere = Browser::new(&server);
    elsewhere.authorize(&request).await;
    elsewhere.log_in(JANE).await;
    assert_eq!(elsewhere.path(), "/login/passkey");
    let credential = answer(&elsewhere, "phone");
    elsewhere.submit(&[("credential", &credential)]).await;
    let code = elsewhere.parameter("code").unwrap();
    let id_token = claims(&server.redeem("web", &code).await.ok().text("id_token"));
    assert_eq!(id_token["acr"], "phr");
}

#[tokio::test]
async fn phishing_resistant_acr_asks_for_passkey_despite_app() {
    const MIA: &str = "mia@example.com";
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in(MIA).await;
    let code = one_time_code(&server, 0);
    browser.submit(&[("code", &code)]).await;
    add(&mut browser, "phone").await;
    let demand = r#"{"id_token":{"acr":{"essential":true,"value":"phr"}}}"#;
    let demanding = [&REQUEST[..], &[("claims", demand)]].concat();
    for (request, page) in [
        (&demanding[..], "/login/passkey"),
        (&REQUEST[..], "/login/second-factor"),
    ] {
        let mut elsewhere = Browser::new(&server);
        elsewhere.authorize(request).await;
        elsewhere.log_in(MIA).await;
        assert_eq!(elsewhere.path(), page);
    }
    // The session has the level of an app. The request requires a higher level.
    browser.authorize(&demanding).await;
    assert_eq!(browser.path(), "/login/passkey");
}

#[tokio::test]
async fn password_change_ends_wait_for_passkey() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    add(&mut browser, "phone").await;
    let demand = r#"{"id_token":{"acr":{"essential":true,"value":"phr"}}}"#;
    let mut elsewhere = Browser::new(&server);
    elsewhere
        .authorize(&[&REQUEST[..], &[("claims", demand)]].concat())
        .await;
    elsewhere.log_in(JANE).await;
    assert_eq!(elsewhere.path(), "/login/passkey");
    let jane = user(&browser, JANE).await;
    let changed = server
        .store
        .replace_password_hash(
            TENANT,
            jane.id,
            jane.password_hash.as_deref(),
            Some("another"),
        )
        .await;
    assert_eq!(changed.unwrap(), Race::Won);
    let page = elsewhere.at.clone();
    elsewhere.open(&page).await;
    assert_eq!(elsewhere.path(), "/login");
}
