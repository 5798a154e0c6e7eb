//! Requests that read a token and write nothing.
//!
//! These are authorization with a live session and remembered consent, introspection, and userinfo.

use crate::browser::{Browser, LoggedIn};
use crate::clients::{Client, Same};
use crate::load::{Requests, ask, body};
use crate::process::{Serving, Site, bare_reader};
use crate::report::Report;
use crate::rounds::{CONNECTIONS, at_half, compare, cost};
use serde_json::Value;
use std::sync::Arc;

const GOAL: f64 = 0.7;

/// One request of each kind, valid during the whole benchmark.
pub(crate) struct Readings {
    pub(crate) authorize: Arc<[u8]>,
    pub(crate) introspection: Arc<[u8]>,
    pub(crate) userinfo: Arc<[u8]>,
    /// Number of requests of a login in a new browser, if consent is remembered.
    pub(crate) login: u64,
}

impl Readings {
    /// Signs in, gives consent and redeems the code.
    pub(crate) fn prepare(client: &Client, address: &str) -> Self {
        // Only the first login asks for consent.
        Browser::log_in(client, address);
        let LoggedIn {
            authorize,
            code,
            requests,
        } = Browser::log_in(client, address);
        let answer = ask(address, &client.redeem(&code));
        let answer: Value = serde_json::from_slice(body(&answer)).unwrap();
        let token = answer["access_token"].as_str().unwrap();
        let userinfo = format!(
            "GET /oauth2/userinfo HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        let introspection = client.post_to("/oauth2/introspect", &format!("token={token}"));
        let own = Self {
            authorize,
            introspection,
            userinfo: userinfo.into_bytes().into(),
            login: requests,
        };
        for (request, expected) in [
            (&own.authorize, "?code="),
            (&own.introspection, "\"active\":true"),
            (&own.userinfo, "\"email\":"),
        ] {
            let answer = String::from_utf8(ask(address, request)).unwrap();
            assert!(answer.contains(expected), "{answer}");
        }
        own
    }
}

/// Repeats the request on this many connections.
pub(crate) fn again(request: &Arc<[u8]>, connections: usize) -> Vec<Box<dyn Requests>> {
    (0..connections)
        .map(|_| Box::new(Same(request.clone())) as Box<dyn Requests>)
        .collect()
}

pub(crate) fn authorize(report: &mut Report) {
    let what =
        "authorize, session and consent there, against a bare handler that verifies and seals";
    reading(report, "authorize", what, |readings| &readings.authorize);
}

pub(crate) fn introspection(report: &mut Report) {
    let what = "introspection, RS256, against a bare handler that digests and verifies";
    reading(report, "introspection", what, |readings| {
        &readings.introspection
    });
}

pub(crate) fn userinfo(report: &mut Report) {
    let what = "userinfo, RS256, against a bare handler that verifies";
    reading(report, "userinfo", what, |readings| &readings.userinfo);
}

fn reading(report: &mut Report, work: &str, what: &str, request: fn(&Readings) -> &Arc<[u8]>) {
    let site = Site::new(work);
    let client = Client::application(&site, "RS256");
    let server = site.serve();
    let readings = Readings::prepare(&client, &server.address);
    let request = request(&readings);
    let bare = bare_reader(work, length(&server, request));
    compare(
        report,
        what,
        GOAL,
        || cost(&server, again(request, CONNECTIONS)),
        vec![Box::new(|| {
            cost(&bare, again(request, CONNECTIONS)).microseconds
        })],
        |most| at_half(&server.address, again(request, CONNECTIONS), most),
    );
}

/// Returns the length of the response body or of the redirect target.
fn length(server: &Serving, request: &[u8]) -> usize {
    let answer = ask(&server.address, request);
    let text = String::from_utf8(answer.clone()).unwrap();
    let location = text
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    location.map_or(body(&answer).len(), str::len)
}
