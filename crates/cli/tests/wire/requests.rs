//! Builders of requests and readers of responses.

use crate::facts::{CALLBACK, SECRET, VERIFIER};
use axum::http::{HeaderMap, StatusCode, header};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use serde_json::Value;

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn text(&self, field: &str) -> String {
        let json = self.json();
        json[field]
            .as_str()
            .unwrap_or_else(|| panic!("no text {field} in {json}"))
            .to_owned()
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Returns the status and `error`.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.text("error"))
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(
            self.status,
            StatusCode::OK,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        self
    }
}

/// Returns the claims of a JWT without a signature check.
pub(crate) fn claims(token: &str) -> Value {
    part(token, 1)
}

/// Returns the header of a JWT.
pub(crate) fn head(token: &str) -> Value {
    part(token, 0)
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!(
        "Basic {}",
        Base64::encode_string(format!("{id}:{secret}").as_bytes())
    )
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        encoded.push('%');
        encoded.extend(
            [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap()),
        );
    }
    encoded
}

pub(crate) fn form<V: AsRef<str>>(parameters: &[(&str, V)]) -> String {
    parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", percent_encoded(value.as_ref())))
        .collect::<Vec<_>>()
        .join("&")
}

pub(crate) fn json<V: AsRef<str>>(parameters: &[(&str, V)]) -> String {
    Value::Object(
        parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_ref())))
            .collect(),
    )
    .to_string()
}

fn authenticated<'a>(
    client: &'a str,
    parameters: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("client_id", client)];
    if client != "app" {
        all.push(("client_secret", SECRET));
    }
    all.extend_from_slice(parameters);
    all
}

/// Returns the parameters of a valid code exchange.
pub(crate) fn exchange<'a>(client: &'a str, code: &'a str) -> Vec<(&'a str, &'a str)> {
    let parameters = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    authenticated(client, &parameters)
}

/// Returns the parameters of a valid refresh.
pub(crate) fn refreshing<'a>(client: &'a str, refresh_token: &'a str) -> Vec<(&'a str, &'a str)> {
    authenticated(
        client,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ],
    )
}

/// Returns the parameters of a valid request of the machine.
pub(crate) fn machine() -> Vec<(&'static str, &'static str)> {
    authenticated("machine", &[("grant_type", "client_credentials")])
}

/// Returns `parameters` without `name`.
pub(crate) fn without<'a>(
    parameters: &[(&'a str, &'a str)],
    name: &str,
) -> Vec<(&'a str, &'a str)> {
    parameters
        .iter()
        .copied()
        .filter(|(own, _)| *own != name)
        .collect()
}

/// Returns `parameters` with `name` set to `value`.
pub(crate) fn with<'a>(
    parameters: &[(&'a str, &'a str)],
    name: &'a str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let mut changed = without(parameters, name);
    changed.push((name, value));
    changed
}
