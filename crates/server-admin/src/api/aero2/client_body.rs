//! JSON forms of a client.

use crate::api::dialect::{redirect_uris, scope, scope_texts, uri_texts};
use crate::api::problem::Problem;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, GrantType};
use countersign_domain::evidence::Evidence;
use countersign_domain::scope::Scope;
use countersign_server_http::wire::date::date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Client to create.
#[derive(Deserialize, JsonSchema)]
pub(super) struct NewClient {
    /// Display name.
    pub(super) name: String,
    /// Redirect URIs.
    redirect_uris: Vec<String>,
    /// Scope tokens; by default those of an OpenID Connect client.
    scopes: Option<Vec<String>>,
    /// Grant types; by default those of a client with users.
    grant_types: Option<Vec<String>>,
}

/// Change of a client. An absent member stays unchanged.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ClientChange {
    /// Display name.
    name: Option<String>,
    /// Redirect URIs.
    redirect_uris: Option<Vec<String>>,
    /// Scope tokens.
    scopes: Option<Vec<String>>,
    /// Grant types.
    grant_types: Option<Vec<String>>,
}

/// Parsed change of a client.
pub(super) struct Change {
    name: Option<String>,
    redirect_uris: Option<Vec<RedirectUri>>,
    scope: Option<Scope>,
    grant_types: Option<Vec<GrantType>>,
}

impl ClientChange {
    pub(super) fn parsed(self) -> Result<Change, Problem> {
        let redirect_uris = self.redirect_uris.as_deref().map(redirect_uris);
        let scope = self.scopes.as_deref().map(scope);
        let grant_types = self.grant_types.as_deref().map(grant_types);
        Ok(Change {
            name: self.name,
            redirect_uris: redirect_uris.transpose()?,
            scope: scope.transpose()?,
            grant_types: grant_types.transpose()?,
        })
    }
}

impl NewClient {
    pub(super) fn parsed(self) -> Result<Change, Problem> {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let scopes = self
            .scopes
            .unwrap_or_else(|| texts(&["openid", "profile", "email"]));
        let grant_types = self.grant_types.unwrap_or_else(|| {
            texts(&[
                GrantType::AUTHORIZATION_CODE.as_str(),
                GrantType::REFRESH_TOKEN.as_str(),
            ])
        });
        let change = ClientChange {
            name: Some(self.name),
            redirect_uris: Some(self.redirect_uris),
            scopes: Some(scopes),
            grant_types: Some(grant_types),
        };
        change.parsed()
    }
}

impl Change {
    /// Writes the changed members into a client.
    pub(super) fn apply(&self, client: &mut Client) {
        if let Some(name) = &self.name {
            client.name.clone_from(name);
        }
        if let Some(redirect_uris) = &self.redirect_uris {
            client.redirect_uris.clone_from(redirect_uris);
        }
        if let Some(scope) = &self.scope {
            client.scope = scope.clone();
        }
        if let Some(grant_types) = &self.grant_types {
            client.grant_types.clone_from(grant_types);
        }
    }
}

/// Grant types of this API.
const GRANT_TYPES: [&GrantType; 3] = [
    &GrantType::AUTHORIZATION_CODE,
    &GrantType::REFRESH_TOKEN,
    &GrantType::CLIENT_CREDENTIALS,
];

fn grant_types(names: &[String]) -> Result<Vec<GrantType>, Problem> {
    let parsed = names.iter().map(|name| {
        let mut known = GRANT_TYPES.into_iter();
        let known = known.find(|own| own.as_str() == name);
        known.cloned().ok_or_else(|| {
            let name = Evidence::of(name);
            Problem::field("grant_types", format!("the value {name:?} is unknown"))
        })
    });
    let mut parsed = parsed.collect::<Result<Vec<_>, _>>()?;
    parsed.sort_unstable();
    parsed.dedup();
    Ok(parsed)
}

/// Client. The secret is only in the response to its creation.
#[derive(Serialize)]
pub(super) struct View {
    /// The same as `client_id`.
    id: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_secret: Option<String>,
    name: String,
    redirect_uris: Vec<String>,
    scopes: Vec<String>,
    grant_types: Vec<String>,
    created_at: String,
}

impl From<&Client> for View {
    fn from(client: &Client) -> Self {
        let grant_types = client.grant_types.iter().map(GrantType::as_str);
        Self {
            id: client.id.to_string(),
            client_id: client.id.to_string(),
            client_secret: None,
            name: client.name.clone(),
            redirect_uris: uri_texts(client),
            scopes: scope_texts(client),
            grant_types: grant_types.map(str::to_owned).collect(),
            created_at: date(client.created_at),
        }
    }
}
