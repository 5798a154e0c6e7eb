//! Which account a user of a provider gets.

use super::provider::{come_back, corp, leave, noticing, respond, set_up, sign_in};
use crate::browser::{Browser, REQUEST, served};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::requests::claims;
use axum::http::StatusCode;
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::federation::identity::Identity;
use countersign_domain::federation::value_table::GroupTable;
use countersign_domain::identifier::UserId;
use countersign_domain::user::{Email, User};
use countersign_ports::{After, Definition, IdentityRepository as _, UserKey, UserRepository as _};
use countersign_store_contract::fixtures;
use serde_json::json;

async fn identities(server: &Server, user: UserId) -> Vec<Identity> {
    let listed = server.store.list_identities(TENANT, user, After::start());
    listed.await.unwrap().items
}

async fn user(server: &Server, email: &str) -> Option<User> {
    let email = Email::parse(email).unwrap();
    let found = server.store.find_user(TENANT, UserKey::Email(&email));
    found.await.unwrap()
}

const JANE: UserId = fixtures::user_id(1);

async fn grant_role(server: &Server, holder: Holder) {
    let mut all = Administrators::new();
    let owner = RoleName::parse(AdminRole::OWNER).unwrap();
    all.holders.entry(holder).or_default().roles.insert(owner);
    server.put(Definition::Administrators(all)).await;
}

#[tokio::test]
async fn proved_address_links_account_and_sends_notice() {
    let server = noticing().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "jane@example.com").await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
    let linked = identities(&server, JANE).await;
    assert_eq!(linked.len(), 1);
    assert!(linked[0].is_of("https://idp.example", "1"));
    assert_eq!(linked[0].provider, "corp");
    let mail = server.outside.mail();
    let subjects: Vec<_> = mail
        .iter()
        .map(|mail| mail.letter.subject.as_str())
        .collect();
    assert!(
        subjects
            .iter()
            .any(|subject| subject.contains("sign-in provider was linked")),
        "{subjects:?}"
    );
    let happened = server.happened().await;
    let linked = happened
        .iter()
        .find(|event| event.action.as_str() == "user.identity_linked");
    assert!(linked.is_some());
    // The password still works.
    let mut other = Browser::new(&server);
    other.open("/login").await;
    other.log_in("jane@example.com").await;
    assert_eq!(other.path(), "/account");
}

#[tokio::test]
async fn address_without_proof_links_nothing() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    for (name, value) in [
        ("email_verified", json!(false)),
        ("email_verified", json!(null)),
        ("email", json!("jane@other.example")),
    ] {
        browser.open("/login").await;
        let departed = leave(&mut browser).await;
        let mut token = departed.claims(&server, "1", "jane@example.com");
        token[name] = value.clone();
        if name == "email" {
            // An account with an address of a domain for which the provider is not trusted.
            let other = User {
                email: Email::parse("jane@other.example").unwrap(),
                ..fixtures::user(9, "jane@other.example")
            };
            server.add_user(&other).await;
        }
        respond(&server, &token);
        come_back(&mut browser, &departed).await;
        assert_eq!(browser.status(), StatusCode::FORBIDDEN, "{name}={value}");
        assert!(
            browser.html().contains("already exists"),
            "{}",
            browser.html()
        );
        for user in [JANE, fixtures::user_id(9)] {
            assert!(identities(&server, user).await.is_empty(), "{name}={value}");
        }
    }
}

#[tokio::test]
async fn account_of_administrator_is_not_linked_by_address() {
    let server = served().await;
    set_up(&server, corp()).await;
    grant_role(&server, Holder::User(JANE)).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "jane@example.com").await;
    assert_eq!(browser.status(), StatusCode::FORBIDDEN);
    assert!(identities(&server, JANE).await.is_empty());
}

#[tokio::test]
async fn account_with_unverified_address_is_handed_over_first() {
    let server = served().await;
    set_up(&server, corp()).await;
    // A stranger registered the address, has a password and a session, and waits for its owner.
    let trap = User {
        email_verified: false,
        self_registered: true,
        password_hash: Some(crate::login::PASSWORD.into()),
        ..fixtures::user(9, "trap@example.com")
    };
    server.add_user(&trap).await;
    let mut stranger = Browser::new(&server);
    stranger.open("/login").await;
    stranger.log_in("trap@example.com").await;
    stranger.open("/rp/userinfo").await;
    assert_eq!(stranger.status(), StatusCode::OK);

    let mut owner = Browser::new(&server);
    sign_in(&server, &mut owner, "1", "trap@example.com").await;
    assert_eq!(owner.path(), "/account", "{}", owner.html());
    stranger.open("/rp/userinfo").await;
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    let handed_over = user(&server, "trap@example.com").await.unwrap();
    assert!(handed_over.email_verified && handed_over.password_hash.is_none());
    assert_eq!(identities(&server, trap.id).await.len(), 1);
}

