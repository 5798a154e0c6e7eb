//! Bodies of `/webhooks`.

use crate::api::call::Call;
use crate::api::operation::Outcome;
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::resources::managed_by::managed_by;
use crate::api::shape::{NAME, PLAIN_TEXT};
use countersign_application::App;
use countersign_application::admin::webhooks::WebhookChange;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::secret::SealedSecret;
use countersign_domain::webhook::subscription::EventPattern;
use countersign_domain::webhook::url::WebhookUrl;
use countersign_domain::webhook::{Webhook, WebhookName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Regular expression of an event type, or of all types of an object.
const PATTERN: &str = r"^[a-z_]+\.([a-z_]+|\*)$";

/// Longest time for which the previous secret stays valid.
const LONGEST: u64 = Webhook::LONGEST_OVERLAP.as_secs();

/// Webhook.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NewWebhook")]
pub(in crate::api) struct Body {
    /// Name: lower-case letters, digits and hyphens. It cannot change.
    #[schemars(regex(pattern = NAME))]
    pub(in crate::api) name: String,
    /// URL of the receiver: https, or http if the configuration allows receivers in private networks.
    #[schemars(length(max = 2048), regex(pattern = "^https?://"))]
    pub(in crate::api) url: String,
    /// Event types that are sent, such as `user.signed_in`, or all types of an object: `user.*`.
    #[schemars(length(min = 1, max = 100), inner(length(max = 64), regex(pattern = PATTERN)))]
    events: Vec<String>,
    /// Description.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = PLAIN_TEXT))]
    description: String,
    /// Whether events are sent. A disabled webhook continues where it stopped once it is enabled.
    #[serde(default = "enabled")]
    enabled: bool,
    /// Set of files that declares the webhook; see `countersign apply`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NAME))]
    managed_by: Option<String>,
}

const fn enabled() -> bool {
    true
}

impl From<&Webhook> for Body {
    fn from(webhook: &Webhook) -> Self {
        let events = webhook.events.iter();
        Self {
            name: webhook.name.to_string(),
            url: webhook.url.as_str().to_owned(),
            events: events.map(|own| own.as_str().to_owned()).collect(),
            description: webhook.description.clone(),
            enabled: webhook.enabled,
            managed_by: webhook.managed_by.as_ref().map(ToString::to_string),
        }
    }
}

impl Body {
    pub(in crate::api) fn url(&self) -> Result<WebhookUrl, Problem> {
        WebhookUrl::parse(&self.url).map_err(|error| Problem::field("url", error))
    }

    pub(in crate::api) fn change(&self) -> Result<WebhookChange, Problem> {
        let events = self.events.iter().map(|text| EventPattern::parse(text));
        let events: Result<Vec<_>, _> = events.collect();
        Ok(WebhookChange {
            url: Some(self.url()?),
            events: Some(events.map_err(|error| Problem::field("events", error))?),
            description: Some(self.description.clone()),
            enabled: Some(self.enabled),
            managed_by: Some(managed_by(self.managed_by.as_deref())?),
        })
    }
}

/// Webhook as it is shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Webhook")]
pub(super) struct View {
    #[serde(flatten)]
    webhook: Body,
    /// Signing secrets, without their values. The newest is first.
    secrets: Vec<SecretView>,
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
    /// New signing secret. It is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signing_secret: Option<String>,
}

/// Signing secret, without its value.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookSecret")]
struct SecretView {
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
    /// Time at which messages are no longer signed with it, in seconds since the Unix epoch; `null` for the current one.
    expires_at: Option<u64>,
}

impl From<&SealedSecret> for SecretView {
    fn from(secret: &SealedSecret) -> Self {
        Self {
            created_at: secret.created_at.as_unix_seconds(),
            expires_at: secret.expires_at.map(Timestamp::as_unix_seconds),
        }
    }
}

impl From<&Webhook> for View {
    fn from(webhook: &Webhook) -> Self {
        Self {
            webhook: Body::from(webhook),
            secrets: webhook.secrets.iter().map(SecretView::from).collect(),
            created_at: webhook.created_at.as_unix_seconds(),
            signing_secret: None,
        }
    }
}

/// Signing secret to add.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewWebhookSecret")]
pub(super) struct NewSecret {
    /// Seconds for which messages are signed with the current secret, too. 0 if it has leaked.
    #[serde(default = "overlap")]
    #[schemars(range(max = LONGEST))]
    pub(super) overlap: u64,
}

const fn overlap() -> u64 {
    86_400
}

/// Returns the name of the webhook in the path.
pub(super) fn webhook_name<A: App>(call: &Call<A>) -> Result<WebhookName, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Webhook).into();
    WebhookName::parse(call.path(0)).map_err(missing)
}

/// Renders a webhook with its version.
pub(super) fn reply(webhook: &Webhook) -> Outcome {
    Ok(Reply::of(&View::from(webhook))?.at(webhook.version))
}
