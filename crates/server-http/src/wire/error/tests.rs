//! What the log and the client receive of a refusal.

use super::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Subscriber that keeps the fields of the last event.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<BTreeMap<&'static str, String>>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);
        impl Visit for Fields<'_> {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                self.0.insert(field.name(), format!("{value:?}"));
            }

            fn record_str(&mut self, field: &Field, value: &str) {
                self.0.insert(field.name(), value.to_owned());
            }
        }
        let mut fields = self.0.lock().unwrap();
        fields.clear();
        event.record(&mut Fields(&mut fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Returns the response and the fields of its log line.
fn answered(
    request_error: &RequestError,
    client: Option<&str>,
) -> (Answer, BTreeMap<&'static str, String>) {
    let log = Log::default();
    let answer = tracing::subscriber::with_default(log.clone(), || {
        request_error.answer("/oauth2/token", client, false)
    });
    let fields = log.0.lock().unwrap().clone();
    (answer, fields)
}

#[test]
fn refusal_evidence_is_logged_but_not_returned() {
    let evidence = Evidence::of("admin");
    let refusal = RequestError::from(Refusal::ScopeNotRegistered(evidence));
    let (answer, line) = answered(&refusal, Some("app"));
    let expected = [
        ("client_id", "app"),
        ("endpoint", "/oauth2/token"),
        ("error", "invalid_scope"),
        ("evidence", "admin"),
        ("message", "refused"),
        ("rule", "scope_not_registered"),
    ];
    let expected = expected.map(|(name, value)| (name, value.to_owned()));
    assert_eq!(line, BTreeMap::from(expected));
    assert_eq!(answer.code(), "scope_not_registered");
    assert!(!answer.description.contains("admin"));
}

#[test]
fn refusal_without_evidence_is_logged_by_rule() {
    let (answer, line) = answered(&RequestError::from(Refusal::SecretWrong), None);
    assert_eq!(line.get("rule").map(String::as_str), Some("secret_wrong"));
    assert_eq!((line.get("evidence"), line.get("client_id")), (None, None));
    assert_eq!(answer.code(), "client_authentication_failed");
}

#[test]
fn long_client_id_is_truncated_in_log() {
    let long = "x\n".repeat(1000);
    let (_, line) = answered(&RequestError::from(Refusal::SecretWrong), Some(&long));
    let logged = line.get("client_id").unwrap();
    assert_eq!(logged.chars().count(), Evidence::MAX_LENGTH + 1);
    assert!(!logged.contains('\n'));
}

#[test]
fn fact_of_later_version_returns_503_with_retry_after() {
    let (answer, _) = answered(&Failure::Later.into(), None);
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.error, "temporarily_unavailable");
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
}
