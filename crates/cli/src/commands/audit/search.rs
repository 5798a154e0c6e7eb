//! Search in the audit log, slice by slice: of the store, or over the admin API of a server.

use super::filter::FilterArgs;
use crate::api::{Api, encoded, member};
use crate::arguments::TargetArgs;
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use countersign_domain::audit::filter::EventPosition;
use countersign_ports::{After, FoundEvents};
use countersign_server_admin::event_json;
use serde_json::Value;

/// Search for events.
pub(super) struct Search<'a> {
    filter: &'a FilterArgs,
    place: Place,
    is_over: bool,
}

/// Audit log with the position of the search.
enum Place {
    Store(Box<Setup>, Option<EventPosition>),
    Server(Box<Api>, Option<String>),
}

impl<'a> Search<'a> {
    /// Maximum number of events in a slice.
    pub(super) const LIMIT: u32 = After::<EventPosition>::LIMIT;

    /// Starts a search.
    pub(super) async fn open(
        target: &TargetArgs,
        filter: &'a FilterArgs,
    ) -> Result<Self, CommandError> {
        let place = if target.server.is_some() {
            Place::Server(Box::new(Api::open(target).await?), None)
        } else {
            Place::Store(Box::new(Setup::open(&target.config).await?), None)
        };
        Ok(Self {
            filter,
            place,
            is_over: false,
        })
    }

    /// Returns up to `limit` further events as objects of the admin API, or `None` at the end. A slice may be empty.
    pub(super) async fn next(&mut self, limit: u32) -> Result<Option<Vec<Value>>, CommandError> {
        if self.is_over {
            return Ok(None);
        }
        let events = match &mut self.place {
            Place::Store(setup, last) => {
                let after = After { key: *last, limit };
                let audit = setup.audit_admin();
                let (operator, filter) = (operator(), self.filter.events());
                let found = audit.find(&setup.tenant, &operator, &filter, after);
                let FoundEvents { events, next } = found.await?;
                (self.is_over, *last) = (next.is_none(), next);
                let events = events.iter();
                events.map(|record| event_json(&record.event)).collect()
            }
            Place::Server(api, last) => {
                let after = last
                    .as_deref()
                    .map(|last| format!("&after={}", encoded(last)));
                let (filter, after) = (self.filter.query(), after.unwrap_or_default());
                let slice = format!("/events?limit={limit}{filter}{after}");
                let mut found = api.get(&slice).await?;
                *last = member(&found, "next").as_str().map(str::to_owned);
                self.is_over = last.is_none();
                match found.get_mut("items").map(Value::take) {
                    Some(Value::Array(events)) => events,
                    _ => Vec::new(),
                }
            }
        };
        Ok(Some(events))
    }
}
