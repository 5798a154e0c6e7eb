//! Fake browser: keeps cookies, follows redirects within the server, and submits forms.

pub(crate) mod account;
mod api;
mod consent;
mod cookies;
pub(crate) mod enrollment;
mod factors;
mod flow;
pub(crate) mod golden;
mod known_devices;
pub(crate) mod passkeys;
mod prompts;
mod session_cookies;
mod sessions;
mod stolen_cookies;

use crate::facts::{CALLBACK, CHALLENGE, ISSUER};
use crate::harness::Server;
use crate::login::{PASSWORD, start};
use crate::requests::{Answer, form};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use countersign_domain::client::Client;
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::scope::Scope;
use countersign_domain::user::User;
use countersign_store_contract::fixtures;
use std::collections::BTreeMap;

pub(super) const AUTHORIZE: &str = "/oauth2/authorize";

/// Name of the session cookie.
pub(super) const SESSION: &str = "__Host-countersign-session";

/// Parameters of a valid request.
pub(super) const REQUEST: [(&str, &str); 7] = [
    ("client_id", "web"),
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
    ("scope", "openid read"),
    ("state", "st /&+\u{e9}"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

/// A fake browser.
pub(super) struct Browser<'a> {
    pub(super) server: &'a Server,
    /// Header `Host` of all requests, if they have one.
    pub(super) host: Option<&'static str>,
    pub(super) cookies: BTreeMap<String, String>,
    /// Address of the current page.
    pub(super) at: String,
    pub(super) answer: Option<Answer>,
}

impl<'a> Browser<'a> {
    pub(super) fn new(server: &'a Server) -> Self {
        Self {
            server,
            host: None,
            cookies: BTreeMap::new(),
            at: String::new(),
            answer: None,
        }
    }

    /// Returns a browser in which `email` is signed in and has consented to the request of `web`.
    pub(super) async fn of(server: &'a Server, email: &str) -> Self {
        let mut browser = Self::new(server);
        browser.authorize(&REQUEST).await;
        browser.log_in(email).await;
        // A user who has consented in another browser is not asked again.
        if browser.path() == "/consent" {
            browser.submit(&[("decision", "agree")]).await;
        }
        assert!(browser.parameter("code").is_some());
        browser
    }

    /// Sends one request with the cookies, and stores the cookies of the response.
    pub(super) async fn send(&mut self, request: Request<Body>) -> &Answer {
        let (mut head, body) = request.into_parts();
        if let Some(host) = self.host {
            head.headers.insert(header::HOST, host.parse().unwrap());
        }
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            let cookies = cookies.join("; ").parse().unwrap();
            head.headers.insert(header::COOKIE, cookies);
        }
        let answer = self.server.send(Request::from_parts(head, body)).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        self.answer.insert(answer)
    }

    /// Opens an address and follows redirects within the server.
    pub(super) async fn open(&mut self, address: &str) {
        let mut address = address.to_owned();
        for _ in 0..5 {
            self.at.clone_from(&address);
            let request = Request::get(&address).body(Body::empty()).unwrap();
            self.send(request).await;
            match self.location() {
                Some(next) if next.starts_with('/') => address = next,
                _ => return,
            }
        }
        panic!("too many redirects to {address}");
    }

    pub(super) async fn authorize(&mut self, parameters: &[(&str, &str)]) {
        let query = form(parameters);
        self.open(&format!("{AUTHORIZE}?{query}")).await;
    }

    /// Submits the form of the current page, as a browser does, and follows redirects.
    pub(super) async fn submit(&mut self, fields: &[(&str, &str)]) {
        let (action, mut all) = self.form();
        all.retain(|(name, _)| fields.iter().all(|(own, _)| own != name));
        let typed = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        all.extend(typed);
        self.post(&action, &all).await;
    }

    /// Posts a form and follows redirects.
    pub(super) async fn post(&mut self, path: &str, fields: &[(String, String)]) {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "null")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form(&fields)))
            .unwrap();
        self.send(request).await;
        if let Some(next) = self.location().filter(|next| next.starts_with('/')) {
            assert_eq!(self.status(), StatusCode::SEE_OTHER);
            self.open(&next).await;
        }
    }

    pub(super) async fn log_in(&mut self, email: &str) {
        assert_eq!(self.path(), "/login");
        self.submit(&[("email", email), ("password", PASSWORD)])
            .await;
    }

    pub(super) fn path(&self) -> &str {
        self.at.split('?').next().unwrap()
    }

    pub(super) fn status(&self) -> StatusCode {
        self.answer.as_ref().unwrap().status
    }

    pub(super) fn html(&self) -> String {
        String::from_utf8(self.answer.as_ref().unwrap().body.clone()).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let value = self.answer.as_ref().unwrap().headers.get(name)?;
        value.to_str().ok()
    }

    pub(super) fn location(&self) -> Option<String> {
        self.header("location").map(str::to_owned)
    }

    /// Returns a query parameter of the redirect to the client.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location()?;
        let (uri, query) = location.split_once('?')?;
        assert_eq!(uri, CALLBACK);
        parameter(query, name)
    }

    /// Returns the action and the hidden fields of the first form.
    pub(super) fn form(&self) -> (String, Vec<(String, String)>) {
        let html = self.html();
        let form = html
            .split("<form")
            .nth(1)
            .unwrap_or_else(|| panic!("{html}"));
        let form = form.split("</form>").next().unwrap();
        let action = attribute(form, "action").unwrap();
        let fields = form
            .split("<input")
            .skip(1)
            .filter(|input| input.contains("type=\"hidden\""))
            .map(|input| {
                let value = attribute(input, "value").unwrap_or_default();
                (attribute(input, "name").unwrap(), value)
            })
            .collect();
        (action, fields)
    }
}

/// Returns the first attribute with this name in `html`.
pub(super) fn attribute(html: &str, name: &str) -> Option<String> {
    let rest = html.split(&format!(" {name}=\"")).nth(1)?;
    let value = rest.split('"').next()?;
    let plain = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    Some(
        plain
            .iter()
            .fold(value.to_owned(), |text, (from, to)| text.replace(from, to)),
    )
}

/// Returns a parameter of a query or a fragment.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(own, value)| (own == name).then(|| value.into_owned()))
}

/// Returns a server with the users of the JSON dialect, and with clients that use logout.
pub(crate) async fn served() -> Server {
    let server = start().await;
    let uri = |text: &str| RedirectUri::parse(text).unwrap();
    server
        .change("web", |web| {
            web.scope = Scope::parse("openid read write offline_access email").unwrap();
            web.openid = OpenIdRegistration {
                post_logout_redirect_uris: vec![uri("https://app.example/bye")],
                backchannel_logout_uri: Some(uri("https://app.example/backchannel")),
                frontchannel_logout_uri: Some(uri("https://app.example/frontchannel?a=b")),
                ..OpenIdRegistration::default()
            };
        })
        .await;
    let trusted = Client {
        first_party: true,
        ..fixtures::client("trusted")
    };
    server.register(&trusted).await;
    let joe = User {
        password_hash: Some(PASSWORD.into()),
        ..fixtures::user(3, "joe@example.com")
    };
    server.add_user(&joe).await;
    server
}

/// Issuer of the server.
pub(super) const HERE: &str = ISSUER;
