//! Deletions that users requested.

use crate::admin::AdminError;
use crate::admin::Missing;
use crate::admin::events::Done;
use crate::admin::reach::administrators;
use crate::admin::users::UserAdmin;
use crate::app::App;
use crate::definitions::stored;
use crate::sessions::Sessions;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::Operator;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_ports::prelude::*;
use countersign_ports::{Defined as _, Definition, EventRecord, Race};

impl<A: App> UserAdmin<A> {
    /// Stores the deletion that a user requested. [`Race::Lost`]: one is stored already. Fails for the last owner.
    pub(crate) async fn schedule_deletion(
        &self,
        tenant: &Tenant,
        owner: &Operator,
        deletion: ScheduledDeletion,
    ) -> Result<Race, AdminError> {
        let mut all = administrators(&*self.store, tenant).await?;
        all.revoke(&Holder::User(deletion.user), None)?;
        let action = Action::USER_DELETION_REQUESTED;
        let event = self.deletion_event(tenant, owner, action, &deletion);
        let definition = Definition::ScheduledDeletion(deletion);
        let inserted = self.store.insert_definition(tenant.id, &definition, &event);
        Ok(inserted.await?)
    }

    /// Removes the deletion that a user requested.
    pub(crate) async fn cancel_deletion(
        &self,
        tenant: &Tenant,
        owner: &Operator,
        deletion: &ScheduledDeletion,
    ) -> Result<(), AdminError> {
        self.end_deletion(tenant, owner, Action::USER_DELETION_CANCELED, deletion)
            .await
    }

    /// Carries out the requested deletions that are due. Returns the number of deleted users. Another server may do the
    /// same; each deletion happens once.
    pub async fn delete_due(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
    ) -> Result<u64, AdminError> {
        let (now, schedule) = (self.clock.now(), Operator::schedule());
        let all: Vec<ScheduledDeletion> = stored::all(&*self.store, tenant.id).await?;
        let mut deleted = 0;
        for deletion in all.into_iter().filter(|own| own.is_due(now)) {
            let user = deletion.user;
            match self.delete(tenant, &schedule, sessions, user, None).await {
                Ok(_) => deleted += 1,
                // An operator deleted the user, or a server was stopped after it had done so.
                Err(AdminError::NotFound(Missing::User)) => {}
                // The user has become the last owner, or concurrent changes won every retry.
                Err(error) => {
                    tracing::warn!(%error, %user, "cannot delete a user as requested");
                    continue;
                }
            }
            let action = Action::USER_DELETION_COMPLETED;
            self.end_deletion(tenant, &schedule, action, &deletion)
                .await?;
        }
        Ok(deleted)
    }

    /// Removes a requested deletion. A lost race means that it is gone.
    async fn end_deletion(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        action: Action,
        deletion: &ScheduledDeletion,
    ) -> Result<(), AdminError> {
        let event = self.deletion_event(tenant, operator, action, deletion);
        let (key, version) = (deletion.key(), deletion.version);
        let removed = self
            .store
            .delete_definition(tenant.id, &key, version, &event);
        let _ = removed.await?;
        Ok(())
    }

    fn deletion_event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        action: Action,
        deletion: &ScheduledDeletion,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("user", deletion.user.to_string()),
            changes: Vec::new(),
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}
