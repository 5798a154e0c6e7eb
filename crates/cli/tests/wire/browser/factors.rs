//! Sign-in methods other than a password, and rate limits.

use super::{Browser, REQUEST, attribute, served};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::login::{AUTHORIZE, PASSWORD, login, one_time_code};
use crate::requests::{claims, with};
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::recovery_code;
use countersign_ports::{
    After, DeviceRepository as _, PasskeyRepository as _, RecoveryCodeRepository as _,
    SessionRepository as _,
};
use countersign_store_contract::fixtures;
use serde_json::json;

async fn devices(server: &Server, user: UserId) -> usize {
    let listed = server.store.list_devices(TENANT, user, After::start());
    listed.await.unwrap().items.len()
}

async fn at_second_factor(server: &Server) -> Browser<'_> {
    let mut browser = Browser::new(server);
    browser.authorize(&REQUEST).await;
    browser.log_in("mia@example.com").await;
    browser
}

#[tokio::test]
async fn aero2_28_app_code_is_required_and_single_use() {
    let server = served().await;
    let code = one_time_code(&server, 0);
    let mut browser = at_second_factor(&server).await;
    assert_eq!(browser.path(), "/login/second-factor");
    assert!(!browser.cookies.contains_key("__Host-countersign-session"));
    let (path, fields) = browser.form();
    browser
        .submit(&[("code", &one_time_code(&server, 3600))])
        .await;
    assert_eq!(browser.status().as_u16(), 400);
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/consent");
    let again = [fields, vec![("code".into(), code)]].concat();
    let mut thief = Browser::new(&server);
    thief.cookies.insert(
        "__Host-countersign-browser".into(),
        browser.cookies["__Host-countersign-browser"].clone(),
    );
    thief.post(&path, &again).await;
    assert_eq!(thief.status().as_u16(), 400, "the code was used");
}

#[tokio::test]
async fn aero2_28_recovery_code_replaces_app_once() {
    let server = served().await;
    let mia = fixtures::user(2, "mia@example.com").id;
    let code = recovery_code::written([7; recovery_code::BYTES]);
    server
        .store
        .replace_recovery_codes(TENANT, mia, &[recovery_code::digest(&code)])
        .await
        .unwrap();
    for (expected, path) in [(303, "/consent"), (400, "/login/recovery-code")] {
        let mut browser = at_second_factor(&server).await;
        let link = browser.html();
        let link = link.split("class=\"aside\"").nth(1).unwrap();
        let link = attribute(link, "href").unwrap();
        browser.open(&link).await;
        browser.submit(&[("code", &code.to_lowercase())]).await;
        let (path_now, status) = (browser.path().to_owned(), browser.status().as_u16());
        assert!(
            path_now == path && (status == expected || status == 200),
            "{path_now} {status}"
        );
    }
}

#[tokio::test]
async fn aero2_28_trusted_device_skips_code_for_its_user() {
    let server = served().await;
    let mut browser = at_second_factor(&server).await;
    let code = one_time_code(&server, 0);
    browser
        .submit(&[("code", &code), ("remember", "yes")])
        .await;
    let device = "__Host-countersign-device";
    assert!(browser.cookies.contains_key(device));
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser.log_in("mia@example.com").await;
    browser.submit(&[("decision", "agree")]).await;
    let code = browser.parameter("code").unwrap();
    let id_token = claims(&server.redeem("web", &code).await.ok().text("id_token"));
    assert_eq!(
        id_token["amr"],
        json!(["pwd"]),
        "a trusted device is not a factor"
    );
    let mut thief = Browser::new(&server);
    thief
        .cookies
        .insert(device.into(), browser.cookies[device].clone());
    thief.authorize(&REQUEST).await;
    thief.log_in("mia@example.com").await;
    assert_eq!(thief.path(), "/login/second-factor", "another browser");
    server.pass(30 * 86_400);
    browser.authorize(&REQUEST).await;
    browser.log_in("mia@example.com").await;
    assert_eq!(browser.path(), "/login/second-factor", "expired");
}

#[tokio::test]
async fn password_change_ends_login_waiting_for_second_factor() {
    let server = served().await;
    let mut browser = at_second_factor(&server).await;
    let mia = super::account::user(&browser, "mia@example.com").await.id;
    server.set_password(mia, "another password").await;
    let code = one_time_code(&server, 0);
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/login");
    assert!(!browser.cookies.contains_key("__Host-countersign-session"));
}

