//! Commands that read the sessions of users.

use super::{AdminError, may};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Slice, Store};
use std::sync::Arc;

/// Commands that read sessions.
pub struct SessionAdmin<S> {
    /// Sessions.
    pub store: Arc<S>,
}

impl<S: Store> SessionAdmin<S> {
    /// Returns a slice of a user's sessions, ordered by ID. Some may have ended or expired.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        user: UserId,
        after: After<SessionId>,
    ) -> Result<Slice<Session>, AdminError> {
        may(operator, Permission::SessionsRead)?;
        Ok(self.store.list_sessions(tenant.id, user, after).await?)
    }
}
