//! Objects that operations change.

use super::api::Api;
use super::belongings::give;
use super::row::Target;
use serde_json::{Value, json};

impl Target {
    /// Creates the object. Returns its identifier.
    pub(super) async fn prepare(&self, api: &Api) -> String {
        let name = api.name();
        match self {
            Self::Nothing => name,
            Self::Client => api.client().await,
            Self::ResourceServer => {
                let body = json!({"audience": name});
                api.create("/resource-servers", body).await;
                name
            }
            Self::User | Self::DisabledUser => {
                let body = json!({"email": format!("{name}@example.com")});
                let user = api.create("/users", body).await;
                let id = user["id"].as_str().unwrap().to_owned();
                if matches!(self, Self::DisabledUser) {
                    let path = format!("/users/{id}/disable");
                    api.create(&path, Value::Null).await;
                }
                id
            }
            Self::UserWithAccess => {
                let email = format!("{name}@example.com");
                let user = api.create("/users", json!({"email": email})).await;
                let id = user["id"].as_str().unwrap();
                give(&api.installation.store(), id, &email).await;
                id.to_owned()
            }
            Self::Key => {
                let keys = api.create("/signing-keys/rotate", Value::Null).await;
                let newest = keys["items"].as_array().and_then(|keys| keys.last());
                newest.unwrap()["kid"].as_str().unwrap().to_owned()
            }
            Self::Role => {
                api.create("/admin-roles", json!({"name": name})).await;
                name
            }
            Self::Group => {
                api.create("/groups", json!({"name": name})).await;
                name
            }
            Self::Attribute => {
                let attribute = attribute(&name);
                api.create("/attributes", attribute.clone()).await;
                attribute["name"].as_str().unwrap().to_owned()
            }
            Self::Invitation => {
                let email = format!("{name}@example.com");
                api.create("/invitations", json!({"email": email})).await;
                email
            }
            Self::InitialAccessToken => {
                api.create("/initial-access-tokens", json!({"name": name}))
                    .await;
                name
            }
            Self::Tenant => {
                api.create("/tenants", tenant(&name)).await;
                name
            }
            Self::Webhook => {
                api.create("/webhooks", webhook(&name)).await;
                name
            }
            Self::UpstreamProvider => {
                api.create("/upstream-providers", provider(&name)).await;
                name
            }
            Self::Outsider | Self::Member => {
                api.ensure_staff().await;
                let body = json!({"email": format!("{name}@example.com")});
                let user = api.create("/users", body).await;
                let id = user["id"].as_str().unwrap().to_owned();
                if matches!(self, Self::Member) {
                    let body = json!({"user_id": id});
                    api.create("/groups/staff/members", body).await;
                }
                id
            }
            Self::Holder => {
                let id = api.client().await;
                let path = format!("/administrators/client:{id}/roles");
                api.create(&path, json!({"role": "auditor"})).await;
                id
            }
        }
    }
}

/// Returns a tenant whose key is made fast.
pub(super) fn tenant(name: &str) -> Value {
    json!({"name": name, "signing_algorithm": "ES256"})
}

/// Returns an attribute. Its name has no hyphens.
pub(super) fn attribute(name: &str) -> Value {
    json!({"name": name.replace('-', "_"), "type": "string"})
}

/// Returns a webhook that gets no events.
pub(super) fn webhook(name: &str) -> Value {
    json!({"name": name, "url": "https://crm.example/", "events": ["nothing.happened"]})
}

/// Returns an upstream provider.
pub(super) fn provider(name: &str) -> Value {
    json!({"name": name, "preset": "google", "client_id": "1", "client_secret": "x"})
}
