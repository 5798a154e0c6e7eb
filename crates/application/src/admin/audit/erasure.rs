//! Erasure of a person from the audit log.

use super::AuditAdmin;
use crate::admin::events::Done;
use crate::admin::reach::may_affect;
use crate::admin::{AdminError, Conflict, TRIES, may};
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::{Action, Event, EventId, FieldChange, Party};
use countersign_domain::audit::filter::EventFilter;
use countersign_domain::audit::operator::{Operator, Permission, Permissions};
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Race, Store};
use std::borrow::Cow;

impl<S: Store> AuditAdmin<S> {
    /// Erases the content of all events that a user caused or that are about a user, and returns their number. Their
    /// time, action and digest remain, and so does the proof. The events of erasures remain too. The user may have been
    /// deleted. Operators cannot erase their own events, or those of a user with permissions that they lack.
    pub async fn erase(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
    ) -> Result<u64, AdminError> {
        may(operator, Permission::AuditWrite)?;
        let holder = Holder::User(user);
        if operator.holder.as_ref() == Some(&holder) {
            return Err(Conflict::OwnEvents.into());
        }
        may_affect(&*self.store, tenant, operator, &holder, Permissions::NONE).await?;
        let person = Party::new("user", user.to_string());
        let is_meant = |event: &Event| {
            let is_erasure = event.action == Action::EVENTS_ERASED;
            !is_erasure && (event.operator == person || event.target == person)
        };
        let (all, mut after) = (EventFilter::default(), After::start());
        let (mut erased, mut tries) = (0, TRIES);
        loop {
            let found = self.store.find_events(tenant.id, &all, after).await?;
            let events = found.events.iter().map(|record| &record.event);
            let meant = events.filter(|event| is_meant(event)).map(|event| event.id);
            let meant: Vec<_> = meant.collect();
            if self.erase_slice(tenant, operator, &person, &meant).await? == Race::Lost {
                // Another command has erased or removed some of them.
                tries -= 1;
                if tries == 0 {
                    return Err(Conflict::Changed.into());
                }
                continue;
            }
            erased += meant.len() as u64;
            match found.next {
                Some(next) => after = After::key(next),
                None => return Ok(erased),
            }
        }
    }

    /// Erases up to one slice of events, with one event of its own.
    async fn erase_slice(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        person: &Party,
        meant: &[EventId],
    ) -> Result<Race, AdminError> {
        if meant.is_empty() {
            return Ok(Race::Won);
        }
        let done = Done {
            action: Action::EVENTS_ERASED,
            target: person.clone(),
            changes: vec![FieldChange {
                field: Cow::Borrowed("events"),
                before: Some(meant.len().to_string()),
                after: None,
            }],
            at: self.clock.now(),
        };
        let event = self.events.record(tenant.id, operator, done);
        Ok(self.store.erase_events(tenant.id, meant, &event).await?)
    }
}
