//! Explanations of refused requests.
//!
//! An explanation is a function of the event of a refusal, so it needs no storage. It is found by the request ID, which
//! tells the time of the request.

mod advice;
mod device_steps;
mod order;
mod steps;

use super::audit::AuditAdmin;
use super::unexplained::Unexplained;
use super::{AdminError, may};
use crate::account::refusals;
use crate::current_request::RequestId;
use countersign_domain::audit::event::{Action, Event};
use countersign_domain::audit::filter::{EventFilter, ResultFilter};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::checks::Check;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, Store};
use order::Kind;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Maximum time between the arrival of a request and its event: the time of the request itself.
const LONGEST: Duration = Duration::from_secs(300);
/// Time by which a clock may have been set back meanwhile.
const SKEW: Duration = Duration::from_secs(5);
/// Interval for which a server counts refusals that it does not store.
const MINUTE: u64 = 60;

/// Explanation of a refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Request ID.
    pub request: String,
    /// Time of the refusal.
    pub at: Timestamp,
    /// Path of the endpoint, or ID of the operation of the admin API.
    pub endpoint: String,
    /// Client of the request. It may not have authenticated.
    pub client: Option<String>,
    /// User whom the request concerns.
    pub user: Option<String>,
    /// Network address of the requester.
    pub address: Option<IpAddr>,
    /// Name of the rule that refused the request.
    pub rule: String,
    /// Error code of the response.
    pub error: Option<String>,
    /// What the rule says.
    pub meaning: Option<String>,
    /// What an operator can do.
    pub advice: String,
    /// Value that broke the rule.
    pub evidence: Option<String>,
    /// Facts of the request: names and values, without secrets.
    pub facts: Vec<(String, String)>,
    /// Checks that the request passed, in order.
    pub passed: Vec<&'static Check>,
    /// Check that refused the request. `None` if the checks of the endpoint are not listed.
    pub failed: Option<&'static Check>,
}

impl Explanation {
    /// Explains the event of a refusal; `None` for another event.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let rule = event.context.refusal.clone()?;
        let request = event.request.clone()?;
        let mut explanation = Self {
            request,
            at: event.at,
            endpoint: String::new(),
            client: event.context.client.clone(),
            user: (event.target.kind == "user").then(|| event.target.id.clone()),
            address: event.address,
            error: None,
            meaning: meaning(&rule),
            advice: advice::advice(&rule, event.context.client.as_deref()),
            evidence: None,
            facts: Vec::new(),
            passed: Vec::new(),
            failed: None,
            rule,
        };
        for fact in &event.changes {
            let Some(value) = fact.after.clone() else {
                continue;
            };
            match &*fact.field {
                "endpoint" => explanation.endpoint = value,
                "error" => explanation.error = Some(value),
                "evidence" => explanation.evidence = Some(value),
                name => explanation.facts.push((name.to_owned(), value)),
            }
        }
        explanation.find_checks();
        Some(explanation)
    }

    /// Finds the check that refused, and those before it.
    fn find_checks(&mut self) {
        let fact = |name| {
            let found = self.facts.iter().find(|(own, _)| own == name);
            found.map(|(_, value)| value.as_str())
        };
        let kind = Kind {
            endpoint: &self.endpoint,
            grant_type: fact("grant_type"),
            authentication: fact("client_authentication"),
            method: fact("method"),
        };
        let checks = order::checks(&kind);
        let refuses = |check: &&Check| check.rules.contains(&self.rule.as_str());
        if let Some(position) = checks.iter().position(refuses) {
            self.failed = checks.get(position).copied();
            self.passed = checks.into_iter().take(position).collect();
        }
    }
}

/// Returns the description of a rule of the domain or of the account pages.
fn meaning(rule: &str) -> Option<String> {
    let of_account = || refusals::ALL.iter().find(|own| own.name() == rule).cloned();
    let refusal = Refusal::named(rule).or_else(of_account)?;
    Some(refusal.to_string())
}

impl<S: Store> AuditAdmin<S> {
    /// Explains why the server refused a request.
    ///
    /// # Errors
    ///
    /// [`AdminError::Unexplained`] if no event of a refusal has this ID, with what is known of its minute.
    pub async fn explain(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        request: &str,
    ) -> Result<Explanation, AdminError> {
        may(operator, Permission::AuditRead)?;
        let now = self.clock.now();
        let id = RequestId::parse(request).ok_or(Unexplained::NoRequestId)?;
        let arrived = id.time();
        let filter = EventFilter {
            request: Some(id.to_string()),
            result: Some(ResultFilter::Refused),
            since: Some(before(arrived, SKEW)),
            until: Some(arrived.plus(LONGEST)),
            ..EventFilter::default()
        };
        let found = self.search(tenant, &filter, Explanation::of).await?;
        if let Some(explanation) = found.into_iter().next() {
            return Ok(explanation);
        }
        let minute_end = (arrived.as_unix_seconds() / MINUTE + 1) * MINUTE;
        let minute_end = Timestamp::from_unix_seconds(minute_end);
        let filter = EventFilter {
            action: Some(Action::REFUSALS_COUNTED),
            since: Some(minute_end),
            until: Some(minute_end.plus(Duration::from_secs(MINUTE))),
            ..EventFilter::default()
        };
        let mut counts = BTreeMap::new();
        for (rule, count) in self.search(tenant, &filter, counted).await? {
            *counts.entry(rule).or_default() += count;
        }
        Err(Unexplained::of(arrived, now, (minute_end, counts)).into())
    }

    /// Returns what `of` finds in all events that match a filter. The time range of the filter bounds the search.
    async fn search<T>(
        &self,
        tenant: &Tenant,
        filter: &EventFilter,
        of: impl Fn(&Event) -> Option<T>,
    ) -> Result<Vec<T>, AdminError> {
        let mut all = Vec::new();
        let mut after = After::start();
        loop {
            let found = self.store.find_events(tenant.id, filter, after).await?;
            all.extend(found.events.iter().filter_map(|record| of(&record.event)));
            match found.next {
                Some(next) => after = After::key(next),
                None => return Ok(all),
            }
        }
    }
}

/// Returns the rule and the number of an event of counted refusals.
fn counted(event: &Event) -> Option<(String, u64)> {
    let count = event.changes.iter().find(|fact| fact.field == "count")?;
    let count = count.after.as_deref()?.parse().ok()?;
    Some((event.context.refusal.clone()?, count))
}

fn before(time: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_unix_seconds(time.as_unix_seconds().saturating_sub(by.as_secs()))
}