#[tokio::test]
async fn password_change_removes_other_trusted_devices() {
    let server = served().await;
    let mut elsewhere = at_second_factor(&server).await;
    let code = one_time_code(&server, 0);
    let remember = [("code", code.as_str()), ("remember", "yes")];
    elsewhere.submit(&remember).await;
    server.pass(30);
    let mut here = at_second_factor(&server).await;
    let code = one_time_code(&server, 0);
    let remember = [("code", code.as_str()), ("remember", "yes")];
    here.submit(&remember).await;
    let mia = super::account::user(&here, "mia@example.com").await.id;
    assert_eq!(devices(&server, mia).await, 2);
    here.open("/account/password").await;
    let new = "drei gr\u{fc}ne Eulen";
    here.submit(&[("password", PASSWORD), ("new_password", new)])
        .await;
    assert_eq!(here.path(), "/account/security");
    assert_eq!(devices(&server, mia).await, 1);
    for (browser, path) in [
        (&mut elsewhere, "/login/second-factor"),
        (&mut here, "/consent"),
    ] {
        browser.authorize(&with(&REQUEST, "prompt", "login")).await;
        browser
            .submit(&[("email", "mia@example.com"), ("password", new)])
            .await;
        assert_eq!(browser.path(), path);
    }
}

#[tokio::test]
async fn second_factor_does_not_revive_ended_session() {
    let server = served().await;
    let mut browser = at_second_factor(&server).await;
    let code = one_time_code(&server, 0);
    browser
        .submit(&[("code", &code), ("remember", "yes")])
        .await;
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser.log_in("mia@example.com").await;
    browser.submit(&[("decision", "agree")]).await;
    let demand = with(&REQUEST, "acr_values", "urn:countersign:2fa");
    for is_ended in [true, false] {
        browser.authorize(&demand).await;
        if browser.path() == "/login" {
            browser.log_in("mia@example.com").await;
            browser.authorize(&demand).await;
        }
        assert_eq!(browser.path(), "/login/second-factor");
        if is_ended {
            let mia = fixtures::user(2, "mia@example.com").id;
            let now = server.now();
            server
                .store
                .end_sessions(TENANT, mia, None, now)
                .await
                .unwrap();
        }
        server.pass(60);
        let code = one_time_code(&server, 0);
        browser.submit(&[("code", &code)]).await;
        assert_eq!(browser.path() == "/login", is_ended);
    }
    assert!(browser.parameter("code").is_some());
}

async fn ask_for_mail<'a>(server: &'a Server, email: &str) -> (Browser<'a>, Option<String>) {
    let mut browser = Browser::new(server);
    browser.authorize(&REQUEST).await;
    let html = browser.html();
    let link = html
        .split("href=\"")
        .find(|link| link.starts_with("/login/email-code"));
    let link = link.unwrap().split('"').next().unwrap().to_owned();
    browser.open(&link).await;
    browser.submit(&[("email", email)]).await;
    let mail = server.outside.mail();
    let code = mail.last().map(|message| {
        let digits =
            |word: &&str| word.len() == 6 && word.bytes().all(|digit| digit.is_ascii_digit());
        let words = message
            .letter
            .text
            .split(|c: char| !c.is_ascii_alphanumeric());
        words
            .into_iter()
            .find(|word| digits(word))
            .unwrap()
            .to_owned()
    });
    (browser, code)
}

#[tokio::test]
async fn aero2_28_email_code_is_single_use() {
    let server = served().await;
    let (mut browser, code) = ask_for_mail(&server, "Jane@Example.com").await;
    let code = code.unwrap();
    assert_eq!(
        server.outside.mail()[0].recipient.as_str(),
        "jane@example.com"
    );
    let wrong = if code == "000000" { "000001" } else { "000000" };
    browser.submit(&[("code", wrong)]).await;
    assert_eq!(browser.status().as_u16(), 400);
    let (path, fields) = browser.form();
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/consent");
    let again = [fields, vec![("code".into(), code)]].concat();
    browser.post(&path, &again).await;
    assert_eq!(browser.status().as_u16(), 400, "once");
    let (mut late, code) = ask_for_mail(&server, "jane@example.com").await;
    server.pass(600);
    late.submit(&[("code", &code.unwrap())]).await;
    assert!(
        !late.cookies.contains_key("__Host-countersign-session"),
        "too late"
    );
}

#[tokio::test]
async fn email_code_page_does_not_reveal_accounts() {
    let server = served().await;
    let (mut unknown, code) = ask_for_mail(&server, "unknown@example.com").await;
    assert_eq!((code, unknown.status().as_u16()), (None, 200));
    let (known, code) = ask_for_mail(&server, "jane@example.com").await;
    assert!(code.is_some());
    let (stranger, _) = ask_for_mail(&server, "john@example.com").await;
    assert_eq!(known.at.len(), stranger.at.len(), "same length");
    assert_eq!(known.html().len(), stranger.html().len());
    unknown.submit(&[("code", "000000")]).await;
    assert_eq!(unknown.status().as_u16(), 400);
    for _ in 0..4 {
        ask_for_mail(&server, "unknown@example.com").await;
    }
    let (too_often, _) = ask_for_mail(&server, "unknown@example.com").await;
    assert_eq!(too_often.status().as_u16(), 429);
    assert!(too_often.header("retry-after").is_some());
}

