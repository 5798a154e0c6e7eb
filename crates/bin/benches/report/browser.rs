//! Headless browser that signs in: it follows redirects, keeps cookies and submits forms.

use crate::clients::{CALLBACK, CHALLENGE, Client, EMAIL};
use crate::load::{Requests, ask};
use reqwest::Url;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Browser that repeatedly signs in the client's user, each time without cookies.
pub(crate) struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    left: u64,
    /// Redirect target of the last login.
    arrived: String,
}

/// Result of a login.
pub(crate) struct LoggedIn {
    /// Authorization request with the cookies of the session.
    pub(crate) authorize: Arc<[u8]>,
    /// Authorization code.
    pub(crate) code: String,
    /// Number of requests.
    pub(crate) requests: u64,
}

impl Browser {
    fn new(client: &Client, left: u64) -> Self {
        Self {
            client: client.clone(),
            cookies: BTreeMap::new(),
            left,
            arrived: String::new(),
        }
    }

    /// Signs in once and gives consent if asked.
    pub(crate) fn log_in(client: &Client, address: &str) -> LoggedIn {
        let mut browser = Self::new(client, 1);
        let (mut answer, mut requests) = (Vec::new(), 0);
        while let Some(request) = browser.next(&answer) {
            answer = ask(address, &request);
            requests += 1;
        }
        let arrived = Url::parse(&browser.arrived).unwrap();
        let code = arrived.query_pairs().find(|(name, _)| name == "code");
        LoggedIn {
            authorize: browser.get(&authorize(client)),
            code: code.unwrap().1.into_owned(),
            requests,
        }
    }

    fn begin(&mut self) -> Option<Arc<[u8]>> {
        self.left = self.left.checked_sub(1)?;
        self.cookies.clear();
        Some(self.get(&authorize(&self.client)))
    }

    fn get(&self, path: &str) -> Arc<[u8]> {
        let head = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
        format!("{head}cookie: {}\r\n\r\n", self.cookie())
            .into_bytes()
            .into()
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Submits the first form of a page: sign-in or consent.
    fn fill(&self, page: &str) -> Arc<[u8]> {
        let start = page
            .find("<form")
            .unwrap_or_else(|| panic!("no form: {page}"));
        let form = page[start..].split("</form>").next().unwrap();
        let hidden = form
            .split("<input")
            .filter(|input| input.contains("type=\"hidden\""))
            .map(|input| (attribute(input, "name"), attribute(input, "value")));
        let password = self.client.password.as_str();
        let typed: &[(&str, &str)] = if form.contains("type=\"password\"") {
            &[("email", EMAIL), ("password", password)]
        } else {
            &[("decision", "agree")]
        };
        let body = encoded(hidden.chain(typed.iter().copied()));
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\n",
            attribute(form, "action")
        );
        let cookie = self.cookie();
        format!(
            "{head}cookie: {cookie}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
        .into()
    }
}

impl Requests for Browser {
    fn next(&mut self, last_answer: &[u8]) -> Option<Arc<[u8]>> {
        let answer = std::str::from_utf8(last_answer).unwrap();
        let Some((head, body)) = answer.split_once("\r\n\r\n") else {
            return self.begin();
        };
        let mut location = None;
        for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
            match name {
                "set-cookie" => {
                    let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
                "location" => location = Some(value),
                _ => {}
            }
        }
        match location {
            None => Some(self.fill(body)),
            Some(path) if path.starts_with('/') => Some(self.get(path)),
            Some(elsewhere) => {
                assert!(
                    elsewhere.starts_with(CALLBACK) && elsewhere.contains("code="),
                    "{elsewhere}"
                );
                elsewhere.clone_into(&mut self.arrived);
                self.begin()
            }
        }
    }
}

/// Returns `count` logins of the client's user, spread over this many connections.
pub(crate) fn logins(client: &Client, connections: usize, count: u64) -> Vec<Box<dyn Requests>> {
    let each = count / connections as u64;
    let connection = |_| Box::new(Browser::new(client, each)) as Box<dyn Requests>;
    (0..connections).map(connection).collect()
}

/// Returns the path of an authorization request.
fn authorize(client: &Client) -> String {
    let parameters = encoded([
        ("response_type", "code"),
        ("client_id", &client.id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
        ("state", "af0ifjsldkj"),
        ("nonce", "n-0S6_WzA2Mj"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    format!("/oauth2/authorize?{parameters}")
}

fn encoded<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let url = Url::parse_with_params("http://127.0.0.1/", pairs).unwrap();
    url.query().unwrap().to_owned()
}

/// Returns the value of an attribute. The forms contain no character references.
fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = tag.split_once(&format!("{name}=\""));
    start
        .and_then(|(_, rest)| rest.split('"').next())
        .unwrap_or_default()
}
