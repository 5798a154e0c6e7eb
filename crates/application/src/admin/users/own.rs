//! Commands of a user on their own account.

mod upstream;

use super::invalid_claim::InvalidUserClaim;
use super::{AttributeChanges, ClaimChange, EditUser, UserAdmin};
use crate::account::refusals;
use crate::admin::{AdminError, Conflict, Missing, TRIES};
use crate::app::App;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::operator::Operator;
use countersign_domain::authorize::claims_request::StandardClaim as Claim;
use countersign_domain::claims::attribute::AttributeParty;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::{Email, User};
use std::time::Duration;

/// Claims that users set themselves.
const OWN: [Claim; 5] = [
    Claim::Name,
    Claim::GivenName,
    Claim::FamilyName,
    Claim::Locale,
    Claim::Zoneinfo,
];

impl<A: App> UserAdmin<A> {
    /// Returns the user who runs the command.
    pub async fn find_own(&self, tenant: &Tenant, operator: &Operator) -> Result<User, AdminError> {
        self.stored(tenant, own_id(operator)?).await
    }

    /// Sets names, language, time zone, or attributes that users may write, of the user who runs the command. It needs no
    /// permission.
    pub async fn set_own_profile(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        changes: &[ClaimChange],
        attributes: AttributeChanges,
    ) -> Result<User, AdminError> {
        let id = own_id(operator)?;
        let mut others = changes.iter().filter(|change| !OWN.contains(&change.claim));
        if let Some(other) = others.next() {
            return Err(AdminError::Claim(other.claim, InvalidUserClaim::Unsettable));
        }
        self.check_attributes(tenant, AttributeParty::User, &attributes)
            .await?;
        let edit = EditUser {
            attributes,
            ..EditUser::from(changes.to_vec())
        };
        let now = self.clock.now();
        // These claims and attributes give no access, so the admin roles of the user do not matter.
        let change = |user: &mut User| edit.put_into(user, now);
        self.change_unchecked(tenant, operator, id, change).await
    }

    /// Replaces the email address of a user who has proved access to the mailbox of the new one. `pause` is the minimum
    /// time between two changes, if it matters ([`User::may_change_email`]).
    pub(crate) async fn replace_own_address(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (present, new): (&Email, &Email),
        pause: Option<Duration>,
    ) -> Result<User, AdminError> {
        let id = own_id(operator)?;
        let now = self.clock.now();
        let change = |user: &mut User| {
            if user.email != *present {
                return Err(Conflict::Changed.into());
            }
            if pause.is_some_and(|pause| !user.may_change_email(pause, now)) {
                return Err(AdminError::Failure(
                    refusals::ADDRESS_CHANGED_RECENTLY.into(),
                ));
            }
            user.email.clone_from(new);
            user.email_verified = true;
            user.self_registered = false;
            user.email_changed_at = Some(now);
            user.profile.updated_at = Some(now);
            Ok(())
        };
        self.change_unchecked(tenant, operator, id, change).await
    }

    /// Changes a user without a check of permissions.
    pub(super) async fn change_unchecked(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        change: impl Fn(&mut User) -> Result<(), AdminError> + Send + Sync,
    ) -> Result<User, AdminError> {
        for _ in 0..TRIES {
            let user = self.stored(tenant, id).await?;
            if let Some(user) = self.try_change(tenant, operator, user, &change).await? {
                return Ok(user);
            }
        }
        Err(Conflict::Changed.into())
    }
}

fn own_id(operator: &Operator) -> Result<UserId, AdminError> {
    match operator.holder {
        Some(Holder::User(id)) => Ok(id),
        _ => Err(AdminError::NotFound(Missing::User)),
    }
}
