//! Conditions for events.

use crate::api::encoded;
use crate::date::parse;
use clap::Args;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::filter::{EventFilter, PartyFilter, ResultFilter};
use countersign_domain::identifier::SessionId;
use countersign_domain::time::Timestamp;
use std::net::IpAddr;

/// Conditions for events. An event must meet all of them.
#[derive(Args, Clone, Debug)]
pub(crate) struct FilterArgs {
    /// Operator: a kind, or a kind and an identifier, such as `command_line:root`
    #[arg(long, value_name = "KIND[:ID]", value_parser = party)]
    operator: Option<PartyFilter>,
    /// Action, such as client.created
    #[arg(long)]
    action: Option<String>,
    /// Changed object: a kind, or a kind and an identifier, such as client:notes
    #[arg(long, value_name = "KIND[:ID]", value_parser = party)]
    target: Option<PartyFilter>,
    /// Earliest time: RFC 3339, or seconds since the Unix epoch
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<Timestamp>,
    /// Time before which the event happened
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Timestamp>,
    /// Network address of the request
    #[arg(long, value_name = "IP")]
    address: Option<IpAddr>,
    /// Request ID
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    /// Result: succeeded, refused, or the name of the rule that refused
    #[arg(long, value_name = "RESULT", value_parser = result)]
    result: Option<ResultFilter>,
    /// Client of the operator or of the request
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Browser session of the operator
    #[arg(long, value_name = "ID")]
    session_id: Option<SessionId>,
    /// Admin role of the operator
    #[arg(long)]
    role: Option<String>,
}

fn result(text: &str) -> Result<ResultFilter, &'static str> {
    ResultFilter::parse(text).ok_or("it must be succeeded, refused, or the name of a rule")
}

fn result_text(result: &ResultFilter) -> String {
    match result {
        ResultFilter::Succeeded => "succeeded".to_owned(),
        ResultFilter::Refused => "refused".to_owned(),
        ResultFilter::RefusedBy(rule) => rule.clone(),
    }
}

fn party(text: &str) -> Result<PartyFilter, &'static str> {
    PartyFilter::parse(text).ok_or("it must be a kind such as user, or KIND:ID")
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    parse(text).ok_or("it must be a time such as 2026-11-29T08:00:00Z, or seconds")
}

impl FilterArgs {
    /// Returns the conditions as query parameters of `/events`, each with a leading `&`.
    pub(super) fn query(&self) -> String {
        let party = |own: &PartyFilter| match &own.id {
            Some(id) => format!("{}:{id}", own.kind),
            None => own.kind.clone(),
        };
        let seconds = |own: Timestamp| own.as_unix_seconds().to_string();
        let parameters = [
            ("operator", self.operator.as_ref().map(party)),
            ("action", self.action.clone()),
            ("target", self.target.as_ref().map(party)),
            ("since", self.since.map(seconds)),
            ("until", self.until.map(seconds)),
            ("address", self.address.map(|own| own.to_string())),
            ("request_id", self.request_id.clone()),
            ("result", self.result.as_ref().map(result_text)),
            ("client_id", self.client_id.clone()),
            ("session_id", self.session_id.map(|own| own.to_string())),
            ("role", self.role.clone()),
        ];
        let set = parameters
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        set.fold(String::new(), |query, (name, value)| {
            format!("{query}&{name}={}", encoded(&value))
        })
    }

    /// Returns the filter.
    pub(crate) fn events(&self) -> EventFilter {
        let Self {
            operator,
            action,
            target,
            since,
            until,
            address,
            request_id,
            result,
            client_id,
            session_id,
            role,
        } = self.clone();
        EventFilter {
            operator,
            action: action.map(Action::named),
            target,
            since,
            until,
            address,
            request: request_id,
            result,
            client: client_id,
            session: session_id,
            role,
        }
    }
}
