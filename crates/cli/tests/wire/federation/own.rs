//! Linking and unlinking by a signed-in user.

use super::provider::{Departed, come_back, corp, noticing, respond, set_up, sign_in};
use crate::browser::{Browser, served};
use crate::facts::TENANT;
use crate::harness::Server;
use axum::http::StatusCode;
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::UserId;
use countersign_ports::{After, Definition, IdentityRepository as _, Race};
use countersign_store_contract::fixtures;

const SECURITY: &str = "/account/security";
const JANE: UserId = fixtures::user_id(1);

async fn identities(server: &Server, user: UserId) -> Vec<Identity> {
    let listed = server.store.list_identities(TENANT, user, After::start());
    listed.await.unwrap().items
}

async fn jane(server: &Server) -> Browser<'_> {
    let mut browser = Browser::new(server);
    browser.open("/login").await;
    browser.log_in("jane@example.com").await;
    browser
}

/// Submits the form at `action` on the security page.
async fn submit(browser: &mut Browser<'_>, action: &str) {
    browser.open(SECURITY).await;
    let html = browser.html();
    let form = html
        .split("<form")
        .find(|form| form.contains(&format!("action=\"{action}\"")));
    let form = form
        .unwrap_or_else(|| panic!("{html}"))
        .split("</form>")
        .next()
        .unwrap();
    let fields = form.split("<input").skip(1).map(|input| {
        let value = |name| crate::browser::attribute(input, name).unwrap_or_default();
        (value("name"), value("value"))
    });
    let fields: Vec<_> = fields.collect();
    browser.post(action, &fields).await;
}

#[tokio::test]
async fn administrator_links_account_with_any_address_and_signs_in_with_it() {
    let server = noticing().await;
    set_up(&server, corp()).await;
    let mut all = Administrators::new();
    let owner = RoleName::parse(AdminRole::OWNER).unwrap();
    all.holders
        .entry(Holder::User(JANE))
        .or_default()
        .roles
        .insert(owner);
    server.put(Definition::Administrators(all)).await;
    let mut browser = jane(&server).await;
    submit(&mut browser, "/account/identities/link").await;
    let departed = Departed::of(&browser);
    respond(&server, &departed.claims(&server, "1", "joe@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(
        browser.at,
        "/account/security?done=linked",
        "{}",
        browser.html()
    );
    assert!(browser.html().contains("Corp &#38; Co"));
    assert_eq!(identities(&server, JANE).await.len(), 1);
    let mail = server.outside.mail();
    assert!(
        mail.iter()
            .any(|mail| mail.letter.subject.contains("was linked"))
    );
    let mut other = Browser::new(&server);
    sign_in(&server, &mut other, "1", "joe@example.com").await;
    other.open("/rp/userinfo").await;
    assert_eq!(
        other.answer.as_ref().unwrap().json()["email"],
        "jane@example.com"
    );
}

#[tokio::test]
async fn link_is_finished_only_by_the_session_that_began_it() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = jane(&server).await;
    submit(&mut browser, "/account/identities/link").await;
    let departed = Departed::of(&browser);
    respond(&server, &departed.claims(&server, "1", "jane@example.com"));
    // Another user signs in, in the same browser.
    browser.cookies.retain(|name, _| !name.contains("session"));
    browser.open("/login").await;
    browser.log_in("joe@example.com").await;
    come_back(&mut browser, &departed).await;
    assert_ne!(browser.status(), StatusCode::OK);
    for user in [JANE, fixtures::user_id(3)] {
        assert!(identities(&server, user).await.is_empty());
    }
}

#[tokio::test]
async fn old_sign_in_must_be_renewed_before_link() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = jane(&server).await;
    server.pass(3000);
    submit(&mut browser, "/account/identities/link").await;
    assert_eq!(browser.path(), "/login");
}

#[tokio::test]
async fn identity_of_another_user_is_not_linked() {
    let server = served().await;
    set_up(&server, corp()).await;
    sign_in(&server, &mut Browser::new(&server), "1", "new@example.com").await;
    let mut browser = jane(&server).await;
    submit(&mut browser, "/account/identities/link").await;
    let departed = Departed::of(&browser);
    respond(&server, &departed.claims(&server, "1", "jane@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.status(), StatusCode::FORBIDDEN);
    assert!(browser.html().contains("linked to another account"));
    assert!(identities(&server, JANE).await.is_empty());
}

#[tokio::test]
async fn unlinked_account_no_longer_signs_in() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = jane(&server).await;
    submit(&mut browser, "/account/identities/link").await;
    let departed = Departed::of(&browser);
    respond(&server, &departed.claims(&server, "1", "x@other.example"));
    come_back(&mut browser, &departed).await;
    submit(&mut browser, "/account/identities/unlink").await;
    assert_eq!(
        browser.at,
        "/account/security?done=removed",
        "{}",
        browser.html()
    );
    assert!(identities(&server, JANE).await.is_empty());
    let happened = server.happened().await;
    let unlinked = |event: &countersign_domain::audit::event::Event| {
        event.action.as_str() == "user.identity_unlinked"
    };
    assert!(happened.iter().any(unlinked));
}

#[tokio::test]
async fn last_way_to_sign_in_is_not_unlinked() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    // The address is not proved, so the user cannot get a code there.
    sign_in(&server, &mut browser, "1", "new@other.example").await;
    submit(&mut browser, "/account/identities/unlink").await;
    assert_eq!(
        browser.status(),
        StatusCode::FORBIDDEN,
        "{}",
        browser.html()
    );
    let mut again = Browser::new(&server);
    sign_in(&server, &mut again, "1", "new@other.example").await;
    assert_eq!(again.path(), "/account");
}

#[tokio::test]
async fn identity_unlinked_while_sign_in_waits_signs_no_one_in() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "mia@example.com").await;
    let code = crate::login::one_time_code(&server, 0);
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
    server.pass(60);
    let mut waits = Browser::new(&server);
    sign_in(&server, &mut waits, "1", "mia@example.com").await;
    assert_eq!(waits.path(), "/login/second-factor");
    let mia = fixtures::user_id(2);
    let linked = &identities(&server, mia).await[0];
    let removed = server.store.remove_identity(TENANT, mia, linked.id);
    assert_eq!(removed.await.unwrap(), Race::Won);
    let code = crate::login::one_time_code(&server, 0);
    waits.submit(&[("code", &code)]).await;
    assert_eq!(waits.path(), "/login", "{}", waits.html());
    waits.open("/rp/userinfo").await;
    assert_eq!(waits.status(), StatusCode::UNAUTHORIZED);
    assert!(identities(&server, mia).await.is_empty());
}
