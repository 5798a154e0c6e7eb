//! Events of requests that are no commands: sign-ins, changes that users make to their accounts, and refusals.
//!
//! They wait in memory until the server stores them, once a second and for all requests at once. A server that is killed
//! loses those of its last second. Refusals are bounded, because a stranger can cause any number of them.

use super::refusals::Refusals;
use crate::admin::events::EventSource;
use crate::current_request::{CurrentRequest, Note};
use countersign_domain::audit::event::{Action, Event, EventContext, EventId, FieldChange, Party};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Audit, Clock, EventRecord, StoreError};
use std::collections::BTreeMap;
use std::mem;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Age at which an event is given up that could not be stored. Its node seals no event that is much older.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// Events that wait to be stored.
pub struct Activity {
    clock: Arc<dyn Clock>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    events: Vec<Happened>,
    /// Events that a call is storing or could not store.
    numbered: BTreeMap<TenantId, Vec<EventRecord>>,
    refusals: Refusals,
    lost: u64,
}

/// Noted event, with its circumstances.
struct Happened {
    tenant: TenantId,
    at: Timestamp,
    address: Option<IpAddr>,
    request: Option<String>,
    note: Note,
}

impl Activity {
    /// Maximum number of events that wait. More are lost, for example if the store does not answer.
    pub const MOST: usize = 10_000;

    /// Creates an empty list.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            waiting: Mutex::default(),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what a request did. Call it after the request.
    pub fn take(&self, tenant: TenantId, request: &mut CurrentRequest) {
        let notes = request.take_notes();
        if notes.is_empty() {
            return;
        }
        let (at, id) = (self.clock.now(), request.id.to_string());
        let mut waiting = self.waiting();
        for note in notes {
            waiting.add(Happened {
                tenant,
                at,
                address: request.address,
                request: Some(id.clone()),
                note,
            });
        }
    }

    /// Returns the number of events that are not stored.
    #[must_use]
    pub fn count(&self) -> usize {
        self.waiting().count()
    }

    /// Stores the waiting events. Returns the number of events that were lost since the last call. An event waits until
    /// it is stored, so a call that is canceled or fails loses none.
    pub async fn store<S: Audit>(
        &self,
        store: &S,
        events: &EventSource,
    ) -> Result<u64, StoreError> {
        let numbered = self.waiting().number(events, self.clock.now());
        for (tenant, records) in &numbered {
            store.append_activity(*tenant, records).await?;
            if let Some(last) = records.last() {
                self.waiting().forget(*tenant, last.event.id);
            }
        }
        Ok(mem::take(&mut self.waiting().lost))
    }
}

impl Waiting {
    fn count(&self) -> usize {
        let numbered: usize = self.numbered.values().map(Vec::len).sum();
        self.events.len() + numbered
    }

    fn add(&mut self, happened: Happened) {
        let note = &happened.note;
        // A revoked grant is always an event: its credential may have been stolen.
        if let Some(rule) = note.refusal
            && note.action != Action::GRANT_REVOKED
        {
            let (tenant, at) = (happened.tenant, happened.at);
            let source = (happened.address, note.client.as_deref());
            if !self.refusals.may_be_stored(tenant, source, rule, at) {
                return;
            }
        }
        if self.count() >= Activity::MOST {
            self.lost += 1;
        } else {
            self.events.push(happened);
        }
    }

    /// Numbers the events, and returns all that are not stored.
    fn number(
        &mut self,
        events: &EventSource,
        now: Timestamp,
    ) -> BTreeMap<TenantId, Vec<EventRecord>> {
        for records in self.numbered.values_mut() {
            let before = records.len();
            records.retain(|record| !record.event.at.plus(GIVEN_UP).has_passed(now));
            self.lost += (before - records.len()) as u64;
        }
        let counts = self.refusals.finished(now).into_iter();
        let counts =
            counts.map(|((tenant, rule), count)| Happened::counted(tenant, rule, count, now));
        for happened in mem::take(&mut self.events).into_iter().chain(counts) {
            let tenant = happened.tenant;
            let record = events.numbered(tenant, |id| happened.event(id));
            self.numbered.entry(tenant).or_default().push(record);
        }
        self.numbered.clone()
    }

    /// Forgets the events of a tenant up to this one, which are stored.
    fn forget(&mut self, tenant: TenantId, last: EventId) {
        if let Some(records) = self.numbered.get_mut(&tenant) {
            records.retain(|record| record.event.id > last);
        }
        self.numbered.retain(|_, records| !records.is_empty());
    }
}

impl Happened {
    fn event(self, id: EventId) -> Event {
        let Note {
            action,
            user,
            session,
            client,
            target,
            facts,
            refusal,
        } = self.note;
        let address = || {
            let address = self.address.map(|address| address.to_string());
            Party::new("address", address.unwrap_or_else(|| "unknown".to_owned()))
        };
        let operator = user.map(|user| Party::new("user", user.to_string()));
        Event {
            id,
            at: self.at,
            action,
            operator: operator.unwrap_or_else(address),
            target,
            changes: facts,
            address: self.address,
            request: self.request,
            context: EventContext {
                client,
                session,
                roles: Vec::new(),
                refusal: refusal.map(ToOwned::to_owned),
            },
        }
    }

    /// Returns the number of refusals of a rule that were only counted.
    fn counted(tenant: TenantId, rule: &'static str, count: u64, at: Timestamp) -> Self {
        let count = FieldChange {
            field: "count".into(),
            before: None,
            after: Some(count.to_string()),
        };
        Self {
            tenant,
            at,
            address: None,
            request: None,
            note: Note {
                action: Action::REFUSALS_COUNTED,
                user: None,
                session: None,
                client: None,
                target: Party::new("rule", rule),
                facts: vec![count],
                refusal: Some(rule),
            },
        }
    }
}
