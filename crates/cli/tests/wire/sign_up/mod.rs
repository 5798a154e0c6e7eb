//! Sign-up on the pages.

mod invitations;
mod passkeys;

use crate::browser::account::user;
use crate::browser::{Browser, REQUEST, served};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::recovery::{code, link};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use countersign_domain::audit::event::Action;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::tenant::sign_up::{Document, SignUpMode, SignUpPolicy};
use countersign_domain::user::Email;
use countersign_ports::{UserKey, UserRepository as _};
use countersign_store_contract::fixtures;

const NEW: &str = "mary@example.com";
const JANE: &str = "jane@example.com";
const PASSWORD: &str = "drei gr\u{fc}ne Eulen";

/// Returns a policy that lets everyone sign up.
fn open() -> SignUpPolicy {
    SignUpPolicy {
        mode: SignUpMode::Open,
        fields: vec![StandardClaim::Name],
        ..SignUpPolicy::default()
    }
}

/// Opens the sign-in page of a request, follows "Create account", and submits an address.
async fn create<'a>(server: &'a Server, email: &str) -> Browser<'a> {
    let mut browser = Browser::new(server);
    browser.authorize(&REQUEST).await;
    let html = browser.html();
    let mut links = html.split("href=\"").skip(1);
    let link = links.find(|rest| rest.starts_with("/sign-up?")).unwrap();
    let link = link.split('"').next().unwrap().to_owned();
    browser.open(&link).await;
    assert_eq!(browser.path(), "/sign-up");
    browser.submit(&[("email", email)]).await;
    browser
}

/// Returns whether an address has an account.
async fn has_account(server: &Server, email: &str) -> bool {
    let email = Email::parse(email).unwrap();
    let found = server.store.find_user(TENANT, UserKey::Email(&email));
    found.await.unwrap().is_some()
}

#[tokio::test]
async fn code_of_mail_leads_to_account_and_back_to_app() {
    let server = served().await.with_sign_up(open());
    let mut browser = create(&server, "Mary@Example.com").await;
    assert_eq!(browser.path(), "/sign-up/check");
    let mail = server.outside.mail().pop().unwrap();
    assert_eq!(mail.recipient.as_str(), NEW);
    let right = code(&mail);
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    for fields in [&[("code", wrong)][..], &[]] {
        browser.submit(fields).await;
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
        assert_eq!(browser.path(), "/sign-up/check");
    }
    browser.submit(&[("code", &right)]).await;
    assert_eq!(browser.path(), "/sign-up/account");
    assert!(!has_account(&server, NEW).await, "not before the form");
    for fields in [
        &[("name", "Mary"), ("new_password", "password")][..],
        &[("name", "Mary")],
    ] {
        browser.submit(fields).await;
        let html = browser.html();
        assert!(html.contains("class=\"problem\"") && html.contains("value=\"Mary\""));
    }
    browser
        .submit(&[("name", " Mary "), ("new_password", PASSWORD)])
        .await;
    assert_eq!(browser.path(), "/consent");
    let mary = user(&browser, NEW).await;
    assert!(mary.email_verified && mary.self_registered);
    assert_eq!(mary.name.as_deref(), Some("Mary"));
    assert_eq!(mary.password_hash.as_deref(), Some(PASSWORD));
    let events = server.happened().await;
    assert!(
        events
            .iter()
            .any(|event| event.action == Action::USER_REGISTERED)
    );
}

