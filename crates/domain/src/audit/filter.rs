//! Filters of the audit log.

use crate::audit::event::{Action, Event, EventContext, EventId, Party};
use crate::identifier::SessionId;
use crate::time::Timestamp;
use alloc::string::String;
use core::net::IpAddr;

/// Position in the audit log by time: the order of searches. Node and number order the events of the same second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventPosition {
    /// Time of the command.
    pub at: Timestamp,
    /// Identifier of the event.
    pub id: EventId,
}

impl From<&Event> for EventPosition {
    fn from(event: &Event) -> Self {
        Self {
            at: event.at,
            id: event.id,
        }
    }
}

/// Condition for an operator or target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyFilter {
    /// Kind, such as `user`.
    pub kind: String,
    /// Identifier within the kind; `None` accepts all of the kind.
    pub id: Option<String>,
}

impl PartyFilter {
    /// Parses `KIND` or `KIND:ID`. Returns `None` if a part is empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = match text.split_once(':') {
            Some((kind, id)) => (kind, Some(id)),
            None => (text, None),
        };
        if kind.is_empty() || id.is_some_and(str::is_empty) {
            return None;
        }
        Some(Self {
            kind: kind.into(),
            id: id.map(Into::into),
        })
    }

    /// Returns whether a party meets the condition.
    #[must_use]
    pub fn matches(&self, party: &Party) -> bool {
        self.kind == party.kind && self.id.as_ref().is_none_or(|id| *id == party.id)
    }
}

/// Condition for the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultFilter {
    /// The server did what was requested.
    Succeeded,
    /// The server refused.
    Refused,
    /// The server refused by the rule with this name.
    RefusedBy(String),
}

impl ResultFilter {
    /// Parses `succeeded`, `refused`, or the name of a rule. Returns `None` for an empty text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "" => None,
            "succeeded" => Some(Self::Succeeded),
            "refused" => Some(Self::Refused),
            rule => Some(Self::RefusedBy(rule.into())),
        }
    }

    fn matches(&self, refusal: Option<&str>) -> bool {
        match self {
            Self::Succeeded => refusal.is_none(),
            Self::Refused => refusal.is_some(),
            Self::RefusedBy(rule) => refusal == Some(rule),
        }
    }
}

/// Conditions for events. An event must meet all conditions that are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Operator.
    pub operator: Option<PartyFilter>,
    /// Action.
    pub action: Option<Action>,
    /// Changed object.
    pub target: Option<PartyFilter>,
    /// Earliest time.
    pub since: Option<Timestamp>,
    /// Time before which the event happened.
    pub until: Option<Timestamp>,
    /// Network address of the request.
    pub address: Option<IpAddr>,
    /// Request ID.
    pub request: Option<String>,
    /// Result.
    pub result: Option<ResultFilter>,
    /// Client of the operator or of the request.
    pub client: Option<String>,
    /// Browser session of the operator.
    pub session: Option<SessionId>,
    /// Admin role of the operator.
    pub role: Option<String>,
}

impl EventFilter {
    /// Returns whether every event within the time range meets the conditions.
    #[must_use]
    pub const fn is_only_time(&self) -> bool {
        self.operator.is_none()
            && self.action.is_none()
            && self.target.is_none()
            && self.address.is_none()
            && self.request.is_none()
            && self.result.is_none()
            && self.client.is_none()
            && self.session.is_none()
            && self.role.is_none()
    }

    /// Returns whether an event meets all conditions.
    #[must_use]
    pub fn matches(&self, event: &Event) -> bool {
        let party = |filter: &Option<PartyFilter>, party| {
            filter.as_ref().is_none_or(|filter| filter.matches(party))
        };
        party(&self.operator, &event.operator)
            && party(&self.target, &event.target)
            && self.action.as_ref().is_none_or(|own| *own == event.action)
            && self.includes(event.at)
            && self.address.is_none_or(|own| event.address == Some(own))
            && (self.request.is_none() || self.request == event.request)
            && self.matches_context(&event.context)
    }

