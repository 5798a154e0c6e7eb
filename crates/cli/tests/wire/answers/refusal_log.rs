//! The log line of a refusal: who, where, which rule, and the value that did not match.

use crate::admin_api;
use crate::browser::{AUTHORIZE, Browser, REQUEST, served};
use crate::facts::{FORM, SECRET};
use crate::harness::Server;
use crate::login::{CONFIRM, MFA, login};
use crate::requests::{exchange, form, refreshing, with, without};
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_domain::identifier::UserId;
use countersign_store_contract::fixtures;
use serde_json::Value;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, Once};
use tracing::subscriber::DefaultGuard;

const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
const JANE: &str = "jane@example.com";

/// Log of this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Line of a refusal.
#[derive(Debug, Default, PartialEq, Eq)]
struct Line {
    endpoint: &'static str,
    rule: &'static str,
    error: &'static str,
    evidence: Option<&'static str>,
    client: Option<&'static str>,
    user: Option<UserId>,
}

/// Makes every thread interested in all lines. With a single subscriber, `tracing` asks only the thread that first
/// reaches a line, and another test without a subscriber would turn that line off for good.
static ALL_THREADS: Once = Once::new();

impl Log {
    fn start() -> (Self, DefaultGuard) {
        ALL_THREADS.call_once(|| {
            let registry = tracing_subscriber::registry();
            tracing::subscriber::set_global_default(registry).unwrap();
        });
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// Checks that the log has exactly one line of a refusal since the last call: this one.
    #[track_caller]
    fn assert_refused(&self, expected: &Line) {
        let lines = std::mem::take(&mut *self.0.lock().unwrap());
        assert!(!String::from_utf8_lossy(&lines).contains(SECRET));
        let lines: Vec<Value> = String::from_utf8(lines)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["fields"].take())
            .filter(|fields| fields["message"] == "refused")
            .collect();
        let [line] = &lines[..] else {
            panic!("not one line for {expected:?}: {lines:?}");
        };
        let field = |name: &str| line[name].as_str();
        let user = expected.user.map(|user| user.to_string());
        assert_eq!(field("address"), Some("192.0.2.7"), "{line}");
        assert_eq!(field("endpoint"), Some(expected.endpoint), "{line}");
        assert_eq!(field("rule"), Some(expected.rule), "{line}");
        assert_eq!(field("error"), Some(expected.error), "{line}");
        assert_eq!(field("evidence"), expected.evidence, "{line}");
        assert_eq!(field("client_id"), expected.client, "{line}");
        assert_eq!(field("user"), user.as_deref(), "{line}");
    }
}

fn jane() -> UserId {
    fixtures::user(1, JANE).id
}

async fn server() -> Server {
    let mut server = served().await;
    server.address = Some(ADDRESS);
    server
}

#[tokio::test]
async fn token_refusal_names_client_user_address_and_value() {
    let server = server().await;
    let begun = server.json("/v1/oauth2/authorize", &login(JANE)).await.ok();
    let step = [("next_step_auth_id", begun.text("next_step_auth_id"))];
    let code = server.json(CONFIRM, &step).await.ok().text("code");
    let (log, _guard) = Log::start();
    let at_token = |rule, error| Line {
        endpoint: FORM,
        rule,
        error,
        client: Some("web"),
        ..Line::default()
    };

    let redeemed = exchange("web", &code);
    server.form(FORM, &without(&redeemed, "code")).await;
    log.assert_refused(&at_token("missing", "invalid_request"));

    server
        .form(FORM, &with(&redeemed, "client_secret", "guess"))
        .await;
    log.assert_refused(&at_token("secret_wrong", "invalid_client"));

    server
        .form(
            FORM,
            &with(&redeemed, "redirect_uri", "https://evil.example/"),
        )
        .await;
    log.assert_refused(&Line {
        evidence: Some("https://evil.example/"),
        user: Some(jane()),
        ..at_token("redirect_uri_mismatch", "invalid_grant")
    });

    let tokens = server.form(FORM, &redeemed).await.ok();
    let refresh_token = tokens.text("refresh_token");
    server
        .form(FORM, &refreshing("other", &refresh_token))
        .await;
    log.assert_refused(&Line {
        client: Some("other"),
        evidence: Some("web"),
        user: Some(jane()),
        ..at_token("refresh_token_of_another_client", "invalid_grant")
    });

    server.form(FORM, &redeemed).await;
    log.assert_refused(&Line {
        user: Some(jane()),
        ..at_token("code_replayed", "invalid_grant")
    });

    let token = tokens.text("access_token");
    server
        .form(
            "/oauth2/introspect",
            &[("token", &*token), ("client_id", "web")],
        )
        .await;
    log.assert_refused(&Line {
        endpoint: "/oauth2/introspect",
        ..at_token("secret_missing", "invalid_client")
    });

    let bearer = format!("Bearer {token}");
    let request = Request::get("/oauth2/userinfo").header(header::AUTHORIZATION, bearer);
    server.send(request.body(Body::empty()).unwrap()).await;
    log.assert_refused(&Line {
        endpoint: "/oauth2/userinfo",
        user: Some(jane()),
        ..at_token("access_token_revoked", "invalid_token")
    });

    server.get("/oauth2/userinfo").await;
    log.assert_refused(&Line {
        endpoint: "/oauth2/userinfo",
        client: None,
        ..at_token("access_token_missing", "invalid_token")
    });
}

