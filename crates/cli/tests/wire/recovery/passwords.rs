//! From "Forgot password?" to the new password.

use super::{JANE, MIA, NEW, code, forgot, link};
use crate::browser::account::user;
use crate::browser::{Browser, REQUEST, served};
use crate::facts::TENANT;
use crate::login::one_time_code;
use crate::requests::with;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use countersign_domain::login::methods::Method;
use countersign_domain::tenant::recovery::RecoveryPolicy;
use countersign_ports::{After, SessionRepository as _, UserRepository as _};
use countersign_store_contract::fixtures;

#[tokio::test]
async fn code_of_mail_leads_to_new_password_and_back_to_app() {
    let server = served().await;
    let other = Browser::of(&server, JANE).await;
    let mut browser = forgot(&server, JANE).await;
    assert_eq!(browser.path(), "/recover/check");
    assert!(browser.html().contains(JANE));
    let mail = server.outside.mail().pop().unwrap();
    assert_eq!(mail.recipient.as_str(), JANE);
    let right = code(&mail);
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    browser.submit(&[("code", wrong)]).await;
    assert_eq!(browser.path(), "/recover/check");
    assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
    browser.submit(&[("code", &right)]).await;
    assert_eq!(browser.path(), "/recover/password");
    browser.submit(&[("new_password", "password")]).await;
    assert!(browser.html().contains("class=\"problem\""), "weak");
    browser.submit(&[("new_password", NEW)]).await;
    assert!(browser.parameter("code").is_some(), "consent was given");
    let jane = user(&browser, JANE).await;
    assert_eq!(jane.password_hash.as_deref(), Some(NEW));
    let listed = server.store.list_sessions(TENANT, jane.id, After::start());
    let sessions = listed.await.unwrap().items;
    let live = sessions.iter().filter(|own| own.is_live(server.now()));
    let methods: Vec<_> = live.map(|own| own.authentication.methods).collect();
    assert_eq!(methods.len(), 1, "the other session has ended");
    assert!(methods[0].contain(Method::EMAIL_CODE));
    drop(other);
}

#[tokio::test]
async fn link_of_mail_works_in_another_browser() {
    let server = served().await;
    forgot(&server, JANE).await;
    let link = link(&server.outside.mail().pop().unwrap());
    let mut browser = Browser::new(&server);
    browser.open(&link).await;
    assert_eq!(browser.path(), "/recover/link");
    assert!(browser.html().contains(JANE));
    browser.submit(&[]).await;
    assert_eq!(browser.path(), "/recover/password");
    browser.submit(&[("new_password", NEW)]).await;
    assert_eq!(browser.path(), "/account");
    let changed = user(&browser, JANE).await.password_hash;
    assert_eq!(changed.as_deref(), Some(NEW));
}

#[tokio::test]
async fn second_factor_is_required_even_on_trusted_device() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in(MIA).await;
    let now = one_time_code(&server, 0);
    browser
        .submit(&[("code", now.as_str()), ("remember", "yes")])
        .await;
    server.pass(60);
    browser.open("/recover").await;
    browser.submit(&[("email", MIA)]).await;
    let mailed = code(&server.outside.mail().pop().unwrap());
    browser.submit(&[("code", &mailed)]).await;
    assert_eq!(browser.path(), "/login/second-factor");
    let sealed = browser.at.split_once('?').unwrap().1.to_owned();
    browser.open(&format!("/recover/password?{sealed}")).await;
    assert_ne!(browser.path(), "/recover/password", "not before the factor");
    browser
        .open(&format!("/login/second-factor?{sealed}"))
        .await;
    browser
        .submit(&[("code", &one_time_code(&server, 0))])
        .await;
    assert_eq!(browser.path(), "/recover/password");
    browser.submit(&[("new_password", NEW)]).await;
    let mia = user(&browser, MIA).await;
    assert_eq!(mia.password_hash.as_deref(), Some(NEW));
    assert!(mia.sealed_totp_secret.is_some(), "the factor stays");
}

