//! How a client registered itself.

use countersign_domain::client::dynamic::DynamicRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use schemars::JsonSchema;
use serde::Serialize;

/// Registration of a client that registered itself (RFC 7591).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SelfRegistration")]
pub(super) struct SelfRegistrationView {
    /// Name of the initial access token; `null` for an anonymous registration.
    initial_access_token: Option<String>,
    /// Home page.
    client_uri: Option<String>,
    /// Logo.
    logo_uri: Option<String>,
    /// Privacy policy.
    policy_uri: Option<String>,
    /// Terms of service.
    tos_uri: Option<String>,
}

impl From<&DynamicRegistration> for SelfRegistrationView {
    fn from(own: &DynamicRegistration) -> Self {
        let text = |uri: &Option<RedirectUri>| uri.as_ref().map(|uri| uri.as_str().to_owned());
        Self {
            initial_access_token: own.initial_access_token.as_ref().map(ToString::to_string),
            client_uri: text(&own.links.home),
            logo_uri: text(&own.links.logo),
            policy_uri: text(&own.links.policy),
            tos_uri: text(&own.links.terms),
        }
    }
}
