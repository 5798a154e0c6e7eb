//! Tokens, and the page that shows their decoded content.

use askama::Template;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Deserialize;
use serde_json::Value;

/// Token response.
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
    /// Returns the `nonce` of the ID token.
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

/// One token or response.
struct Part {
    title: &'static str,
    note: &'static str,
    text: String,
}

/// Renders the page.
pub(super) fn page(tokens: &Tokens, userinfo: &Value) -> askama::Result<String> {
    let who = ["name", "email", "sub"]
        .iter()
        .find_map(|claim| userinfo.get(claim)?.as_str());
    TokensPage {
        heading: who.map_or_else(|| "Signed in".into(), |who| format!("Signed in as {who}")),
        parts: vec![
            Part {
                title: "ID token",
                note: "Identifies the user and the sign-in. For the client only.",
                text: decoded(&tokens.id_token),
            },
            Part {
                title: "Access token",
                note: "For resource servers, which verify it with the keys at /oauth2/jwks.json.",
                text: decoded(&tokens.access_token),
            },
            Part {
                title: "Refresh token",
                note: "Encrypted. Only the server can read it.",
                text: tokens.refresh_token.clone(),
            },
            Part {
                title: "Userinfo",
                note: "Response of /oauth2/userinfo to the access token.",
                text: format!("{userinfo:#}"),
            },
        ],
    }
    .render()
}

/// Decodes header and claims of a JWT, without the signature.
fn decoded(token: &str) -> String {
    let parts = token.split('.').take(2).filter_map(json);
    let parts: Vec<String> = parts.map(|part| format!("{part:#}")).collect();
    parts.join("\n")
}

/// Decodes the claims of a JWT.
///
/// The signature is not checked: the token came directly from its issuer (OpenID Connect Core section 3.1.3.7).
fn claims(token: &str) -> Option<Value> {
    json(token.split('.').nth(1)?)
}

fn json(part: &str) -> Option<Value> {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).ok()?).ok()
}
