//! Pages on which a user answers the request of a device (RFC 8628 sections 3.3 and 5.4).

use super::{JANE, answer, begin, enter, poll, type_in, with_devices};
use crate::browser::{Browser, attribute};
use axum::http::StatusCode;
use countersign_domain::client::{Client, ClientStatus, GrantType};

#[tokio::test]
async fn typed_code_is_forgiving_and_leads_to_page_with_code() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    let typed = format!(" {} ", codes.user.to_lowercase().replace('-', " "));
    let browser = enter(&server, &typed).await;
    assert_eq!(browser.path(), "/device/confirm");
    let html = browser.html();
    for part in [
        codes.user.as_str(),
        "TV",
        "192.0.2.7",
        "Switzerland",
        "Less than a minute ago",
        "See your email address",
        "Continue only if you started this",
        JANE,
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[tokio::test]
async fn wrong_code_is_error_beside_field_and_keeps_what_was_typed() {
    let server = with_devices().await;
    let mut browser = Browser::new(&server);
    for typed in ["BCDF-GHJK", "nonsense"] {
        type_in(&mut browser, typed).await;
        assert_eq!(browser.path(), "/device");
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
        let html = browser.html();
        let field = html.split("<input id=\"code\"").nth(1).unwrap();
        let field = format!(" {}", field.split('>').next().unwrap());
        assert_eq!(attribute(&field, "value").unwrap(), typed);
        assert_eq!(attribute(&field, "aria-describedby").unwrap(), "problem");
        assert!(html.contains("This code is incorrect."));
    }
    browser.submit(&[("code", "")]).await;
    assert!(browser.html().contains("Fill in all fields."));
}

#[tokio::test]
async fn guesses_are_limited_per_address_and_right_codes_are_not() {
    let mut server = with_devices().await;
    let codes = begin(&server, "tv").await;
    let mut browser = Browser::new(&server);
    for _ in 0..25 {
        type_in(&mut browser, &codes.user).await;
        assert_eq!(browser.path(), "/login", "a right code");
    }
    for _ in 0..20 {
        type_in(&mut browser, "BCDF-GHJK").await;
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
    }
    type_in(&mut browser, &codes.user).await;
    assert_eq!(browser.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(browser.html().contains("Too many attempts."));
    server.address = "192.0.2.9".parse().ok();
    let mut browser = Browser::new(&server);
    type_in(&mut browser, &codes.user).await;
    assert_eq!(browser.path(), "/login");
}

#[tokio::test]
async fn complete_address_fills_field_and_needs_both_buttons() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    let mut browser = Browser::of(&server, JANE).await;
    let address = format!("/device?user_code={}", codes.user);
    browser.open(&address).await;
    assert_eq!(browser.path(), "/device");
    let html = browser.html();
    assert!(
        html.contains(&format!("value=\"{}\"", codes.user)),
        "{html}"
    );
    assert!(html.contains("Check that this code"), "{html}");
    let pending = poll(&server, "tv", &codes.device).await;
    assert_eq!(pending.refusal().1, "authorization_pending");
    browser.submit(&[("code", &codes.user)]).await;
    assert_eq!(browser.path(), "/device/confirm");
    assert!(browser.html().contains(&codes.user));
    server.pass(5);
    let pending = poll(&server, "tv", &codes.device).await;
    assert_eq!(pending.refusal().1, "authorization_pending");
}

#[tokio::test]
async fn address_with_anything_else_is_shown_harmlessly() {
    let server = with_devices().await;
    let mut browser = Browser::new(&server);
    browser
        .open("/device?user_code=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        .await;
    assert_eq!(browser.status(), StatusCode::OK);
    let html = browser.html();
    assert!(!html.contains("<script>alert"));
    assert!(html.contains("alert(1)"), "the field keeps it: {html}");
}

#[tokio::test]
async fn first_party_client_and_earlier_consent_still_need_button() {
    let server = with_devices().await;
    for client in ["own", "tv", "tv"] {
        let codes = begin(&server, client).await;
        let browser = enter(&server, &codes.user).await;
        assert_eq!(browser.path(), "/device/confirm", "{client}");
        let pending = poll(&server, client, &codes.device).await;
        assert_eq!(pending.refusal().1, "authorization_pending");
        answer(&server, &codes.user, "agree").await;
    }
}

#[tokio::test]
async fn answered_and_expired_codes_say_so_with_way_on() {
    let server = with_devices().await;
    for (decision, seconds, says) in [
        (Some("agree"), 0, "already been used"),
        (Some("refuse"), 0, "already been used"),
        (None, 600, "has expired"),
    ] {
        let codes = begin(&server, "tv").await;
        let mut late = enter(&server, &codes.user).await;
        if let Some(decision) = decision {
            answer(&server, &codes.user, decision).await;
        }
        server.pass(seconds);
        // Beside the field of the form.
        let mut browser = Browser::new(&server);
        type_in(&mut browser, &codes.user).await;
        assert_eq!(browser.path(), "/device");
        assert!(browser.html().contains(says), "{}", browser.html());
        // On a page that was open meanwhile.
        late.submit(&[("decision", "agree")]).await;
        assert_eq!(late.status(), StatusCode::BAD_REQUEST);
        let html = late.html();
        assert!(
            html.contains(says) && html.contains("href=\"/device\""),
            "{html}"
        );
    }
}

#[tokio::test]
async fn code_that_expires_during_sign_in_ends_with_way_on() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    server.pass(590);
    let mut browser = Browser::new(&server);
    type_in(&mut browser, &codes.user).await;
    server.pass(20);
    browser.log_in(JANE).await;
    assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
    let html = browser.html();
    assert!(
        html.contains("This code has expired") && html.contains("href=\"/device\""),
        "{html}"
    );
}

#[tokio::test]
async fn form_of_another_browser_or_without_token_is_rejected() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    let victim = enter(&server, &codes.user).await;
    let (action, mut fields) = victim.form();
    fields.push(("decision".into(), "agree".into()));
    let mut attacker = Browser::of(&server, "joe@example.com").await;
    attacker.post(&action, &fields).await;
    assert_ne!(attacker.path(), "/device/allowed");
    let mut stranger = Browser::new(&server);
    stranger.cookies.clone_from(&victim.cookies);
    let without: Vec<_> = fields
        .into_iter()
        .filter(|(name, _)| name != "csrf")
        .collect();
    stranger.post(&action, &without).await;
    let pending = poll(&server, "tv", &codes.device).await;
    assert_eq!(pending.refusal().1, "authorization_pending");
}

