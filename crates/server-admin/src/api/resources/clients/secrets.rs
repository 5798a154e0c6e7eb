//! `/clients/{client_id}/secrets`: rotation without downtime, because a client can have several secrets.

use super::body::client_id;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::PLAIN_TEXT;
use countersign_application::App;
use countersign_domain::audit::operator::Permission::{ClientsOwn, ClientsWrite};
use countersign_domain::client::ClientSecret;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Latest expiry time, and longest lifetime.
const LATEST: u64 = Timestamp::LATEST.as_unix_seconds();

/// Client secret, without its value.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClientSecret")]
pub(super) struct SecretView {
    /// Name, unique within the client.
    name: String,
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
    /// Expiry time, in seconds since the Unix epoch; `null` for never.
    expires_at: Option<u64>,
    /// Time of the last use, accurate to within an hour.
    last_used_at: Option<u64>,
}

impl From<&ClientSecret> for SecretView {
    fn from(secret: &ClientSecret) -> Self {
        Self {
            name: secret.name.clone(),
            created_at: secret.created_at.as_unix_seconds(),
            expires_at: secret.expires_at.map(Timestamp::as_unix_seconds),
            last_used_at: secret.last_used_at.map(Timestamp::as_unix_seconds),
        }
    }
}

/// Secret to add.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewClientSecret")]
struct NewSecret {
    /// Name. If absent, the server uses the next free one of `secret-1`, `secret-2` and so on.
    #[serde(default)]
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    name: Option<String>,
    /// Seconds until the secret expires. If absent, the secret never expires.
    #[serde(default)]
    #[schemars(range(max = LATEST))]
    lifetime: Option<u64>,
}

/// Change of a secret.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ClientSecretChange")]
struct Change {
    /// Expiry time, in seconds since the Unix epoch; `null` for never.
    #[serde(default)]
    #[schemars(range(max = LATEST))]
    expires_at: Option<u64>,
}

/// Added secret. The value is never shown again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AddedClientSecret")]
struct Added {
    #[serde(flatten)]
    secret: SecretView,
    /// Value.
    client_secret: String,
}

pub(in crate::api::resources) fn operations<A: App>() -> Vec<Operation<A>> {
    let all = "/clients/{client_id}/secrets";
    let one = "/clients/{client_id}/secrets/{name}";
    vec![
        Operation::create(
            (all, "addClientSecret", "Add a client secret"),
            &[ClientsWrite],
        )
        .or_own(ClientsOwn)
        .takes::<NewSecret>()
        .gives::<Added>()
        .keeps(added)
        .by(add),
        Operation::post(
            (
                one,
                "expireClientSecret",
                "Set when a client secret expires",
            ),
            &[ClientsWrite],
        )
        .or_own(ClientsOwn)
        .takes::<Change>()
        .gives::<SecretView>()
        .keeps(expired)
        .by(expire),
        Operation::delete(
            (one, "removeClientSecret", "Remove a client secret"),
            &[ClientsWrite],
        )
        .or_own(ClientsOwn)
        .by(remove),
    ]
}

async fn add<A: App>(call: Call<A>) -> Outcome {
    let (id, new) = (client_id(&call)?, call.body::<NewSecret>()?);
    if new.lifetime.is_some_and(|seconds| seconds > LATEST) {
        let rule = format!("must be at most {LATEST}");
        return Err(Problem::field("lifetime", rule));
    }
    let lifetime = new.lifetime.map(Duration::from_secs);
    let clients = &call.commands().clients;
    let addition = clients.add_secret(&call.tenant, &call.operator, &id, new.name, lifetime);
    added(&addition.await?)
}

fn added((secret, value): &(ClientSecret, Secret)) -> Outcome {
    Reply::of(&Added {
        secret: SecretView::from(secret),
        client_secret: value.expose_secret().to_owned(),
    })
}

async fn expire<A: App>(call: Call<A>) -> Outcome {
    let (id, change) = (client_id(&call)?, call.body::<Change>()?);
    let at = change.expires_at.map(Timestamp::from_unix_seconds);
    let clients = &call.commands().clients;
    let expiry = clients.expire_secret(&call.tenant, &call.operator, &id, call.path(1), at);
    expired(&expiry.await?)
}

fn expired(secret: &ClientSecret) -> Outcome {
    Reply::of(&SecretView::from(secret))
}

async fn remove<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(&call)?;
    let clients = &call.commands().clients;
    let removed = clients.remove_secret(&call.tenant, &call.operator, &id, call.path(1));
    removed.await?;
    Ok(Reply::empty())
}
