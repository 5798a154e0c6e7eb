//! Change of names, language and time zone by the user.

use super::Accounts;
use crate::admin::AdminError;
use crate::admin::users::ClaimChange;
use crate::app::App;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::audit::operator::Operator;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;

impl<A: App> Accounts<A> {
    /// Changes names, language or time zone of a user, and records the event of the change with it.
    pub async fn change_profile(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        changes: &[ClaimChange],
    ) -> Result<(), Failure> {
        let owner = Operator::owner(user.id, Some(session.id));
        match self.users.set_own_profile(tenant, &owner, changes).await {
            Ok(_) => Ok(()),
            Err(AdminError::Claim(..)) => Err(refusals::PROFILE_INVALID.into()),
            Err(AdminError::Failure(failure)) => Err(failure),
            // The user was deleted, or concurrent changes won every retry.
            Err(_) => Err(Refusal::LoginStepExpired.into()),
        }
    }
}