    fn matches_context(&self, context: &EventContext) -> bool {
        let result = self.result.as_ref();
        result.is_none_or(|own| own.matches(context.refusal.as_deref()))
            && (self.client.is_none() || self.client == context.client)
            && (self.session.is_none() || self.session == context.session)
            && self
                .role
                .as_ref()
                .is_none_or(|own| context.roles.contains(own))
    }

    /// Returns whether a time is within the range.
    #[must_use]
    pub fn includes(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::NodeId;
    use alloc::vec::Vec;

    const SESSION: SessionId = SessionId::from_bytes([1; 16]);

    fn event() -> Event {
        Event {
            id: EventId {
                node: NodeId::from_bytes([1; 16]),
                number: 1,
            },
            at: Timestamp::from_unix_seconds(100),
            action: Action::CLIENT_CREATED,
            operator: Party::new("user", "jane"),
            target: Party::new("client", "notes:1"),
            changes: Vec::new(),
            address: Some(IpAddr::from([192, 0, 2, 1])),
            request: Some("r1".into()),
            context: EventContext {
                client: Some("web".into()),
                session: Some(SESSION),
                roles: alloc::vec!["auditor".into(), "support".into()],
                refusal: Some("scope_missing".into()),
            },
        }
    }

    #[test]
    fn result_is_success_refusal_or_rule() {
        let matches = |text: &str, refusal| ResultFilter::parse(text).unwrap().matches(refusal);
        assert!(matches("succeeded", None) && !matches("succeeded", Some("a")));
        assert!(matches("refused", Some("a")) && !matches("refused", None));
        assert!(matches("a", Some("a")) && !matches("a", Some("b")) && !matches("a", None));
        assert_eq!(ResultFilter::parse(""), None);
    }

    #[test]
    fn event_must_meet_every_condition_of_filter() {
        let seconds = |own| Some(Timestamp::from_unix_seconds(own));
        let all = EventFilter {
            operator: PartyFilter::parse("user:jane"),
            action: Some(Action::CLIENT_CREATED),
            target: PartyFilter::parse("client:notes:1"),
            since: seconds(100),
            until: seconds(101),
            address: Some(IpAddr::from([192, 0, 2, 1])),
            request: Some("r1".into()),
            result: Some(ResultFilter::Refused),
            client: Some("web".into()),
            session: Some(SESSION),
            role: Some("support".into()),
        };
        assert!(all.matches(&event()) && EventFilter::default().matches(&event()));
        let changes: [fn(&mut EventFilter); 13] = [
            |filter| filter.operator = PartyFilter::parse("user:joe"),
            |filter| filter.operator = PartyFilter::parse("client:jane"),
            |filter| filter.action = Some(Action::CLIENT_DELETED),
            |filter| filter.target = PartyFilter::parse("client:notes"),
            |filter| filter.target = PartyFilter::parse("user"),
            |filter| filter.since = Some(Timestamp::from_unix_seconds(101)),
            |filter| filter.until = Some(Timestamp::from_unix_seconds(100)),
            |filter| filter.address = Some(IpAddr::from([192, 0, 2, 2])),
            |filter| filter.request = Some("r2".into()),
            |filter| filter.result = Some(ResultFilter::Succeeded),
            |filter| filter.client = Some("other".into()),
            |filter| filter.session = Some(SessionId::from_bytes([2; 16])),
            |filter| filter.role = Some("owner".into()),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut other = all.clone();
            change(&mut other);
            assert!(!other.matches(&event()), "{number}");
        }
        let local = Event {
            address: None,
            request: None,
            ..event()
        };
        assert!(!all.matches(&local));
    }

    #[test]
    fn party_filter_without_id_accepts_all_of_kind() {
        let kind = PartyFilter::parse("client").unwrap();
        assert!(kind.matches(&Party::new("client", "a")));
        assert!(!kind.matches(&Party::new("user", "a")));
        for text in ["", ":a", "client:"] {
            assert_eq!(PartyFilter::parse(text), None, "{text:?}");
        }
    }
}