#[tokio::test]
async fn link_of_mail_creates_one_account_and_opening_it_changes_nothing() {
    let server = served().await.with_sign_up(open());
    create(&server, NEW).await;
    let link = link(&server.outside.mail().pop().unwrap());
    assert!(link.starts_with("/sign-up/link?token="), "{link}");
    let before = server.contents();
    for method in [Method::GET, Method::HEAD] {
        let request = Request::builder().method(method).uri(&link);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(server.contents(), before);
    let mut browser = Browser::new(&server);
    browser.open(&link).await;
    browser.submit(&[]).await;
    let mut second = Browser::new(&server);
    second.open(&link).await;
    second.submit(&[]).await;
    for browser in [&mut browser, &mut second] {
        assert_eq!(browser.path(), "/sign-up/account");
        browser
            .submit(&[("name", "Mary"), ("new_password", PASSWORD)])
            .await;
    }
    assert_eq!(browser.path(), "/account");
    assert_eq!(second.status(), StatusCode::GONE, "both had opened it");
    second.open(&link).await;
    assert_eq!(second.status(), StatusCode::GONE);
    assert!(second.html().contains("href=\"/sign-up?interaction="));
}

#[tokio::test]
async fn known_address_gets_same_page_and_its_owner_a_mail() {
    let server = served().await.with_sign_up(open());
    let mut known = create(&server, JANE).await;
    let unknown = create(&server, "none@example.com").await;
    assert_eq!(
        (known.path(), known.status()),
        (unknown.path(), unknown.status())
    );
    assert_eq!(known.at.len(), unknown.at.len(), "the sealed value");
    let mail = server.outside.mail();
    assert_eq!(mail.len(), 2);
    assert_eq!(mail[0].recipient.as_str(), JANE);
    let subject = &mail[0].letter.subject;
    assert_eq!(subject, "You already have a Countersign account");
    assert!(!mail[0].letter.text.contains("token="));
    for guess in ["000000", "111111"] {
        known.submit(&[("code", guess)]).await;
        assert_eq!(known.path(), "/sign-up/check");
    }
}

#[tokio::test]
async fn sign_up_is_off_by_default_and_limited_to_domains_and_clients() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    assert!(!browser.html().contains("/sign-up"));
    browser.open("/sign-up").await;
    assert_eq!(browser.status(), StatusCode::FORBIDDEN);
    let server = server.with_sign_up(SignUpPolicy {
        mode: SignUpMode::Domains,
        domains: vec!["example.org".into()],
        ..open()
    });
    let browser = create(&server, NEW).await;
    assert_eq!(browser.path(), "/sign-up");
    assert!(browser.html().contains(NEW), "what was typed stays");
    assert!(server.outside.mail().is_empty());
    let browser = create(&server, "mary@example.org").await;
    assert_eq!(browser.path(), "/sign-up/check");
    let server = server.with_sign_up(SignUpPolicy {
        clients: vec![fixtures::client_id("trusted")],
        ..open()
    });
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    assert!(!browser.html().contains("/sign-up"));
    browser.open("/sign-up").await;
    assert_eq!(browser.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn agreement_is_required_and_recorded_with_version() {
    let document = |version: &str| {
        Some(Document {
            url: format!("https://example.com/{version}"),
            version: version.to_owned(),
        })
    };
    let server = served().await.with_sign_up(SignUpPolicy {
        terms: document("terms-3"),
        privacy: document("privacy-7"),
        fields: vec![StandardClaim::Name, StandardClaim::PhoneNumber],
        ..open()
    });
    let mut browser = create(&server, NEW).await;
    let code = code(&server.outside.mail().pop().unwrap());
    browser.submit(&[("code", &code)]).await;
    assert!(browser.html().contains("https://example.com/terms-3"));
    let right = [
        ("name", "Mary"),
        ("phone_number", "+49 30 1234567"),
        ("new_password", PASSWORD),
        ("agree", "yes"),
    ];
    for broken in ["agree", "phone_number"] {
        let fields = right.iter().filter(|(name, _)| *name != broken);
        let fields: Vec<_> = fields.copied().collect();
        browser.submit(&fields).await;
        assert_eq!(browser.path(), "/sign-up/account", "{broken}");
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
        assert!(browser.html().contains("value=\"Mary\""), "{broken}");
    }
    browser.submit(&right).await;
    let mary = user(&browser, NEW).await;
    let phone = mary.profile.text(StandardClaim::PhoneNumber);
    assert_eq!(phone, Some("+49 30 1234567"));
    let agreed = mary.profile.agreements.iter();
    let agreed: Vec<_> = agreed
        .map(|own| (own.document.as_str(), own.version.as_str()))
        .collect();
    assert_eq!(agreed, [("terms", "terms-3"), ("privacy", "privacy-7")]);
    let events = server.happened().await;
    let event = events
        .iter()
        .find(|own| own.action == Action::USER_REGISTERED)
        .unwrap();
    assert!(
        event
            .changes
            .iter()
            .any(|own| own.after.as_deref() == Some("terms-3"))
    );
}
