//! Deletion of an account by its owner, after a grace period.

use super::Accounts;
use crate::admin::AdminError;
use crate::app::App;
use crate::definitions::stored;
use crate::failure::Failure;
use crate::refusals;
use crate::sessions::Sessions;
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_ports::Race;
use std::time::Duration;

impl<A: App> Accounts<A> {
    /// Schedules the deletion of an account, and signs the user out everywhere. Requires a recent sign-in. The last
    /// owner of the server cannot delete the account. A repeated request changes nothing.
    pub async fn request_deletion(
        &self,
        tenant: &Tenant,
        sessions: &Sessions<A>,
        (user, session): (&User, &Session),
        grace: Duration,
    ) -> Result<(), Failure> {
        self.fresh(session)?;
        let owner = Operator::owner(user.id, Some(session.id));
        let deletion = ScheduledDeletion::after(grace, user.id, self.clock.now());
        let scheduled = self.users.schedule_deletion(tenant, &owner, deletion);
        let is_new = scheduled.await.map_err(failure)? == Race::Won;
        // A user who secures the account cancels deletions, and must not miss this one.
        if is_new && !self.is_still_live(tenant, session.id).await? {
            self.cancel_deletion(tenant, user.id, None).await?;
            return Err(Refusal::LoginStepExpired.into());
        }
        sessions.shut_out(tenant, user.id).await.map(drop)
    }

    /// Returns the scheduled deletion of an account.
    pub async fn scheduled_deletion(
        &self,
        tenant: &Tenant,
        user: UserId,
    ) -> Result<Option<ScheduledDeletion>, Failure> {
        Ok(stored::find(&*self.store, tenant.id, &user.to_string()).await?)
    }

    /// Cancels the deletion of an account. Succeeds if none is scheduled.
    pub async fn cancel_deletion(
        &self,
        tenant: &Tenant,
        user: UserId,
        session: Option<SessionId>,
    ) -> Result<(), Failure> {
        let Some(deletion) = self.scheduled_deletion(tenant, user).await? else {
            return Ok(());
        };
        let owner = Operator::owner(user, session);
        let canceled = self.users.cancel_deletion(tenant, &owner, &deletion);
        canceled.await.map_err(failure)
    }
}

fn failure(error: AdminError) -> Failure {
    match error {
        AdminError::Failure(failure) => failure,
        AdminError::Assignment(_) => refusals::LAST_OWNER.into(),
        _ => Refusal::LoginStepExpired.into(),
    }
}
