//! Device authorization (RFC 8628): requests of devices, polls, and the pages on which a user answers.

mod flow;
mod pages;
mod polls;
mod requests;

use crate::browser::{Browser, served};
use crate::facts::{FORM, SECRET};
use crate::harness::Server;
use crate::requests::Answer;
use countersign_domain::client::{Client, ClientType, GrantType};
use countersign_domain::scope::Scope;
use countersign_store_contract::fixtures;

/// Device authorization endpoint.
pub(crate) const BEGIN: &str = "/oauth2/device_authorization";

/// Grant type of a poll.
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

const JANE: &str = "jane@example.com";

/// Codes of a device.
struct Codes {
    device: String,
    user: String,
}

/// Returns a public client for devices.
fn tv() -> Client {
    Client {
        name: "TV".into(),
        client_type: ClientType::Public,
        secrets: Vec::new(),
        grant_types: vec![GrantType::DEVICE_CODE, GrantType::REFRESH_TOKEN],
        redirect_uris: Vec::new(),
        scope: Scope::parse("openid read write offline_access email").unwrap(),
        ..fixtures::client("tv")
    }
}

/// Returns a server with a public client for devices, one with a secret, and one of the operator itself.
async fn with_devices() -> Server {
    let mut server = served().await;
    server.address = "192.0.2.7".parse().ok();
    server.register(&tv()).await;
    let console = Client {
        client_type: ClientType::Confidential,
        secrets: vec![fixtures::client_secret("first")],
        id: fixtures::client_id("console"),
        ..tv()
    };
    server.register(&console).await;
    let own = Client {
        first_party: true,
        id: fixtures::client_id("own"),
        ..tv()
    };
    server.register(&own).await;
    server
}

/// Starts a device of a public client.
async fn begin(server: &Server, client: &str) -> Codes {
    let answer = server.form(BEGIN, &[("client_id", client)]).await.ok();
    Codes {
        device: answer.text("device_code"),
        user: answer.text("user_code"),
    }
}

/// Polls as a client.
async fn poll(server: &Server, client: &str, device_code: &str) -> Answer {
    let mut parameters = vec![
        ("grant_type", DEVICE_CODE),
        ("client_id", client),
        ("device_code", device_code),
    ];
    if client == "console" {
        parameters.push(("client_secret", SECRET));
    }
    server.form(FORM, &parameters).await
}

/// Types a user code, and signs in if that is the next page.
async fn enter<'a>(server: &'a Server, code: &str) -> Browser<'a> {
    let mut browser = Browser::new(server);
    type_in(&mut browser, code).await;
    if browser.path() == "/login" {
        browser.log_in(JANE).await;
    }
    browser
}

async fn type_in(browser: &mut Browser<'_>, code: &str) {
    browser.open("/device").await;
    browser.submit(&[("code", code)]).await;
}

/// Types a user code, signs in and presses a button.
async fn answer(server: &Server, code: &str, decision: &str) {
    let mut browser = enter(server, code).await;
    assert_eq!(browser.path(), "/device/confirm", "{}", browser.html());
    browser.submit(&[("decision", decision)]).await;
    let ends = match decision {
        "agree" => "/device/allowed",
        _ => "/device/denied",
    };
    assert_eq!(browser.path(), ends, "{}", browser.html());
}
