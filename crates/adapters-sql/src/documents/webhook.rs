//! Documents of webhooks.

use super::members::{self, Members};
use crate::columns::{Failure, Unreadable};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::secret::SealedSecret;
use countersign_domain::webhook::subscription::EventPattern;
use countersign_domain::webhook::url::WebhookUrl;
use countersign_domain::webhook::{Replay, Webhook, WebhookName};
use serde::{Deserialize, Serialize};

/// Members of the document of a webhook.
#[derive(Serialize)]
struct Document<'a> {
    id: String,
    url: &'a str,
    events: Vec<&'a str>,
    description: &'a str,
    enabled: bool,
    secrets: Vec<SecretObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<ReplayObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretObject {
    /// Sealed secret, in base64url.
    sealed: String,
    created_at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayObject {
    number: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
}

/// Writes the document of a webhook.
pub(super) fn write(webhook: &Webhook) -> Result<String, Failure> {
    let secrets = webhook.secrets.iter().map(|secret| SecretObject {
        sealed: Base64UrlUnpadded::encode_string(&secret.sealed),
        created_at: secret.created_at.as_unix_seconds(),
        expires_at: secret.expires_at.map(Timestamp::as_unix_seconds),
    });
    let document = Document {
        id: webhook.id.to_string(),
        url: webhook.url.as_str(),
        events: webhook.events.iter().map(EventPattern::as_str).collect(),
        description: &webhook.description,
        enabled: webhook.enabled,
        secrets: secrets.collect(),
        replay: webhook.replay.map(|replay| ReplayObject {
            number: replay.number,
            since: replay.since.map(Timestamp::as_unix_seconds),
        }),
        managed_by: webhook.managed_by.as_ref().map(ManagedBy::as_str),
    };
    members::write(&document, &webhook.later)
}

/// Reads a webhook from its document and columns.
pub(super) fn read(
    members: &mut Members,
    name: &str,
    created_at: Timestamp,
    version: u64,
) -> Result<Webhook, Unreadable> {
    let secrets: Vec<SecretObject> = members.require("secrets")?;
    let secrets = secrets.iter().map(secret).collect::<Option<_>>();
    let replay: Option<ReplayObject> = members.take("replay")?;
    Ok(Webhook {
        id: members.require_parsed("id", |text| text.parse().ok())?,
        name: WebhookName::parse(name).map_err(|_| Unreadable("definitions.id"))?,
        url: members.require_parsed("url", |text| WebhookUrl::parse(text).ok())?,
        events: members.require_list("events", |text| EventPattern::parse(text).ok())?,
        description: members.require("description")?,
        enabled: members.require("enabled")?,
        secrets: secrets.ok_or_else(|| members.unreadable())?,
        replay: replay.map(|replay| Replay {
            number: replay.number,
            since: replay.since.map(Timestamp::from_unix_seconds),
        }),
        managed_by: members.take_managed_by()?,
        created_at,
        version,
        later: members.take_later()?,
    })
}

fn secret(object: &SecretObject) -> Option<SealedSecret> {
    Some(SealedSecret {
        sealed: Base64UrlUnpadded::decode_vec(&object.sealed).ok()?,
        created_at: Timestamp::from_unix_seconds(object.created_at),
        expires_at: object.expires_at.map(Timestamp::from_unix_seconds),
    })
}
