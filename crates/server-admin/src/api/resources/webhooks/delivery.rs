//! Messages to webhooks: their bodies, tests, dead letters and replays.

use super::body::{View, reply, webhook_name};
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::resources::events::{event_json, text};
use countersign_application::App;
use countersign_application::admin::webhooks::Status;
use countersign_domain::audit::event::Event;
use countersign_domain::audit::operator::Permission::{AuditRead, WebhooksRead, WebhooksWrite};
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::delivery::DeadLetter;
use countersign_domain::webhook::message::WebhookMessage;
use countersign_server_http::wire::date::date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Latest time.
const LATEST: u64 = Timestamp::LATEST.as_unix_seconds();

/// Returns the message about an event: its type, its time, and the event as the API shows it. `now` is the time of the
/// attempt.
#[must_use]
pub fn webhook_message(event: &Event, now: Timestamp) -> WebhookMessage {
    WebhookMessage {
        id: text(event.id),
        at: now,
        body: body(event.action.as_str(), event.at, &event_json(event)),
    }
}

fn body(kind: &str, at: Timestamp, data: &Value) -> Vec<u8> {
    let body = json!({"type": kind, "timestamp": date(at), "data": data});
    body.to_string().into_bytes()
}

/// State of the delivery to a webhook.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookDelivery")]
struct DeliveryView {
    /// Number of events that are waiting for a retry, or for an earlier event of the same user.
    waiting: usize,
    /// Number of failed attempts since the last success.
    failures: u32,
    /// Events that were given up, the oldest failure first. At most 500 are kept.
    dead_letters: Vec<DeadLetterView>,
}

/// Event that was given up.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DeadLetter")]
struct DeadLetterView {
    /// Identifier of the event.
    event_id: String,
    /// Event type.
    r#type: String,
    /// Number of failed attempts.
    attempts: u32,
    /// Time of the last attempt, in seconds since the Unix epoch.
    failed_at: u64,
    /// Reason of the last failure.
    reason: String,
}

impl From<&DeadLetter> for DeadLetterView {
    fn from(letter: &DeadLetter) -> Self {
        Self {
            event_id: text(letter.place.id),
            r#type: letter.action.clone(),
            attempts: letter.attempts,
            failed_at: letter.died_at.as_unix_seconds(),
            reason: letter.reason.clone(),
        }
    }
}

impl From<&Status> for DeliveryView {
    fn from(status: &Status) -> Self {
        Self {
            waiting: status.waiting,
            failures: status.failures,
            dead_letters: status.dead.iter().map(DeadLetterView::from).collect(),
        }
    }
}

/// Events to send again.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "WebhookReplay")]
struct Replay {
    /// Time of the first event, in seconds since the Unix epoch. If absent, the dead letters are sent again.
    #[serde(default)]
    #[schemars(range(max = LATEST))]
    since: Option<u64>,
}

/// Outcome of a test message.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookTest")]
struct Tested {
    /// Whether the receiver accepted the message.
    delivered: bool,
    /// Reason why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    vec![
        Operation::get(
            (
                "/webhooks/{name}/delivery",
                "getWebhookDelivery",
                "Show the dead letters of a webhook",
            ),
            &[WebhooksRead, AuditRead],
        )
        .gives::<DeliveryView>()
        .by(delivery),
        Operation::post(
            (
                "/webhooks/{name}/test",
                "testWebhook",
                "Send a test message to a webhook",
            ),
            &[WebhooksWrite, AuditRead],
        )
        .gives::<Tested>()
        .by(test),
        Operation::post(
            (
                "/webhooks/{name}/replay",
                "replayWebhook",
                "Send events to a webhook again",
            ),
            &[WebhooksWrite, AuditRead],
        )
        .takes::<Replay>()
        .gives::<View>()
        .by(replay),
    ]
}

async fn delivery<A: App>(call: Call<A>) -> Outcome {
    let name = webhook_name(&call)?;
    let webhooks = &call.commands().webhooks;
    let status = webhooks.status(&call.tenant, &call.operator, &name).await?;
    Reply::of(&DeliveryView::from(&status))
}

async fn test<A: App>(call: Call<A>) -> Outcome {
    let name = webhook_name(&call)?;
    let webhooks = &call.commands().webhooks;
    let body = |now| body("webhook.test", now, &json!({"webhook": name.as_str()}));
    let outcome = webhooks.test(&call.tenant, &call.operator, &name, body);
    let failure = outcome.await?.err();
    Reply::of(&Tested {
        delivered: failure.is_none(),
        reason: failure.map(|failure| failure.to_string()),
    })
}

async fn replay<A: App>(call: Call<A>) -> Outcome {
    let (name, body) = (webhook_name(&call)?, call.body::<Replay>()?);
    if body.since.is_some_and(|at| at > LATEST) {
        return Err(Problem::field(
            "since",
            "must be a time before the year 10000",
        ));
    }
    let since = body.since.map(Timestamp::from_unix_seconds);
    let webhooks = &call.commands().webhooks;
    let replayed = webhooks.replay(&call.tenant, &call.operator, &name, since);
    reply(&replayed.await?)
}
