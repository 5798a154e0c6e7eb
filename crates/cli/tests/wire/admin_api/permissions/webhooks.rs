//! Operations on webhooks.

use super::rows::{Row, SERVER_READERS, WRITERS, none};
use countersign_domain::identifier::WebhookId;
use countersign_domain::webhook::subscription::EventPattern;
use countersign_domain::webhook::url::WebhookUrl;
use countersign_domain::webhook::{Webhook, WebhookName};
use countersign_store_contract::fixtures;
use serde_json::json;

/// Returns the webhook of the rows.
pub(super) fn webhook() -> Webhook {
    let name = WebhookName::parse("crm").unwrap();
    let url = WebhookUrl::parse("https://crm.example/hook").unwrap();
    let id = WebhookId::from_bytes([1; 16]);
    Webhook {
        events: vec![EventPattern::parse("user.*").unwrap()],
        ..Webhook::new(id, name, url, fixtures::NOW)
    }
}

pub(super) const WEBHOOKS: &[Row] = &[
    Row("listWebhooks", "GET /webhooks", none, SERVER_READERS),
    Row(
        "createWebhook",
        "POST /webhooks",
        || json!({"name": "new", "url": "https://crm.example/", "events": ["user.*"]}),
        WRITERS,
    ),
    Row("getWebhook", "GET /webhooks/crm", none, SERVER_READERS),
    Row(
        "updateWebhook",
        "PATCH /webhooks/crm",
        || json!({"description": "New"}),
        WRITERS,
    ),
    Row("deleteWebhook", "DELETE /webhooks/crm", none, WRITERS),
    Row(
        "rotateWebhookSecret",
        "POST /webhooks/crm/secrets",
        || json!({}),
        WRITERS,
    ),
    Row(
        "getWebhookDelivery",
        "GET /webhooks/crm/delivery",
        none,
        SERVER_READERS,
    ),
    Row("testWebhook", "POST /webhooks/crm/test", none, WRITERS),
    Row(
        "replayWebhook",
        "POST /webhooks/crm/replay",
        || json!({}),
        WRITERS,
    ),
];