#[tokio::test]
async fn json_login_refusal_names_client_user_and_address() {
    let server = server().await;
    let (log, _guard) = Log::start();
    server
        .json(
            "/v1/oauth2/authorize",
            &with(&login(JANE), "password", SECRET),
        )
        .await;
    log.assert_refused(&Line {
        endpoint: "/v1/oauth2/authorize",
        rule: "login_failed",
        error: "invalid_grant",
        client: Some("web"),
        user: Some(jane()),
        ..Line::default()
    });

    let mia = "mia@example.com";
    let begun = server.json("/v1/oauth2/authorize", &login(mia)).await.ok();
    let step = begun.text("next_step_auth_id");
    let wrong = [
        ("next_step_auth_id", &*step),
        ("verification_code", "000000"),
    ];
    server.json(MFA, &wrong).await;
    log.assert_refused(&Line {
        endpoint: MFA,
        rule: "one_time_code_wrong",
        error: "invalid_grant",
        client: Some("web"),
        user: Some(fixtures::user(2, mia).id),
        ..Line::default()
    });
}

#[tokio::test]
async fn browser_refusal_names_client_user_address_and_value() {
    let server = server().await;
    let (log, _guard) = Log::start();
    let at = |endpoint, rule, error| Line {
        endpoint,
        rule,
        error,
        client: Some("web"),
        ..Line::default()
    };
    let mut browser = Browser::new(&server);

    // On an error page.
    browser
        .authorize(&with(&REQUEST, "client_id", "unknown"))
        .await;
    log.assert_refused(&Line {
        client: Some("unknown"),
        evidence: Some("unknown"),
        ..at(AUTHORIZE, "client_unknown", "invalid_client")
    });

    // On the page of a form.
    browser.authorize(&REQUEST).await;
    browser
        .submit(&[("email", JANE), ("password", SECRET)])
        .await;
    log.assert_refused(&Line {
        user: Some(jane()),
        ..at("/login", "login_failed", "invalid_grant")
    });

    // Redirected to the client, for a signed-in user.
    browser.log_in(JANE).await;
    browser.authorize(&with(&REQUEST, "scope", "admin")).await;
    log.assert_refused(&Line {
        user: Some(jane()),
        evidence: Some("admin"),
        ..at(AUTHORIZE, "scope_not_registered", "invalid_scope")
    });

    let query = form(&[("id_token_hint", "x")]);
    browser.open(&format!("/oauth2/logout?{query}")).await;
    log.assert_refused(&Line {
        user: Some(jane()),
        client: None,
        ..at("/oauth2/logout", "id_token_hint_unknown", "invalid_request")
    });

    let request = Request::delete("/api/sessions/1").body(Body::empty());
    browser.send(request.unwrap()).await;
    log.assert_refused(&Line {
        client: None,
        user: Some(jane()),
        ..at("/api/sessions", "session_unknown", "not_found")
    });

    browser.open("/unknown").await;
    log.assert_refused(&Line {
        client: None,
        evidence: Some("/unknown"),
        ..at("none", "path_unknown", "not_found")
    });
}

#[tokio::test]
async fn admin_refusal_names_operator_client_address_and_rule() {
    let mut server = admin_api::server("owner").await;
    server.address = Some(ADDRESS);
    let token = admin_api::token(&server).await;
    let (log, _guard) = Log::start();
    let answer = admin_api::send(&server, &token, Method::GET, "/clients/unknown", None).await;
    assert_eq!(answer.status, 404);
    log.assert_refused(&Line {
        endpoint: "getClient",
        rule: "not_found",
        error: "not_found",
        evidence: None,
        client: Some("web"),
        user: Some(jane()),
    });
}
