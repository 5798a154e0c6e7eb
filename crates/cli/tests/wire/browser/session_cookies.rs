//! Session cookies of this version, and signed cookies of the previous version.

use super::golden::{new_keys, server};
use super::{Browser, REQUEST, SESSION};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::requests::{claims, with};
use axum::http::header;
use countersign_adapters_jwt::{Codecs, MasterKeys};
use countersign_codec::{FIRST_GENERATION, FORMAT_GENERATION};
use countersign_domain::login::session::Session;
use countersign_domain::secret::SecretDigest;
use countersign_ports::{Race, SessionRepository as _};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};
use std::path::Path;
use std::{env, fs};

const JANE: &str = "jane@example.com";

/// Returns a server whose cluster has a node of the first generation, and the codecs that know about it.
async fn mixed_cluster() -> (Server, Codecs) {
    let (codecs, key) = new_keys(&MasterKeys::generate().unwrap());
    codecs.set_common_generation(FIRST_GENERATION);
    (server((codecs.clone(), vec![key])).await, codecs)
}

async fn sign_in_again(browser: &mut Browser<'_>) {
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser.log_in(JANE).await;
}

fn has_secret(browser: &Browser<'_>) -> bool {
    browser.cookies[SESSION].split('.').count() == 2
}

#[tokio::test]
async fn mixed_cluster_signs_cookies() {
    let (server, _) = mixed_cluster().await;
    let mut browser = Browser::of(&server, JANE).await;
    let signed = browser.cookies[SESSION].clone();
    assert_eq!(claims(&signed)["token_use"], "session");
    server.pass(2400);
    for extend in [true, false] {
        if extend {
            browser.authorize(&REQUEST).await;
        } else {
            sign_in_again(&mut browser).await;
        }
        assert!(browser.parameter("code").is_some());
        let next = claims(&browser.cookies[SESSION]);
        assert_eq!(next["sid"], claims(&signed)["sid"]);
    }
}

#[tokio::test]
async fn signed_cookie_is_void_once_session_has_secret() {
    let (server, codecs) = mixed_cluster().await;
    let mut browser = Browser::of(&server, JANE).await;
    codecs.set_common_generation(FORMAT_GENERATION);
    browser.authorize(&REQUEST).await;
    assert!(browser.parameter("code").is_some() && !has_secret(&browser));
    let signed = browser.cookies.clone();
    sign_in_again(&mut browser).await;
    assert!(has_secret(&browser));
    let mut late = Browser {
        cookies: signed,
        ..Browser::new(&server)
    };
    late.authorize(&REQUEST).await;
    assert_eq!(late.path(), "/login");
    let headers = &late.answer.as_ref().unwrap().headers;
    assert!(!headers.contains_key(header::SET_COOKIE), "{headers:?}");
    browser.authorize(&REQUEST).await;
    assert!(browser.parameter("code").is_some());
}

#[tokio::test]
async fn extension_after_upgrade_keeps_signed_cookie() {
    let (server, codecs) = mixed_cluster().await;
    let mut browser = Browser::of(&server, JANE).await;
    codecs.set_common_generation(FORMAT_GENERATION);
    server.pass(2400);
    for _ in 0..2 {
        browser.authorize(&REQUEST).await;
        assert!(browser.parameter("code").is_some() && !has_secret(&browser));
    }
}

/// Returns the vector of a cookie. With `WRITE_GOLDEN` in the environment, first writes a missing file.
async fn vector() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/session-cookie-1.json");
    if !path.exists() && env::var_os("WRITE_GOLDEN").is_some() {
        let server = super::served().await;
        let browser = Browser::of(&server, JANE).await;
        let sessions = server.store.list_sessions(
            TENANT,
            fixtures::user_id(1),
            countersign_ports::After::start(),
        );
        let session = sessions.await.unwrap().items[0].clone();
        let made = json!({
            "cookie": browser.cookies[SESSION],
            "id": session.id.to_string(),
            "secret_digest": session.secret.unwrap().as_bytes(),
        });
        fs::write(&path, serde_json::to_string(&made).unwrap() + "\n").unwrap();
    }
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test]
async fn golden_session_cookie_opens() {
    let vector = vector().await;
    let server = super::served().await;
    let digest: [u8; 32] = serde_json::from_value(vector["secret_digest"].clone()).unwrap();
    let session = Session {
        id: vector["id"].as_str().unwrap().parse().unwrap(),
        secret: Some(SecretDigest::from_bytes(digest)),
        ..fixtures::session(1)
    };
    let inserted = server.store.insert_session(TENANT, &session);
    assert_eq!(inserted.await.unwrap(), Race::Won);
    let mut browser = Browser::new(&server);
    let cookie = vector["cookie"].as_str().unwrap().to_owned();
    browser.cookies.insert(SESSION.to_owned(), cookie.clone());
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/consent");
    assert_eq!(browser.cookies[SESSION], cookie);
}
