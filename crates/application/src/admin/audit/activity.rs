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
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Age at which an event is given up that could not be stored. Its node seals no event that is much older.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// Events that wait to be stored.
pub struct Activity {
    clock: Arc<dyn Clock>,
    waiting: Mutex<Waiting>,
    /// Events that a call is storing or could not store. Requests do not wait for this lock.
    numbered: Mutex<BTreeMap<TenantId, Vec<EventRecord>>>,
    /// Number of these events.
    unstored: AtomicUsize,
}

#[derive(Default)]
struct Waiting {
    events: Vec<Happened>,
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
            numbered: Mutex::default(),
            unstored: AtomicUsize::new(0),
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
        let room = Self::MOST.saturating_sub(self.unstored.load(Ordering::Relaxed));
        let mut waiting = self.waiting();
        for note in notes {
            let happened = Happened {
                tenant,
                at,
                address: request.address,
                request: Some(id.clone()),
                note,
            };
            waiting.add(happened, room);
        }
    }

    /// Returns the number of events that are not stored.
    #[must_use]
    pub fn count(&self) -> usize {
        self.unstored.load(Ordering::Relaxed) + self.waiting().events.len()
    }

    /// Stores the waiting events. Returns the number of events that were lost since the last call. An event waits until
    /// it is stored, so a call that is canceled or fails loses none.
    pub async fn store<S: Audit>(
        &self,
        store: &S,
        events: &EventSource,
    ) -> Result<u64, StoreError> {
        let numbered = self.number(events, self.clock.now());
        for (tenant, records) in &numbered {
            store.append_activity(*tenant, records).await?;
            if let Some(last) = records.last() {
                self.keep(|of, record| of != *tenant || record.event.id > last.event.id);
            }
        }
        Ok(mem::take(&mut self.waiting().lost))
    }

    /// Numbers the waiting events, and returns all that are not stored.
    fn number(&self, events: &EventSource, now: Timestamp) -> BTreeMap<TenantId, Vec<EventRecord>> {
        let given_up = self.keep(|_, record| !record.event.at.plus(GIVEN_UP).has_passed(now));
        let (fresh, counts) = {
            let mut waiting = self.waiting();
            waiting.lost += given_up as u64;
            (
                mem::take(&mut waiting.events),
                waiting.refusals.finished(now),
            )
        };
        let counts = counts.into_iter();
        let counts =
            counts.map(|((tenant, rule), count)| Happened::counted(tenant, rule, count, now));
        let mut numbered = self.numbered();
        for happened in fresh.into_iter().chain(counts) {
            let tenant = happened.tenant;
            let record = events.numbered(tenant, |id| happened.event(id));
            numbered.entry(tenant).or_default().push(record);
            self.unstored.fetch_add(1, Ordering::Relaxed);
        }
        numbered.clone()
    }

    /// Removes the numbered events that are not meant. Returns their number.
    fn keep(&self, is_meant: impl Fn(TenantId, &EventRecord) -> bool) -> usize {
        let mut removed = 0;
        self.numbered().retain(|tenant, records| {
            let before = records.len();
            records.retain(|record| is_meant(*tenant, record));
            removed += before - records.len();
            !records.is_empty()
        });
        self.unstored.fetch_sub(removed, Ordering::Relaxed);
        removed
    }

    fn numbered(&self) -> MutexGuard<'_, BTreeMap<TenantId, Vec<EventRecord>>> {
        self.numbered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Adds an event if there is room for it.
    fn add(&mut self, happened: Happened, room: usize) {
        let note = &happened.note;
        // A revoked grant is always an event: its credential may have been stolen.
        let is_revocation =
            [Action::GRANT_REVOKED, Action::REVOCATION_CUT_OFF].contains(&note.action);
        if let Some(rule) = note.refusal
            && !is_revocation
        {
            let (tenant, at) = (happened.tenant, happened.at);
            let source = (happened.address, note.client.as_deref());
            if !self.refusals.may_be_stored(tenant, source, rule, at) {
                return;
            }
        }
        if self.events.len() >= room {
            self.lost += 1;
        } else {
            self.events.push(happened);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::identifier::GrantId;

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_seconds(60)
        }
    }

    /// Otherwise a thief could use up the bound before the replay of a stolen token.
    #[tokio::test]
    async fn revocation_is_event_beyond_bound_also_if_cut_off() {
        let activity = Activity::new(Arc::new(Stopped));
        for _ in 0..40 {
            let request = CurrentRequest::new(None, Stopped.now());
            let work = async {
                CurrentRequest::note_revocation(Some((GrantId::from_bytes([1; 16]), "replayed")));
            };
            let after = |request: &mut CurrentRequest| activity.take(TenantId::SINGLE, request);
            request.serve_then(work, after).await;
        }
        assert_eq!(activity.count(), 40);
    }
}