#[tokio::test]
async fn unknown_address_gets_same_page_and_no_mail() {
    let server = served().await;
    let known = forgot(&server, JANE).await;
    let unknown = forgot(&server, "none@example.com").await;
    assert_eq!(server.outside.mail().len(), 1);
    assert_eq!(known.path(), unknown.path());
    assert_eq!(known.status(), unknown.status());
    let page = |browser: &Browser<'_>, email: &str| {
        let html = browser.html().replace(email, "..");
        let is_sealed = |part: &&str| part.len() > 40 && !part.contains([' ', '<']);
        html.split('"')
            .filter(|part| !is_sealed(part))
            .collect::<String>()
    };
    assert_eq!(page(&known, JANE), page(&unknown, "none@example.com"));
    assert_eq!(JANE.len(), "none@example.com".len());
    assert_eq!(known.at.len(), unknown.at.len(), "the sealed value");
}

#[tokio::test]
async fn too_many_mails_are_refused_with_time_to_wait() {
    let server = served().await;
    for _ in 0..5 {
        forgot(&server, JANE).await;
    }
    let browser = forgot(&server, JANE).await;
    assert_eq!(browser.path(), "/recover");
    assert_eq!(browser.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(browser.header("retry-after").is_some());
    assert!(browser.html().contains(JANE), "what was typed stays");
    assert_eq!(server.outside.mail().len(), 5);
}

#[tokio::test]
async fn reset_keeps_grants_only_if_tenant_says_so() {
    for (revokes_grants, status) in [(true, 400), (false, 200)] {
        let server = served().await.with_recovery(RecoveryPolicy {
            revokes_grants,
            ..RecoveryPolicy::default()
        });
        // Other grants end with their session.
        let mut app = Browser::new(&server);
        let scope = "openid read offline_access";
        app.authorize(&with(&REQUEST, "scope", scope)).await;
        app.log_in(JANE).await;
        app.submit(&[("decision", "agree")]).await;
        let granted = server.redeem("web", &app.parameter("code").unwrap()).await;
        let mut browser = forgot(&server, JANE).await;
        let code = code(&server.outside.mail().pop().unwrap());
        browser.submit(&[("code", &code)]).await;
        browser.submit(&[("new_password", NEW)]).await;
        let token = granted.text("refresh_token");
        let refreshed = server.refresh("web", &token).await;
        assert_eq!(refreshed.status.as_u16(), status, "{revokes_grants}");
    }
}

#[tokio::test]
async fn account_registered_by_stranger_is_handed_over() {
    let server = served().await;
    let jane = fixtures::user(1, JANE).id;
    let own = |jane: &mut countersign_domain::user::User| {
        (jane.email_verified, jane.self_registered) = (false, true);
        jane.sealed_totp_secret = Some(vec![1]);
    };
    server.change_user(jane, own).await;
    let mut browser = forgot(&server, JANE).await;
    let code = code(&server.outside.mail().pop().unwrap());
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/recover/password", "the factor is gone");
    let owner = user(&browser, JANE).await;
    assert!(owner.email_verified && owner.sealed_totp_secret.is_none());
}

#[tokio::test]
async fn user_without_password_sets_one_only_with_code_by_mail() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    let jane = user(&browser, JANE).await;
    let removed =
        server
            .store
            .replace_password_hash(TENANT, jane.id, jane.password_hash.as_deref(), None);
    let _ = removed.await.unwrap();
    browser.open("/.well-known/change-password").await;
    assert_eq!(browser.path(), "/recover");
    assert!(browser.html().contains(JANE), "the address is filled in");
    let form = [("new_password", NEW)];
    crate::browser::account::act(&mut browser, "/account/password", &form).await;
    assert_eq!(browser.path(), "/recover", "not without the code");
    assert_eq!(user(&browser, JANE).await.password_hash, None);
}

#[tokio::test]
async fn well_known_change_password_leads_to_its_page() {
    let server = served().await;
    let request = Request::get("/.well-known/change-password");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers["location"], "/account/password");
}
