//! JSON forms of an identity provider.

use crate::api::problem::Problem;
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::protocol::UpstreamProtocol;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_server_http::wire::date::date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Endpoints of an OAuth 2.0 provider. Those of an OpenID Connect provider come from its discovery document.
const ENDPOINTS: [&str; 3] = [
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
];

/// Provider to create, or a change of one. An absent member stays unchanged.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct IdpBody {
    /// Name, which cannot change.
    name: Option<String>,
    /// `oidc` or `oauth2`.
    r#type: Option<String>,
    /// Name on buttons.
    display_name: Option<String>,
    /// Identifier of this server at the provider.
    client_id: Option<String>,
    /// Client secret.
    client_secret: Option<String>,
    /// Issuer of an OpenID Connect provider.
    issuer: Option<String>,
    /// Authorization endpoint of an OAuth 2.0 provider.
    authorization_endpoint: Option<String>,
    /// Token endpoint of an OAuth 2.0 provider.
    token_endpoint: Option<String>,
    /// Userinfo endpoint of an OAuth 2.0 provider.
    userinfo_endpoint: Option<String>,
    /// Scope tokens, separated by spaces.
    scopes: Option<String>,
    /// Whether users can sign in there.
    enabled: Option<bool>,
}

impl IdpBody {
    /// Checks that the name stays the same.
    pub(super) fn check_name(&self, name: &ProviderName) -> Result<(), Problem> {
        match &self.name {
            Some(given) if given != name.as_str() => Err(Problem::field(
                "name",
                "cannot change, because it is part of the redirect URI",
            )),
            _ => Ok(()),
        }
    }

    /// Returns the fields that a new provider has in the admin API. A provider with the name of a preset is built in.
    pub(super) fn created(&self) -> Result<Value, Problem> {
        let mut fields = self.fields()?;
        let preset = self.name.as_deref().and_then(Preset::parse);
        let has_no_url = self.issuer.is_none() && self.userinfo_endpoint.is_none();
        if let Some(preset) = preset.filter(|_| has_no_url) {
            fields.insert("preset".to_owned(), json!(preset.as_str()));
        }
        Ok(Value::Object(fields))
    }

    /// Returns the merge patch that changes a provider.
    pub(super) fn changed(&self) -> Result<Value, Problem> {
        let mut fields = self.fields()?;
        let gone: &[&str] = match self.r#type.as_deref() {
            Some(UpstreamProtocol::OAUTH2) => &["issuer"],
            Some(UpstreamProtocol::OIDC) => &[
                "authorization_endpoint",
                "token_endpoint",
                "userinfo_endpoint",
                "emails_endpoint",
                "subject_claims",
            ],
            _ => &[],
        };
        for name in gone {
            fields.entry(*name).or_insert(Value::Null);
        }
        Ok(Value::Object(fields))
    }

    /// Returns the given fields under the names of the admin API.
    fn fields(&self) -> Result<Map<String, Value>, Problem> {
        let fields = serde_json::to_value(self).map_err(|error| Problem::internal(&error))?;
        let mut fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        fields.retain(|_, value| !value.is_null());
        if let Some(scopes) = fields.remove("scopes") {
            fields.insert("scope".to_owned(), scopes);
        }
        if self.r#type.as_deref() == Some(UpstreamProtocol::OIDC) {
            for name in ENDPOINTS {
                fields.remove(name);
            }
        }
        Ok(fields)
    }
}

/// Provider, without its secret.
#[derive(Serialize)]
pub(super) struct View {
    /// The same as `name`.
    id: String,
    name: String,
    r#type: &'static str,
    display_name: String,
    enabled: bool,
    #[serde(flatten)]
    details: Option<Details>,
}

/// What only operators see.
#[derive(Serialize)]
struct Details {
    client_id: String,
    #[serde(flatten)]
    urls: BTreeMap<&'static str, String>,
    scopes: String,
    created_at: String,
}

impl View {
    /// Returns what the sign-in page shows.
    pub(super) fn for_visitors(provider: &UpstreamProvider) -> Self {
        Self {
            id: provider.name.to_string(),
            name: provider.name.to_string(),
            r#type: provider.protocol.as_str(),
            display_name: provider.display_name.clone(),
            enabled: provider.enabled,
            details: None,
        }
    }
}

impl From<&UpstreamProvider> for View {
    fn from(provider: &UpstreamProvider) -> Self {
        let urls = provider.protocol.urls();
        let details = Details {
            client_id: provider.client_id.clone(),
            urls: urls
                .map(|(name, url)| (name, url.as_str().to_owned()))
                .collect(),
            scopes: provider.scope.as_str().to_owned(),
            created_at: date(provider.created_at),
        };
        Self {
            details: Some(details),
            ..Self::for_visitors(provider)
        }
    }
}
