//! Acceptance of invitations.

use crate::admin::events::Done;
use crate::admin::fields::Fields;
use crate::admin::reach::{administrators, permissions_of};
use crate::admin::users::UserAdmin;
use crate::app::App;
use crate::definitions::stored;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::Operator;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::invitation::Invitation;
use countersign_ports::prelude::*;
use countersign_ports::{Defined as _, Race};

impl<A: App> UserAdmin<A> {
    /// Ends an invitation, because the invited person creates the account. Returns the groups of the new user. A revoked
    /// invitation cannot be accepted, even if both happen at the same time.
    pub(crate) async fn accept(
        &self,
        tenant: &Tenant,
        user: UserId,
        invitation: &Invitation,
    ) -> Result<Vec<GroupName>, Failure> {
        let groups = self.groups_of(tenant, invitation).await?;
        let done = Done {
            action: Action::INVITATION_ACCEPTED,
            target: Party::new("user", user.to_string()),
            changes: Fields::of_joined(&groups).since(&Fields::of_invitation(invitation)),
            at: self.clock.now(),
        };
        let owner = Operator::owner(user, None);
        let event = self.events.record(tenant.id, &owner, done);
        let (key, version) = (invitation.key(), invitation.version);
        let ended = self
            .store
            .delete_definition(tenant.id, &key, version, &event);
        match ended.await? {
            Race::Won => Ok(groups),
            Race::Lost => Err(refusals::LINK_INVALID.into()),
        }
    }

    /// Returns the groups that the new user joins. Leaves out deleted groups, and groups that gained admin permissions
    /// since the invitation: the operator may not be allowed to add members to them.
    async fn groups_of(
        &self,
        tenant: &Tenant,
        invitation: &Invitation,
    ) -> Result<Vec<GroupName>, Failure> {
        let all = administrators(&*self.store, tenant).await?;
        let mut groups = Vec::new();
        for name in &invitation.groups {
            let found: Option<Group> = stored::find(&*self.store, tenant.id, name.as_str()).await?;
            let holder = Holder::Group(name.clone());
            let given = permissions_of(&*self.store, tenant, &all, &holder).await?;
            if found.is_some() && invitation.covers(given) {
                groups.push(name.clone());
            } else {
                tracing::warn!(group = %name, user = %invitation.user, "an invited user does not join a group that was deleted or that gained admin permissions");
            }
        }
        Ok(groups)
    }
}
