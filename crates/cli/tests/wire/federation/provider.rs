//! A provider whose responses a test chooses.

use crate::browser::{Browser, parameter, served};
use crate::harness::Server;
use crate::token::private_key_jwt::OWN;
use countersign_domain::federation::email_domain::TrustedDomains;
use countersign_domain::federation::protocol::UpstreamProtocol;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::tenant::recovery::RecoveryPolicy;
use countersign_ports::Definition;
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

pub(super) const IDP: &str = "https://idp.example";
pub(crate) const DISCOVERY: &str = "https://idp.example/.well-known/openid-configuration";
pub(crate) const KEYS: &str = "https://idp.example/jwks";
pub(super) const TOKEN: &str = "https://idp.example/token";
pub(super) const USERINFO: &str = "https://idp.example/me";

/// Returns the discovery document.
pub(crate) fn document() -> Value {
    json!({
        "issuer": IDP,
        "authorization_endpoint": "https://idp.example/auth?tenant=1",
        "token_endpoint": TOKEN,
        "userinfo_endpoint": USERINFO,
        "jwks_uri": KEYS,
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

/// Returns the provider `corp`, which is trusted for `example.com`.
pub(crate) fn corp() -> UpstreamProvider {
    let issuer = UpstreamUrl::parse(IDP).unwrap();
    let protocol = UpstreamProtocol::OpenIdConnect { issuer };
    let name = ProviderName::parse("corp").unwrap();
    let mut corp = UpstreamProvider::new(name, None, protocol, "countersign", fixtures::NOW);
    corp.display_name = "Corp & Co".into();
    corp.trusted_domains = TrustedDomains::parse(["example.com"]).unwrap();
    corp
}

/// Returns a server that sends security notices.
pub(super) async fn noticing() -> Server {
    let recovery = RecoveryPolicy {
        sends_notices: true,
        ..crate::facts::tenant().settings.recovery
    };
    served().await.with_recovery(recovery)
}

/// Stores a provider and publishes its documents.
pub(super) async fn set_up(server: &Server, provider: UpstreamProvider) {
    server.put(Definition::UpstreamProvider(provider)).await;
    server.outside.publish(DISCOVERY, &document().to_string());
    server.outside.publish(KEYS, OWN.jwks().as_str());
}

/// Authorization request that a browser takes to the provider.
#[derive(Clone)]
pub(super) struct Departed {
    pub(super) location: String,
    pub(super) state: String,
    pub(super) nonce: String,
}

impl Departed {
    /// Returns the request in the redirect of the browser.
    pub(super) fn of(browser: &Browser<'_>) -> Self {
        let location = browser
            .location()
            .unwrap_or_else(|| panic!("{}", browser.html()));
        let query = location.split_once('?').unwrap().1;
        Self {
            state: parameter(query, "state").unwrap(),
            nonce: parameter(query, "nonce").unwrap_or_default(),
            location,
        }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        parameter(self.location.split_once('?').unwrap().1, name)
    }

    /// Returns the claims of the right ID token about a user.
    pub(super) fn claims(&self, server: &Server, subject: &str, email: &str) -> Value {
        let now = server.now().as_unix_seconds();
        json!({
            "iss": IDP, "aud": "countersign", "sub": subject, "nonce": self.nonce,
            "iat": now, "exp": now + 300, "email": email, "email_verified": true,
            "name": "Jane of Corp",
        })
    }
}

/// Makes the provider respond with this ID token and the same claims about the user.
pub(super) fn respond(server: &Server, claims: &Value) {
    respond_with(server, &OWN.sign(claims), claims);
}

/// Makes the provider respond with this ID token and these claims of the userinfo endpoint.
pub(super) fn respond_with(server: &Server, id_token: &str, userinfo: &Value) {
    let tokens = json!({"access_token": "at", "token_type": "Bearer", "id_token": id_token});
    server.outside.publish(TOKEN, &tokens.to_string());
    server.outside.publish(USERINFO, &userinfo.to_string());
}

/// Sends the browser to the provider, from the sign-in page.
pub(super) async fn leave(browser: &mut Browser<'_>) -> Departed {
    let html = browser.html();
    let link = html
        .split("href=\"")
        .find(|part| part.starts_with("/rp/authorize?"));
    let link = link.unwrap_or_else(|| panic!("{html}"));
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    browser.open(&link).await;
    Departed::of(browser)
}

/// Brings the browser back from the provider with a code.
pub(super) async fn come_back(browser: &mut Browser<'_>, departed: &Departed) {
    come_back_with(browser, departed, "code=c&iss=https://idp.example").await;
}

/// Brings the browser back with these parameters besides `state`.
pub(super) async fn come_back_with(browser: &mut Browser<'_>, departed: &Departed, query: &str) {
    let address = format!("/rp/callback/corp?{query}&state={}", departed.state);
    browser.open(&address).await;
}

/// Signs a user in at the provider `corp`, up to the next page after it.
pub(super) async fn sign_in(
    server: &Server,
    browser: &mut Browser<'_>,
    subject: &str,
    email: &str,
) {
    browser.open("/login").await;
    let departed = leave(browser).await;
    respond(server, &departed.claims(server, subject, email));
    come_back(browser, &departed).await;
}
