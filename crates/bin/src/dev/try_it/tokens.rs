//! Tokens, and the page that shows them decoded.

use askama::Template;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Deserialize;
use serde_json::Value;

/// What the token endpoint answers.
#[derive(Clone, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of RFC 6749 section 5.1"
)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) refresh_token: String,
    pub(super) id_token: String,
}

impl Tokens {
    /// `nonce` of the ID token.
    pub(super) fn nonce(&self) -> Option<String> {
        let nonce = claims(&self.id_token)?.get("nonce")?.as_str()?.to_owned();
        Some(nonce)
    }
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    heading: String,
    parts: Vec<Part>,
}

/// One token, or one answer.
struct Part {
    title: &'static str,
    note: &'static str,
    text: String,
}

/// The page.
pub(super) fn page(tokens: &Tokens, userinfo: &Value) -> askama::Result<String> {
    let who = ["name", "email", "sub"]
        .iter()
        .find_map(|claim| userinfo.get(claim)?.as_str());
    TokensPage {
        heading: who.map_or_else(|| "Logged in".into(), |who| format!("Logged in as {who}")),
        parts: vec![
            Part {
                title: "ID token",
                note: "Who logged in, when and how. For the client alone.",
                text: decoded(&tokens.id_token),
            },
            Part {
                title: "Access token",
                note: "For resource servers, who check it with the keys at /oauth2/jwks.json.",
                text: decoded(&tokens.access_token),
            },
            Part {
                title: "Refresh token",
                note: "Sealed: it says nothing to anybody but the server.",
                text: tokens.refresh_token.clone(),
            },
            Part {
                title: "Userinfo",
                note: "What /oauth2/userinfo answers to the access token.",
                text: format!("{userinfo:#}"),
            },
        ],
    }
    .render()
}

/// Header and claims of a JWT, without the signature.
fn decoded(token: &str) -> String {
    let parts = token.split('.').take(2).filter_map(json);
    let parts: Vec<String> = parts.map(|part| format!("{part:#}")).collect();
    parts.join("\n")
}

/// The claims of a JWT. They were just received from their issuer, so the signature is not checked (OpenID
/// Connect Core section 3.1.3.7).
fn claims(token: &str) -> Option<Value> {
    json(token.split('.').nth(1)?)
}

fn json(part: &str) -> Option<Value> {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).ok()?).ok()
}
