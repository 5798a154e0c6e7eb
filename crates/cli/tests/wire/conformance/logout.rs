//! RP-Initiated Logout and Back-Channel Logout.

use super::{BYE, Suite, Tokens, served};
use crate::browser::{HERE, parameter};
use crate::facts::SECRET;
use crate::requests::{claims, form, head};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;

const LOGOUT: &str = "/oauth2/logout";
/// `state` as the suite sends it: all characters that RFC 6749 allows.
const STATE: &str = "!\"#$%&'()*,-./09:;<=>?@AZ[\\]^_`az{|}~";

/// Sends the browser to the logout endpoint with these parameters.
async fn log_out(suite: &mut Suite<'_>, parameters: &[(&str, &str)]) {
    let address = format!("{LOGOUT}?{}", form(parameters));
    suite.browser.open(&address).await;
}

/// Returns whether a client still gets a code without a page.
async fn is_logged_in(suite: &mut Suite<'_>) -> bool {
    suite.authorize(&[("prompt", "none")]).await;
    suite.answer("code").is_some() || {
        assert_eq!(suite.error(), "login_required");
        false
    }
}

fn assert_error_page(suite: &Suite<'_>) {
    let browser = &suite.browser;
    assert_eq!((browser.status().as_u16(), browser.location()), (400, None));
}

/// Signs in and sends the browser to the logout endpoint with `parameters`. The server must show an error page, and keep
/// the session until the user signs out there.
async fn is_refused(parameters: impl Fn(&Tokens) -> Vec<(&'static str, String)>) {
    let server = served().await;
    let mut suite = Suite::new(&server, None);
    let tokens = suite.log_in(&[]).await;
    let parameters = parameters(&tokens);
    let parameters: Vec<_> = parameters.iter().map(|(n, v)| (*n, v.as_str())).collect();
    log_out(&mut suite, &parameters).await;
    assert_error_page(&suite);
    assert!(is_logged_in(&mut suite).await);
    log_out(&mut suite, &parameters).await;
    ends_without_redirect(&mut suite).await;
}

/// Checks that the server asks the user for confirmation, and then ends the session.
async fn is_confirmed(parameters: &[(&str, &str)]) {
    let server = served().await;
    let mut suite = Suite::new(&server, None);
    suite.log_in(&[]).await;
    log_out(&mut suite, parameters).await;
    assert_eq!(suite.browser.status().as_u16(), 200);
    ends_without_redirect(&mut suite).await;
}

/// Confirms the logout on the current page. The server must end the session and show a page.
async fn ends_without_redirect(suite: &mut Suite<'_>) {
    suite.browser.submit(&[("decision", "logout")]).await;
    let browser = &suite.browser;
    assert_eq!((browser.status().as_u16(), browser.location()), (200, None));
    assert!(!is_logged_in(suite).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_ends_session_and_returns_state() {
    let server = served().await;
    let mut suite = Suite::new(&server, None);
    let tokens = suite.log_in(&[]).await;
    let parameters = [
        ("id_token_hint", tokens.id_token.as_str()),
        ("post_logout_redirect_uri", BYE),
        ("state", STATE),
    ];
    log_out(&mut suite, &parameters).await;
    let location = suite.browser.location().unwrap();
    let (uri, query) = location.split_once('?').unwrap();
    assert_eq!(uri, BYE);
    assert_eq!(parameter(query, "state").as_deref(), Some(STATE));
    assert!(!query.contains('&'), "nothing else: {query}");
    assert!(!is_logged_in(&mut suite).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_state_redirects_without_state() {
    let server = served().await;
    let mut suite = Suite::new(&server, None);
    let tokens = suite.log_in(&[]).await;
    let parameters = [
        ("id_token_hint", tokens.id_token.as_str()),
        ("post_logout_redirect_uri", BYE),
    ];
    log_out(&mut suite, &parameters).await;
    assert_eq!(suite.browser.location().as_deref(), Some(BYE));
    assert!(!is_logged_in(&mut suite).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri_shows_page() {
    let server = served().await;
    let mut suite = Suite::new(&server, None);
    let tokens = suite.log_in(&[]).await;
    let parameters = [
        ("id_token_hint", tokens.id_token.as_str()),
        ("state", STATE),
    ];
    log_out(&mut suite, &parameters).await;
    let browser = &suite.browser;
    assert_eq!((browser.status().as_u16(), browser.location()), (200, None));
    assert!(!is_logged_in(&mut suite).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_params_asks_user() {
    is_confirmed(&[]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state_asks_user() {
    is_confirmed(&[("state", STATE)]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint_does_not_redirect() {
    is_confirmed(&[("post_logout_redirect_uri", BYE)]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri_does_not_redirect() {
    is_refused(|tokens| {
        vec![
            ("id_token_hint", tokens.id_token.clone()),
            (
                "post_logout_redirect_uri",
                "https://app.example/other".to_owned(),
            ),
        ]
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri_does_not_redirect() {
    is_refused(|tokens| {
        vec![
            ("id_token_hint", tokens.id_token.clone()),
            ("post_logout_redirect_uri", format!("{BYE}?foo=bar")),
        ]
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint_does_not_redirect() {
    is_refused(|tokens| {
        let payload = tokens.id_token.split('.').nth(1).unwrap();
        vec![
            // {"alg":"none"}
            ("id_token_hint", format!("eyJhbGciOiJub25lIn0.{payload}.")),
            ("post_logout_redirect_uri", BYE.to_owned()),
        ]
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint_does_not_redirect() {
    is_refused(|tokens| {
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let hint = jsonwebtoken::encode(&Header::default(), &tokens.claims, &key).unwrap();
        vec![
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", BYE.to_owned()),
        ]
    })
    .await;
}

#[tokio::test]
async fn oidcc_backchannel_rp_initiated_logout_sends_signed_token() {
    let server = served().await;
    let mut suite = Suite::new(&server, None);
    let tokens = suite.log_in(&[]).await;
    let parameters = [
        ("id_token_hint", tokens.id_token.as_str()),
        ("post_logout_redirect_uri", BYE),
        ("state", STATE),
    ];
    log_out(&mut suite, &parameters).await;
    let query = suite.browser.location().unwrap();
    let query = query.strip_prefix(&format!("{BYE}?")).unwrap();
    assert_eq!(parameter(query, "state").as_deref(), Some(STATE));
    let told = server.outside.logouts();
    assert_eq!(told.len(), 1);
    let (uri, token) = &told[0];
    assert_eq!(uri, "https://app.example/backchannel_logout");
    server.assert_signed(token).await;
    assert_eq!(head(token)["typ"], "logout+jwt");
    let logout = claims(token);
    assert_eq!(
        (&logout["iss"], &logout["aud"]),
        (&json!(HERE), &json!("suite"))
    );
    for same in ["sub", "sid"] {
        assert!(logout[same].is_string(), "{same}");
        assert_eq!(logout[same], tokens.claims[same], "{same}");
    }
    let now = server.now().as_unix_seconds();
    assert_eq!(logout["iat"], now);
    assert!(logout["exp"].as_u64().unwrap() > now);
    assert!(logout["jti"].is_string());
    assert_eq!(
        logout["events"],
        json!({"http://schemas.openid.net/event/backchannel-logout": {}})
    );
    assert_eq!(logout.get("nonce"), None);
    assert!(!is_logged_in(&mut suite).await);
}
