//! Invitations: the command of the operator, and the pages of the invited person.

use super::{JANE, NEW, PASSWORD, has_account};
use crate::admin_api::{self, send, token};
use crate::browser::Browser;
use crate::browser::account::user;
use crate::harness::Server;
use crate::recovery::link;
use crate::requests::Answer;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::tenant::sign_up::{SignUpMode, SignUpPolicy};
use serde_json::{Value, json};

/// Returns a server that invites people, with the group `staff`.
async fn inviting(server: Server) -> Server {
    let server = server.with_sign_up(SignUpPolicy {
        mode: SignUpMode::Invitation,
        ..super::open()
    });
    server.add_group("staff").await;
    server
}

async fn invite(server: &Server, body: Value) -> Answer {
    let token = token(server).await;
    send(server, &token, Method::POST, "/invitations", Some(&body)).await
}

/// Invites a person. Returns the link of the mail.
async fn invited(server: &Server) -> String {
    let body = json!({"email": "Mary@Example.com", "groups": ["staff"]});
    let answer = invite(server, body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let mail = server.outside.mail().pop().unwrap();
    assert_eq!(mail.recipient.as_str(), NEW);
    link(&mail)
}

/// Opens the link of an invitation and accepts it.
async fn accepting<'a>(server: &'a Server, link: &str) -> Browser<'a> {
    let mut browser = Browser::new(server);
    browser.open(link).await;
    assert_eq!(browser.status(), StatusCode::OK);
    browser.submit(&[]).await;
    assert_eq!(browser.path(), "/sign-up/account");
    browser
}

async fn create(browser: &mut Browser<'_>) {
    let fields = [("name", "Mary"), ("new_password", PASSWORD)];
    browser.submit(&fields).await;
}

#[tokio::test]
async fn invited_person_creates_account_in_groups() {
    let server = inviting(admin_api::server("owner").await).await;
    let body = json!({"email": NEW, "groups": ["staff", "staff"], "language": "de"});
    let invitation = invite(&server, body).await.json();
    assert_eq!(invitation["groups"], json!(["staff"]));
    let mail = server.outside.mail().pop().unwrap();
    assert_eq!(mail.letter.subject, "Einladung zu Countersign");
    let link = link(&mail);
    assert!(link.starts_with("/sign-up/invitation?token="), "{link}");
    let before = server.contents();
    for method in [Method::GET, Method::HEAD] {
        let request = Request::builder().method(method).uri(&link);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(server.contents(), before);
    let mut browser = accepting(&server, &link).await;
    let mut second = accepting(&server, &link).await;
    assert!(!has_account(&server, NEW).await, "not before the form");
    create(&mut browser).await;
    assert_eq!(browser.path(), "/account");
    let mary = user(&browser, NEW).await;
    assert!(mary.email_verified);
    assert_eq!(mary.groups, [GroupName::parse("staff").unwrap()]);
    assert_eq!(invitation["user_id"], mary.id.to_string());
    let token = token(&server).await;
    let all = send(&server, &token, Method::GET, "/invitations", None).await;
    assert_eq!(all.ok().json()["items"], json!([]));
    create(&mut second).await;
    assert_eq!(second.status(), StatusCode::GONE, "both had opened it");
    let events = send(&server, &token, Method::GET, "/events", None).await;
    let events = events.ok().json();
    let mut events = events["items"].as_array().unwrap().iter();
    let accepted = events.find(|own| own["action"] == "invitation.accepted");
    let accepted = accepted.unwrap();
    assert_eq!(accepted["target"]["id"], mary.id.to_string());
    let mut changes = accepted["changes"].as_array().unwrap().iter();
    assert!(changes.any(|own| own["field"] == "joined_groups" && own["after"] == "staff"));
}

#[tokio::test]
async fn void_invitation_leads_to_page_that_says_so() {
    let server = inviting(admin_api::server("owner").await).await;
    let replaced = invited(&server).await;
    let revoked = invited(&server).await;
    let mut browser = Browser::new(&server);
    browser.open(&replaced).await;
    assert_eq!(browser.status(), StatusCode::GONE);
    let mut waiting = accepting(&server, &revoked).await;
    let token = token(&server).await;
    let path = "/invitations/mary%40example.com";
    let answer = send(&server, &token, Method::DELETE, path, None).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let again = send(&server, &token, Method::DELETE, path, None).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    create(&mut waiting).await;
    assert_eq!(waiting.status(), StatusCode::GONE, "revoked meanwhile");
    let expired = invited(&server).await;
    let of_sign_up = expired.replace("/invitation?", "/link?");
    let mut altered = expired.clone();
    altered.replace_range(altered.len() - 4.., "AAAA");
    for void in [&revoked, &altered, &of_sign_up] {
        browser.open(void).await;
        assert_eq!(browser.status(), StatusCode::GONE, "{void}");
    }
    server.pass(7 * 86_400 - 1);
    browser.open(&expired).await;
    assert_eq!(browser.status(), StatusCode::OK);
    server.pass(1);
    browser.open(&expired).await;
    assert_eq!(browser.status(), StatusCode::GONE);
    let html = browser.html();
    assert!(html.contains("This invitation no longer works") && html.contains("href=\"/account\""));
    assert!(!has_account(&server, NEW).await);
    browser.open("/sign-up").await;
    assert_eq!(
        browser.status(),
        StatusCode::FORBIDDEN,
        "only by invitation"
    );
}

#[tokio::test]
async fn operator_cannot_invite_known_address_or_beyond_own_permissions() {
    let admins = Holder::Group(GroupName::parse("admins").unwrap());
    let holders = [(admin_api::user(1), "support"), (admins, "administrator")];
    let server = inviting(admin_api::server_with(&holders).await).await;
    server.add_group("admins").await;
    for (body, status) in [
        (json!({"email": JANE}), StatusCode::CONFLICT),
        (json!({"email": "mary"}), StatusCode::BAD_REQUEST),
        (
            json!({"email": NEW, "language": "tlh"}),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({"email": NEW, "groups": ["other"]}),
            StatusCode::NOT_FOUND,
        ),
        (
            json!({"email": NEW, "groups": ["admins"]}),
            StatusCode::FORBIDDEN,
        ),
    ] {
        let answer = invite(&server, body.clone()).await;
        assert_eq!(answer.status, status, "{body}");
    }
    let off = admin_api::server("support").await;
    let answer = invite(&off, json!({"email": NEW})).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(server.outside.mail().is_empty() && off.outside.mail().is_empty());
}

#[tokio::test]
async fn invited_person_does_not_join_group_that_got_admin_role() {
    let server = inviting(admin_api::server("owner").await).await;
    let link = invited(&server).await;
    let (token, role) = (token(&server).await, json!({"role": "support"}));
    let path = "/administrators/group:staff/roles";
    let granted = send(&server, &token, Method::POST, path, Some(&role)).await;
    assert_eq!(granted.status, StatusCode::OK);
    let mut browser = accepting(&server, &link).await;
    create(&mut browser).await;
    assert_eq!(user(&browser, NEW).await.groups, []);
}
