//! Log records of OpenTelemetry, over HTTP in JSON (OTLP 1.0).

use crate::server::tasks::Failure;
use countersign_domain::audit::event::{Event, Party};
use countersign_server_admin::event_json;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde_json::{Value, json};

/// Severity numbers of the log data model.
const INFO: u8 = 9;
const WARN: u8 = 13;

/// Sends events to a collector.
pub(super) struct Otlp {
    url: Url,
    /// Created by the first request, because that reads the certificates of the system.
    http: Option<Client>,
}

impl Otlp {
    pub(super) const fn new(url: Url) -> Self {
        Self { url, http: None }
    }

    /// Sends events in one request. If the collector cannot accept them, sends each in its own request, and gives up those
    /// that it cannot accept either.
    pub(super) async fn send(&mut self, events: &[Event]) -> Result<(), Failure> {
        if self.accepts(events).await? {
            return Ok(());
        }
        for event in events {
            let is_alone = events.len() == 1;
            if is_alone || !self.accepts(std::slice::from_ref(event)).await? {
                let id = event.id;
                tracing::error!(node = %id.node, number = id.number, "the collector does not accept an event");
            }
        }
        Ok(())
    }

    /// Returns `false` if the collector cannot accept a request.
    async fn accepts(&mut self, events: &[Event]) -> Result<bool, Failure> {
        let http = match &self.http {
            Some(http) => http,
            None => self
                .http
                .insert(Client::builder().redirect(Policy::none()).build()?),
        };
        let request = http.post(self.url.clone()).json(&request(events));
        let response = request.send().await.map_err(reqwest::Error::without_url)?;
        let status = response.status();
        if matches!(
            status,
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE
        ) {
            return Ok(false);
        }
        if !status.is_success() {
            return Err(format!("the collector answered {status}").into());
        }
        let answer: Value = response.json().await.unwrap_or_default();
        let rejected = answer.pointer("/partialSuccess/rejectedLogRecords");
        match rejected.and_then(Value::as_str) {
            None | Some("0") => Ok(true),
            Some(number) => {
                // OTLP forbids a retry.
                tracing::error!("the collector rejected {number} events");
                Ok(true)
            }
        }
    }
}

fn request(events: &[Event]) -> Value {
    json!({"resourceLogs": [{
        "resource": {"attributes": [attribute("service.name", "countersign")]},
        "scopeLogs": [{
            "scope": {"name": "countersign.audit"},
            "logRecords": events.iter().map(record).collect::<Vec<_>>(),
        }],
    }]})
}

fn record(event: &Event) -> Value {
    let party = |Party { kind, id }: &Party| format!("{kind}:{id}");
    let (number, text) = match event.context.refusal {
        None => (INFO, "INFO"),
        Some(_) => (WARN, "WARN"),
    };
    let result = event.context.refusal.as_deref().unwrap_or("succeeded");
    json!({
        "timeUnixNano": format!("{}000000000", event.at.as_unix_seconds()),
        "severityNumber": number,
        "severityText": text,
        "eventName": event.action.as_str(),
        "body": {"stringValue": event_json(event).to_string()},
        "attributes": [
            attribute("event.operator", &party(&event.operator)),
            attribute("event.target", &party(&event.target)),
            attribute("event.result", result),
        ],
    })
}

fn attribute(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}
