//! Linked accounts at upstream providers.

use super::Accounts;
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::refusals;
use crate::slices;
use crate::ways_in::{is_offered, may_sign_in_here};
use countersign_domain::audit::event::Action;
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::{IdentityId, SessionId, UserId};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Race;
use countersign_ports::prelude::*;

impl<A: App> Accounts<A> {
    /// Returns the linked accounts of a user.
    pub async fn identities(
        &self,
        tenant: &Tenant,
        user: UserId,
    ) -> Result<Vec<Identity>, Failure> {
        let read = |after| self.store.list_identities(tenant.id, user, after);
        Ok(slices::all(|identity: &Identity| identity.id, read).await?)
    }

    /// Checks that a user may link an account at a provider now: it is a new way to sign in, so it needs a recent sign-in.
    pub fn may_link(&self, session: &Session) -> Result<(), Failure> {
        self.fresh(session)
    }

    /// Unlinks an account at a provider. Requires a recent sign-in and another way to sign in. Returns `false` if it is not
    /// linked.
    pub async fn unlink(
        &self,
        tenant: &Tenant,
        user: &User,
        session: &Session,
        id: IdentityId,
    ) -> Result<bool, Failure> {
        self.fresh(session)?;
        if !self.has_other_way(tenant, user, id).await? {
            return Err(refusals::SIGN_IN_WAY_MISSING.into());
        }
        self.drop_identity(tenant, user.id, Some(session.id), id)
            .await
    }

    /// Returns whether a user could sign in without an identity, in a way that the tenant allows.
    async fn has_other_way(
        &self,
        tenant: &Tenant,
        user: &User,
        without: IdentityId,
    ) -> Result<bool, Failure> {
        if may_sign_in_here(tenant, &[]).is_ok() {
            let has_credential = user.password_hash.is_some() || self.can_mail(user);
            if has_credential || !self.factors(tenant, user.id).await?.passkeys.is_empty() {
                return Ok(true);
            }
        }
        let providers = self.definitions.upstream_providers(tenant.id).await?;
        let linked = self.identities(tenant, user.id).await?;
        Ok(linked.iter().any(|own| {
            let mut offered = providers.iter().filter(|other| is_offered(tenant, other));
            own.id != without && offered.any(|provider| provider.name.as_str() == own.provider)
        }))
    }

    /// Unlinks an account at a provider. Returns `false` if it is not linked.
    pub(super) async fn drop_identity(
        &self,
        tenant: &Tenant,
        user: UserId,
        session: Option<SessionId>,
        id: IdentityId,
    ) -> Result<bool, Failure> {
        let removed = self.store.remove_identity(tenant.id, user, id).await?;
        if removed == Race::Lost {
            return Ok(false);
        }
        let facts = [("id", &*id.to_string())];
        CurrentRequest::note_event(Action::USER_IDENTITY_UNLINKED, user, session, &facts);
        Ok(true)
    }
}
