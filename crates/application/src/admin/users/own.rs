//! Commands of a user on their own account.

use super::{ClaimChange, UserAdmin};
use crate::admin::users::invalid_claim::InvalidUserClaim;
use crate::admin::{AdminError, Missing};
use crate::app::App;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::operator::{Operator, Permissions};
use countersign_domain::authorize::claims_request::StandardClaim as Claim;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;

impl<A: App> UserAdmin<A> {
    /// Returns the user who runs the command.
    pub async fn find_own(&self, tenant: &Tenant, operator: &Operator) -> Result<User, AdminError> {
        self.stored(tenant, own_id(operator)?).await
    }

    /// Sets the name, given name or family name of the user who runs the command. It needs no permission.
    pub async fn set_own_names(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        names: &[ClaimChange],
    ) -> Result<User, AdminError> {
        let id = own_id(operator)?;
        let is_name = |claim| matches!(claim, Claim::Name | Claim::GivenName | Claim::FamilyName);
        if let Some(other) = names.iter().find(|change| !is_name(change.claim)) {
            return Err(AdminError::Claim(other.claim, InvalidUserClaim::Unsettable));
        }
        // The names give no access, so the admin roles of the user do not matter.
        let own = Operator {
            permissions: Permissions::ALL,
            has_second_factor: true,
            ..operator.clone()
        };
        self.set_claims(tenant, &own, id, names).await
    }
}

fn own_id(operator: &Operator) -> Result<UserId, AdminError> {
    match operator.holder {
        Some(Holder::User(id)) => Ok(id),
        _ => Err(AdminError::NotFound(Missing::User)),
    }
}