#[tokio::test]
async fn decision_applies_to_session_of_page() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    let mut browser = enter(&server, &codes.user).await;
    let (action, mut fields) = browser.form();
    fields.push(("decision".into(), "agree".into()));
    browser.open("/oauth2/logout").await;
    browser.submit(&[("decision", "logout")]).await;
    browser.post(&action, &fields).await;
    assert_eq!(browser.path(), "/login");
    let pending = poll(&server, "tv", &codes.device).await;
    assert_eq!(pending.refusal().1, "authorization_pending");
}

#[tokio::test]
async fn pages_are_german_if_browser_is() {
    let server = with_devices().await;
    let mut browser = Browser::new(&server);
    browser.open("/device").await;
    let request = axum::http::Request::get("/device")
        .header("accept-language", "de")
        .body(axum::body::Body::empty());
    browser.send(request.unwrap()).await;
    assert!(
        browser.html().contains("Gerät verbinden"),
        "{}",
        browser.html()
    );
}

#[tokio::test]
async fn disabled_or_unregistered_client_ends_on_error_page() {
    let changes: [fn(&mut Client); 2] = [
        |tv| tv.status = ClientStatus::Suspended,
        |tv| tv.grant_types = vec![GrantType::REFRESH_TOKEN],
    ];
    for change in changes {
        let server = with_devices().await;
        let codes = begin(&server, "tv").await;
        server.change("tv", change).await;
        let mut browser = Browser::new(&server);
        type_in(&mut browser, &codes.user).await;
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
        let html = browser.html();
        assert!(!html.contains("This code is incorrect."), "{html}");
    }
}
