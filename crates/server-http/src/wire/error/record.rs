//! The log line and the metric of a refused or failed request.

use countersign_application::{CurrentRequest, Refused};
use countersign_domain::client::ClientId;
use countersign_domain::evidence::Evidence;
use countersign_domain::tenant::TenantId;
use std::fmt::Debug;
use tracing::field::display;

/// Endpoint name in logs and metrics for requests without an endpoint.
pub(super) const NONE: &str = "none";

/// What a request broke.
pub(super) struct Broken<'a> {
    /// Name of the rule.
    pub(super) rule: &'static str,
    /// Error code of the response.
    pub(super) error: &'static str,
    /// Offending value.
    pub(super) evidence: Option<&'a Evidence>,
    /// Cause, if the server failed.
    pub(super) fault: Option<&'a dyn Debug>,
}

/// Records a refusal of the admin API, whose error code is the name of the rule.
pub fn record_refusal(endpoint: &'static str, rule: &'static str, evidence: Option<&Evidence>) {
    let broken = Broken {
        rule,
        error: rule,
        evidence,
        fault: None,
    };
    broken.record(endpoint, None);
}

/// Counts an expected answer. It costs no line in the log and no event, because a device gets many of them.
pub(super) fn expected(endpoint: &'static str, rule: &'static str) {
    metrics::counter!("countersign_refused_total", "endpoint" => endpoint, "rule" => rule)
        .increment(1);
    tracing::debug!(endpoint, rule, "answered");
}

impl Broken<'_> {
    /// Logs the request in one line, and counts it. `client` is the `client_id` of the request; without one, the line
    /// names the client of the presented token. The logger adds the ID of the request.
    pub(super) fn record(&self, endpoint: &'static str, client: Option<&str>) {
        let Self { rule, error, .. } = *self;
        metrics::counter!("countersign_refused_total", "endpoint" => endpoint, "rule" => rule)
            .increment(1);
        let current = CurrentRequest::get();
        let current = current.as_ref();
        let of_token = current.and_then(|request| request.client.as_ref());
        // Untrusted and of any length: shorten it before it is logged.
        let client = client.or_else(|| of_token.map(ClientId::as_str));
        let client = client.map(Evidence::of);
        let client_id = client.as_ref().map(Evidence::as_str);
        let user = current.and_then(|request| request.user).map(display);
        let address = current.and_then(|request| request.address).map(display);
        // A server with one tenant has nothing to tell apart.
        let tenant = current.and_then(|request| request.tenant);
        let tenant = tenant
            .filter(|tenant| *tenant != TenantId::SINGLE)
            .map(display);
        let evidence = self.evidence.map(Evidence::as_str);
        // Requests for paths that do not exist are left to the log: scanners send many, and no rule of the server refuses
        // them.
        if self.fault.is_none() && endpoint != NONE {
            CurrentRequest::note_refusal(&Refused {
                endpoint,
                rule,
                error,
                client: client_id,
                evidence,
            });
        }
        if let Some(cause) = self.fault {
            tracing::error!(
                endpoint,
                rule,
                error,
                client_id,
                user,
                address,
                tenant,
                ?cause,
                "request failed"
            );
        } else {
            tracing::info!(
                endpoint, rule, error, evidence, client_id, user, address, tenant, "refused"
            );
        }
    }
}
