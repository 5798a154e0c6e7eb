//! Email address and claims of a user.

use super::{AttributeChanges, EditUser, UserAdmin};
use crate::admin::claims::bound_roles;
use crate::admin::{AdminError, Conflict, Missing, check_version, may};
use crate::app::App;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::claims::attribute::AttributeParty;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::UserKey;
use countersign_ports::prelude::*;

impl<A: App> UserAdmin<A> {
    /// Changes the email address, claims, attributes and application roles of a user. A change of the address or its
    /// verified status needs the permission to reset factors. With `expected`, fails if the user has another version.
    pub async fn edit(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        expected: Option<u64>,
        edit: &EditUser,
    ) -> Result<User, AdminError> {
        may(operator, Permission::UsersWrite)?;
        self.check_attributes(tenant, AttributeParty::Admin, &edit.attributes)
            .await?;
        let mut edit = edit.clone();
        if let Some(roles) = &mut edit.roles {
            let before = self.stored(tenant, id).await?.roles;
            *roles = bound_roles(&*self.store, tenant, &before, roles).await?;
        }
        let now = self.clock.now();
        let edited = self.change(tenant, operator, id, |user| {
            check_version(expected, user.version)?;
            let (email, was_verified) = (user.email.clone(), user.email_verified);
            edit.put_into(user, now)?;
            if user.email != email || user.email_verified != was_verified {
                // With a code sent to the address, its owner can sign in and set up the account anew.
                may(operator, Permission::UsersResetFactors)?;
                user.self_registered = false;
            }
            if user.email != email {
                user.email_changed_at = None;
            }
            Ok(())
        });
        edited.await
    }

    /// Sets attributes that an application may write. Its operator needs no permission. An unknown or disabled user is not
    /// found.
    pub(crate) async fn set_attributes(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        attributes: AttributeChanges,
    ) -> Result<User, AdminError> {
        let party = AttributeParty::Application;
        self.check_attributes(tenant, party, &attributes).await?;
        let edit = EditUser {
            attributes,
            ..EditUser::default()
        };
        let now = self.clock.now();
        let change = |user: &mut User| {
            if !user.enabled {
                return Err(AdminError::NotFound(Missing::User));
            }
            edit.put_into(user, now)
        };
        self.change_unchecked(tenant, operator, id, change).await
    }

    /// Checks that no other user has the new email address.
    pub(super) async fn check_email(&self, tenant: &Tenant, user: &User) -> Result<(), AdminError> {
        let key = UserKey::Email(&user.email);
        match self.store.find_user(tenant.id, key).await? {
            Some(other) if other.id != user.id => Err(Conflict::Email.into()),
            _ => Ok(()),
        }
    }
}
