//! Email addresses that are too long for any form.

use super::JANE;
use crate::browser::{Browser, served};
use crate::login::PASSWORD;
use axum::http::StatusCode;
use countersign_domain::tenant::sign_up::{SignUpMode, SignUpPolicy};
use countersign_domain::user::Email;

#[tokio::test]
async fn overlong_address_is_refused_beside_field_and_not_stored() {
    let server = served().await.with_sign_up(SignUpPolicy {
        mode: SignUpMode::Open,
        ..SignUpPolicy::default()
    });
    let long = format!("{}@example.com", "a".repeat(Email::LONGEST - 11));
    assert_eq!(long.len(), Email::LONGEST + 1);
    for path in [
        "/login",
        "/login/email-code",
        "/recover",
        "/sign-up",
        "/account/email/change",
    ] {
        let mut browser = Browser::of(&server, JANE).await;
        browser.open(path).await;
        let before = server.contents();
        browser
            .submit(&[("email", &long), ("password", PASSWORD)])
            .await;
        assert_eq!(
            (browser.path(), browser.status()),
            (path, StatusCode::BAD_REQUEST)
        );
        let html = browser.html();
        assert!(html.contains("complete email address"), "{path}: {html}");
        let field = html
            .split("<input")
            .find(|input| input.contains("id=\"email\""));
        let field = field.unwrap().split('>').next().unwrap();
        assert!(field.contains("aria-invalid=\"true\""), "{path}: {field}");
        assert!(
            field.contains(&long[..Email::LONGEST]),
            "what was typed stays"
        );
        assert_eq!(server.contents(), before, "{path}");
    }
    assert!(server.outside.mail().is_empty());
}
