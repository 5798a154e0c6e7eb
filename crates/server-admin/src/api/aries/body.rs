//! JSON forms of a client.

use crate::api::dialect::{redirect_uris, scope, scope_texts, updated_at, uri_texts};
use crate::api::problem::Problem;
use countersign_domain::client::Client;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_server_http::wire::date::date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Client to create.
#[derive(Deserialize, JsonSchema)]
pub(super) struct NewClient {
    /// Display name.
    pub(super) name: String,
    /// Scope tokens.
    scopes: Vec<String>,
    /// Redirect URIs.
    redirect_uris: Vec<String>,
    /// Hosts that redirect URIs must belong to.
    #[serde(default)]
    domains: Vec<String>,
}

/// Change of a client. An absent member stays unchanged.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ClientChange {
    /// Display name.
    name: Option<String>,
    /// Scope tokens.
    scopes: Option<Vec<String>>,
    /// Redirect URIs.
    redirect_uris: Option<Vec<String>>,
    /// Hosts that redirect URIs must belong to.
    domains: Option<Vec<String>>,
}

/// Parsed change of a client.
pub(super) struct Change {
    name: Option<String>,
    scope: Option<Scope>,
    redirect_uris: Option<Vec<RedirectUri>>,
    domains: Option<Vec<String>>,
}

impl ClientChange {
    pub(super) fn parsed(self) -> Result<Change, Problem> {
        let scope = self.scopes.as_deref().map(scope).transpose()?;
        let redirect_uris = self.redirect_uris.as_deref().map(redirect_uris);
        Ok(Change {
            name: self.name,
            scope,
            redirect_uris: redirect_uris.transpose()?,
            domains: self.domains,
        })
    }
}

impl NewClient {
    pub(super) fn parsed(self) -> Result<Change, Problem> {
        let change = ClientChange {
            name: Some(self.name),
            scopes: Some(self.scopes),
            redirect_uris: Some(self.redirect_uris),
            domains: Some(self.domains),
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
        if let Some(scope) = &self.scope {
            client.scope = scope.clone();
        }
        if let Some(redirect_uris) = &self.redirect_uris {
            client.redirect_uris.clone_from(redirect_uris);
        }
        if let Some(domains) = &self.domains {
            client.domains.clone_from(domains);
        }
    }
}

/// Client. The secret is only in the response to its creation.
#[derive(Serialize, JsonSchema)]
pub(super) struct View {
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_secret: Option<String>,
    name: String,
    scopes: Vec<String>,
    redirect_uris: Vec<String>,
    domains: Vec<String>,
    created_at: String,
    updated_at: String,
    /// Time of the last client authentication, accurate to within an hour.
    last_used_at: Option<String>,
}

impl From<&Client> for View {
    fn from(client: &Client) -> Self {
        let uses = client.secrets.iter().map(|secret| secret.last_used_at);
        let last_use = uses.max().flatten();
        Self {
            client_id: client.id.as_str().to_owned(),
            client_secret: None,
            name: client.name.clone(),
            scopes: scope_texts(client),
            redirect_uris: uri_texts(client),
            domains: client.domains.clone(),
            created_at: date(client.created_at),
            updated_at: date(updated_at(client)),
            last_used_at: last_use.map(|time: Timestamp| date(time)),
        }
    }
}
