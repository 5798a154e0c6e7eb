//! Searches in the audit log.

use super::pages::MOST;
use crate::api::call::Call;
use crate::api::problem::Problem;
use countersign_application::App;
use countersign_domain::audit::event::{Event, Party};
use countersign_domain::audit::filter::{EventFilter, PartyFilter};
use countersign_domain::time::Timestamp;
use countersign_ports::{After, EventRecord};
use countersign_server_http::wire::date;

/// Maximum number of events of a slice.
const SLICE: u32 = 2000;
/// Maximum number of slices that a search reads, so that it has a bounded cost.
const SLICES: usize = 20;

/// Conditions of a search. The store checks the time and the operator.
#[derive(Default)]
pub(super) struct Search {
    pub(super) stored: EventFilter,
    /// Name of the event type.
    pub(super) event_type: Option<String>,
    /// User who ran the command, or whom it changed.
    pub(super) about: Option<String>,
}

/// Returns the name of an event type: `client.created` is `client_created`.
pub(super) fn event_type(event: &Event) -> String {
    event.action.as_str().replace('.', "_")
}

impl Search {
    /// Reads the conditions of a request.
    pub(super) fn read<A: App>(call: &Call<A>) -> Result<Self, Problem> {
        let user = |id: &str| PartyFilter {
            kind: "user".to_owned(),
            id: Some(id.to_owned()),
        };
        let stored = EventFilter {
            operator: call.query("user_id").map(user),
            since: range(call, "start_date")?.map(|[first, _]| first),
            until: range(call, "end_date")?.map(|[_, end]| end),
            ..EventFilter::default()
        };
        Ok(Self {
            stored,
            event_type: call.query("event_type").map(str::to_owned),
            about: None,
        })
    }

    fn matches(&self, event: &Event) -> bool {
        let own_type = self.event_type.as_ref();
        let is_user = |party: &Party, id: &String| party.kind == "user" && party.id == *id;
        own_type.is_none_or(|own| *own == event_type(event))
            && self
                .about
                .as_ref()
                .is_none_or(|id| is_user(&event.operator, id) || is_user(&event.target, id))
    }

    /// Returns the matching events, newest first, up to the longest list of pages.
    pub(super) async fn run<A: App>(&self, call: &Call<A>) -> Result<Vec<EventRecord>, Problem> {
        let audit = &call.commands().audit;
        let mut found = Vec::new();
        let mut key = None;
        for _ in 0..SLICES {
            let after = After { key, limit: SLICE };
            let slice = audit.find(&call.tenant, &call.operator, &self.stored, after);
            let slice = slice.await?;
            let events = slice.events.into_iter();
            found.extend(events.filter(|record| self.matches(&record.event)));
            key = slice.next;
            if key.is_none() || found.len() >= MOST {
                break;
            }
        }
        found.truncate(MOST);
        Ok(found)
    }
}

fn range<A: App>(call: &Call<A>, name: &str) -> Result<Option<[Timestamp; 2]>, Problem> {
    let rule = "must be a date or a time of RFC 3339, such as 2026-11-22 or 2026-11-22T05:04:50Z";
    call.parsed(name, rule, date::range)
}