#[tokio::test]
async fn changed_address_at_provider_takes_no_other_account() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    let new = user(&server, "new@example.com").await.unwrap();
    let mut again = Browser::new(&server);
    sign_in(&server, &mut again, "1", "jane@example.com").await;
    again.open("/rp/userinfo").await;
    let shown = again.answer.as_ref().unwrap().json();
    assert_eq!(shown["id"], new.id.to_string());
    assert_eq!(shown["email"], "new@example.com");
    assert!(identities(&server, JANE).await.is_empty());
    let own = identities(&server, new.id).await;
    assert_eq!(
        own[0].email.as_deref(),
        Some("jane@example.com"),
        "for display"
    );
}

#[tokio::test]
async fn unproved_address_of_new_account_stays_unverified() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@other.example").await;
    let new = user(&server, "new@other.example").await.unwrap();
    assert!(!new.email_verified && new.self_registered);
    sign_in(&server, &mut Browser::new(&server), "2", "new@example.com").await;
    let new = user(&server, "new@example.com").await.unwrap();
    assert!(new.email_verified && new.password_hash.is_none());
}

#[tokio::test]
async fn provider_without_creation_creates_no_account() {
    let server = served().await;
    let mut closed = corp();
    closed.create_users = false;
    set_up(&server, closed).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    assert_eq!(browser.status(), StatusCode::FORBIDDEN);
    assert!(user(&server, "new@example.com").await.is_none());
}

#[tokio::test]
async fn no_account_is_created_in_full_tenant() {
    let server = served().await;
    let server = server.with_settings(|settings| settings.limits.users = Some(1));
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    assert!(browser.status().is_client_error(), "{}", browser.status());
    assert!(user(&server, "new@example.com").await.is_none());
}

#[tokio::test]
async fn disabled_account_is_not_signed_in() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    let new = user(&server, "new@example.com").await.unwrap();
    server
        .change_user(new.id, |user| user.enabled = false)
        .await;
    let mut again = Browser::new(&server);
    sign_in(&server, &mut again, "1", "new@example.com").await;
    assert_eq!(again.status(), StatusCode::FORBIDDEN);
    again.open("/rp/userinfo").await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn second_factor_comes_before_link() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "mia@example.com").await;
    assert_eq!(browser.path(), "/login/second-factor", "{}", browser.html());
    let mia = user(&server, "mia@example.com").await.unwrap();
    assert!(identities(&server, mia.id).await.is_empty());
    let code = crate::login::one_time_code(&server, 0);
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
    assert_eq!(identities(&server, mia.id).await.len(), 1);
}

#[tokio::test]
async fn two_factors_at_provider_count_only_if_listed() {
    let server = served().await;
    let mut strong = corp();
    strong.two_factor_amr = vec!["mfa".into()];
    set_up(&server, strong).await;
    for (amr, path) in [
        (json!(["pwd"]), "/login/second-factor"),
        (json!(["pwd", "mfa"]), "/consent"),
    ] {
        let mut browser = Browser::new(&server);
        browser.authorize(&REQUEST).await;
        let departed = leave(&mut browser).await;
        let mut token = departed.claims(&server, "1", "mia@example.com");
        token["amr"] = amr;
        respond(&server, &token);
        come_back(&mut browser, &departed).await;
        assert_eq!(browser.path(), path);
        if path == "/consent" {
            browser.submit(&[("decision", "agree")]).await;
            let code = browser.parameter("code").unwrap();
            let tokens = server.redeem("web", &code).await.ok();
            let id_token = claims(&tokens.text("id_token"));
            assert_eq!(id_token["amr"], json!(["mfa"]));
        }
    }
}

#[tokio::test]
async fn groups_follow_claim_except_those_with_admin_roles() {
    let server = served().await;
    let group = |name: &str| GroupName::parse(name).unwrap();
    for name in ["staff", "admins"] {
        server.add_group(name).await;
    }
    grant_role(&server, Holder::Group(group("admins"))).await;
    let mut mapped = corp();
    mapped.groups = Some(GroupTable {
        claim: "teams".into(),
        values: [(
            "all".into(),
            [group("staff"), group("admins"), group("missing")].into(),
        )]
        .into(),
    });
    set_up(&server, mapped).await;
    for (teams, expected) in [(json!(["all"]), vec![group("staff")]), (json!([]), vec![])] {
        let mut browser = Browser::new(&server);
        browser.open("/login").await;
        let departed = leave(&mut browser).await;
        let mut token = departed.claims(&server, "1", "new@example.com");
        token["teams"] = teams;
        respond(&server, &token);
        come_back(&mut browser, &departed).await;
        assert_eq!(browser.path(), "/account", "{}", browser.html());
        let new = user(&server, "new@example.com").await.unwrap();
        assert_eq!(new.groups, expected);
    }
}