#[tokio::test]
async fn aero2_28_passkey_login_requires_its_own_challenge() {
    let server = served().await;
    let passkey = Passkey {
        id: b"key".to_vec(),
        user: fixtures::user(1, "jane@example.com").id,
        name: "phone".into(),
        credential: Vec::new(),
        created_at: fixtures::NOW,
        last_used_at: None,
    };
    let _ = server.store.insert_passkey(TENANT, &passkey).await.unwrap();
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    let (_, fields) = browser.form();
    browser.post("/login/passkey", &fields).await;
    let challenge = |browser: &Browser<'_>| {
        let html = browser.html();
        let options = attribute(&html, "data-options").unwrap();
        let options: serde_json::Value = serde_json::from_str(&options).unwrap();
        options["publicKey"]["challenge"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = challenge(&browser);
    browser.submit(&[("credential", "key:wrong")]).await;
    assert_eq!(browser.status().as_u16(), 400);
    browser
        .submit(&[("credential", &format!("key:{first}"))])
        .await;
    assert_eq!(
        browser.status().as_u16(),
        400,
        "the challenge is that of the previous page"
    );
    let second = challenge(&browser);
    let (path, fields) = browser.form();
    browser
        .submit(&[("credential", &format!("key:{second}"))])
        .await;
    browser.submit(&[("decision", "agree")]).await;
    let code = browser.parameter("code").unwrap();
    let id_token = claims(&server.redeem("web", &code).await.ok().text("id_token"));
    assert_eq!(id_token["acr"], "phr");
    let mut replay: Vec<_> = fields;
    replay.retain(|(name, _)| name != "credential");
    replay.push(("credential".into(), format!("key:{second}")));
    browser.post(&path, &replay).await;
    assert_eq!(browser.status().as_u16(), 400, "once");
}

#[tokio::test]
async fn ten_wrong_passwords_rate_limit_known_and_unknown_accounts() {
    let server = served().await;
    for email in ["jane@example.com", "unknown@example.com"] {
        let mut browser = Browser::new(&server);
        browser.authorize(&REQUEST).await;
        for _ in 0..10 {
            browser
                .submit(&[("email", email), ("password", "wrong")])
                .await;
            assert_eq!(browser.status().as_u16(), 400, "{email}");
        }
        let before = server.passwords.looked_at();
        browser
            .submit(&[("email", email), ("password", PASSWORD)])
            .await;
        assert_eq!(browser.status().as_u16(), 429, "{email}");
        let wait: u64 = browser.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=600).contains(&wait));
        assert_eq!(
            server.passwords.looked_at(),
            before,
            "no password is verified"
        );
        let json = server.json(AUTHORIZE, &login(email)).await;
        assert_eq!(json.status.as_u16(), 429, "same limit for the JSON login");
        assert!(json.headers.contains_key("retry-after"));
    }
    server.pass(600);
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in("jane@example.com").await;
    assert_eq!(browser.path(), "/consent");
}

#[tokio::test]
async fn email_code_guesses_are_limited_across_codes() {
    let server = served().await;
    let email = "jane@example.com";
    for _ in 0..2 {
        let (mut browser, code) = ask_for_mail(&server, email).await;
        let code = code.unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..4 {
            browser.submit(&[("code", wrong)]).await;
            assert_eq!(browser.status().as_u16(), 400);
        }
        browser.submit(&[("code", &code)]).await;
        assert_eq!(browser.path(), "/consent", "a success does not count");
    }
    let (mut browser, code) = ask_for_mail(&server, email).await;
    let code = code.unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..2 {
        browser.submit(&[("code", wrong)]).await;
        assert_eq!(browser.status().as_u16(), 400);
    }
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.status().as_u16(), 429);
    server.pass(600);
    let (mut browser, code) = ask_for_mail(&server, email).await;
    browser.submit(&[("code", &code.unwrap())]).await;
    assert_eq!(browser.path(), "/consent");
}

#[tokio::test]
async fn successful_login_counts_no_attempt() {
    let server = served().await;
    for _ in 0..12 {
        server
            .json(AUTHORIZE, &login("jane@example.com"))
            .await
            .ok();
    }
}
