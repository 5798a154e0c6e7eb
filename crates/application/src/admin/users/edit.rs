//! Email address and name of a user.

use super::UserAdmin;
use super::claims::check_name;
use crate::admin::{AdminError, Conflict, may};
use crate::app::App;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::{Email, User};
use countersign_ports::UserKey;
use countersign_ports::prelude::*;

/// New values of a user.
#[derive(Clone, Debug)]
pub struct EditUser {
    /// Email address for signing in.
    pub email: Email,
    /// Whether the address is verified. No effect with a new address.
    pub email_verified: bool,
    /// Display name.
    pub name: Option<String>,
}

impl<A: App> UserAdmin<A> {
    /// Changes the email address, its verified status, or the name of a user. A new address is unverified. A change of
    /// the address or its status needs the permission to reset factors. With `expected`, fails if the user has another
    /// version.
    pub async fn edit(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: UserId,
        expected: Option<u64>,
        edit: &EditUser,
    ) -> Result<User, AdminError> {
        let checked = edit.name.as_deref().map_or(Ok(()), check_name);
        checked.map_err(|error| AdminError::Claim(StandardClaim::Name, error))?;
        let edited = self.change(tenant, operator, id, |user| {
            if expected.is_some_and(|version| version != user.version) {
                return Err(AdminError::Stale);
            }
            let is_same = user.email == edit.email;
            if !is_same || user.email_verified != edit.email_verified {
                // With a code sent to the address, its owner can sign in and set up the account anew.
                may(operator, Permission::UsersResetFactors)?;
                user.self_registered = false;
            }
            user.email.clone_from(&edit.email);
            user.email_verified = edit.email_verified && is_same;
            user.name.clone_from(&edit.name);
            Ok(())
        });
        edited.await
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
