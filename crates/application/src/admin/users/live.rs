//! Live sessions of a user.

use super::UserAdmin;
use crate::admin::{AdminError, may};
use crate::app::App;
use crate::slices;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::identifier::UserId;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;

impl<A: App> UserAdmin<A> {
    /// Returns the live sessions of a user, most recently active first.
    pub async fn live_sessions(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
    ) -> Result<Vec<Session>, AdminError> {
        may(operator, Permission::SessionsRead)?;
        self.stored(tenant, user).await?;
        let now = self.clock.now();
        Ok(slices::live_sessions(&*self.store, tenant, user, now).await?)
    }
}
