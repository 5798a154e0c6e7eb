//! Webhooks whose receivers do not accept events.

use super::examined::Examined;
use super::finding::{Checked, Finding, names};
use countersign_application::{stored, webhook_delivery};
use countersign_codec::decode_webhook_delivery;
use countersign_domain::webhook::Webhook;
use countersign_ports::Ephemera as _;

/// Number of failed attempts in a row after which a receiver counts as failing.
const FAILING: u32 = 3;

pub(crate) async fn check(of: &Examined) -> Checked<Vec<Finding>> {
    let setup = of.readable()?;
    let (store, tenant) = (&setup.store, setup.tenant.id);
    let (mut failing, mut dead) = (Vec::new(), Vec::new());
    for webhook in stored::all::<Webhook>(&**store, tenant).await? {
        let key = webhook_delivery(webhook.id);
        let state = store.get(tenant, &key, of.now).await?;
        // A state of a later version is not this version's concern.
        let state = state.and_then(|state| decode_webhook_delivery(&state.value).ok());
        let Some(state) = state.filter(|_| webhook.enabled) else {
            continue;
        };
        if state.failures >= FAILING {
            failing.push(webhook.name.to_string());
        }
        if !state.dead.is_empty() {
            dead.push(webhook.name.to_string());
        }
    }
    Ok(findings(&failing, &dead))
}

fn findings(failing: &[String], dead: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !failing.is_empty() {
        findings.push(Finding::problem(
            format!("These webhooks do not accept events: {}.", names(failing)),
            "Run `countersign webhooks test NAME`, and repair the receiver.",
        ));
    }
    if !dead.is_empty() {
        findings.push(Finding::warning(
            format!("Events for these webhooks were given up: {}.", names(dead)),
            "Run `countersign webhooks dead-letters NAME`, then `countersign webhooks replay NAME`.",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok("All webhooks accept events."));
    }
    findings
}
