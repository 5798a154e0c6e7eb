//! Optional parameters of an authorization request.

use super::{EMAIL, MODES, REQUEST, Suite, served};
use base64ct::{Base64UrlUnpadded, Encoding as _};

/// Checks that a request with this parameter yields a code.
async fn is_accepted(parameter: (&str, &str)) {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        suite.log_in(&[parameter]).await;
    }
}

#[tokio::test]
async fn oidcc_display_page_is_accepted() {
    is_accepted(("display", "page")).await;
}

#[tokio::test]
async fn oidcc_display_popup_is_accepted() {
    is_accepted(("display", "popup")).await;
}

#[tokio::test]
async fn oidcc_ui_locales_are_accepted() {
    is_accepted(("ui_locales", "se")).await;
    is_accepted(("ui_locales", "de")).await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_unknown_parameter_succeeds() {
    is_accepted(("extra", "foobar")).await;
}

#[tokio::test]
async fn oidcc_login_hint_of_unknown_user_is_accepted() {
    is_accepted(("login_hint", "buffy@auth.example")).await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_acr_values_succeeds() {
    let server = served().await;
    let document = server.get("/.well-known/openid-configuration").await.ok();
    let offered = document.json()["acr_values_supported"].clone();
    let offered: Vec<&str> = offered
        .as_array()
        .unwrap()
        .iter()
        .map(|acr| acr.as_str().unwrap())
        .collect();
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let wanted = offered.join(" ");
        let tokens = suite.log_in(&[("acr_values", wanted.as_str())]).await;
        let acr = tokens.claims["acr"].as_str().unwrap();
        assert!(offered.contains(&acr), "{acr}");
    }
}

#[tokio::test]
async fn oidcc_prompt_login_asks_again_and_updates_auth_time() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let first = suite.log_in(&[]).await;
        server.pass(2);
        suite.authorize(&[("prompt", "login")]).await;
        assert_eq!(suite.browser.path(), "/login");
        suite.go_through_pages().await;
        let second = suite.tokens().await;
        assert_eq!(second.claims["sub"], first.claims["sub"]);
        assert_eq!(second.claims["auth_time"], server.now().as_unix_seconds());
    }
}

#[tokio::test]
async fn oidcc_prompt_none_not_logged_in_is_error() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        suite.authorize(&[("prompt", "none")]).await;
        assert_eq!(suite.error(), "login_required");
    }
}

#[tokio::test]
async fn oidcc_prompt_none_logged_in_returns_same_login() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let first = suite.log_in(&[]).await;
        server.pass(2);
        suite.authorize(&[("prompt", "none")]).await;
        let second = suite.tokens().await;
        for same in ["sub", "auth_time", "sid"] {
            assert_eq!(second.claims[same], first.claims[same], "{same}");
        }
    }
}

#[tokio::test]
async fn oidcc_id_token_hint_shows_no_page() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let first = suite.log_in(&[]).await;
        server.pass(2);
        let hint = first.id_token.as_str();
        suite
            .authorize(&[("prompt", "none"), ("id_token_hint", hint)])
            .await;
        let second = suite.tokens().await;
        for same in ["sub", "auth_time"] {
            assert_eq!(second.claims[same], first.claims[same], "{same}");
        }
    }
}

#[tokio::test]
async fn oidcc_max_age_1_asks_again_and_returns_auth_time() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let first = suite.log_in(&[]).await;
        server.pass(2);
        suite.authorize(&[("max_age", "1")]).await;
        assert_eq!(suite.browser.path(), "/login");
        suite.browser.log_in(EMAIL).await;
        let second = suite.tokens().await;
        assert_eq!(second.claims["sub"], first.claims["sub"]);
        assert_eq!(second.claims["auth_time"], server.now().as_unix_seconds());
    }
}

#[tokio::test]
async fn oidcc_max_age_10000_does_not_ask_again() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let first = suite.log_in(&[]).await;
        server.pass(2);
        suite.authorize(&[("max_age", "10000")]).await;
        let second = suite.tokens().await;
        assert!(second.claims["auth_time"].is_u64());
        for same in ["sub", "auth_time"] {
            assert_eq!(second.claims[same], first.claims[same], "{same}");
        }
    }
}

/// An unsigned request object: header and claims in base64url, and no signature.
const REQUEST_OBJECT: &str = "eyJhbGciOiJub25lIn0.eyJyZXNwb25zZV90eXBlIjoiY29kZSJ9.";

#[tokio::test]
async fn oidcc_unsigned_request_object_is_rejected_as_unsupported() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        suite.authorize(&[("request", REQUEST_OBJECT)]).await;
        assert_eq!(suite.error(), "request_not_supported");
    }
}

/// Like the suite: `response_mode`, `state` and `nonce` are only in the request object.
#[tokio::test]
async fn oidcc_unsigned_request_object_shapes_error_response() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let outside: Vec<_> = REQUEST[..4].to_vec();
        let mut inside = serde_json::Map::new();
        for (name, value) in suite.parameters(&REQUEST[4..]) {
            inside.insert(name.to_owned(), value.into());
        }
        let payload = Base64UrlUnpadded::encode_string(&serde_json::to_vec(&inside).unwrap());
        let object = format!("eyJhbGciOiJub25lIn0.{payload}.");
        let request = [&*outside, &[("request", &*object)]].concat();
        suite.browser.authorize(&request).await;
        assert_eq!(suite.error(), "request_not_supported");
    }
}

#[tokio::test]
async fn oidcc_request_uri_unsigned_is_rejected_as_unsupported() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let uri = "https://app.example/request.jwt";
        suite.authorize(&[("request_uri", uri)]).await;
        assert_eq!(suite.error(), "request_uri_not_supported");
    }
}

#[tokio::test]
async fn oidcc_ensure_request_object_with_redirect_uri_is_rejected() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let wrong = ("redirect_uri", "https://app.example/callback/x");
        suite.authorize(&[wrong, ("request", REQUEST_OBJECT)]).await;
        let browser = &suite.browser;
        assert_eq!((browser.status().as_u16(), browser.location()), (400, None));
    }
}
