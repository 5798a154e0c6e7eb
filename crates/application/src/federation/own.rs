//! Linking by a signed-in user.

use super::Federation;
use super::accounts::sign_in_of;
use super::answer::UpstreamAnswer;
use super::identities::{of_sign_in, taken};
use crate::app::App;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::identifier::{IdentityId, SessionId, UserId};
use countersign_domain::login::interaction::UpstreamLogin;
use countersign_domain::tenant::Tenant;
use std::net::IpAddr;

impl<A: App> Federation<A> {
    /// Links the account at a provider to the signed-in user who left for it. The address at the provider does not
    /// matter. Returns the identity if it is newly linked.
    pub async fn link_own(
        &self,
        tenant: &Tenant,
        (user, session): (UserId, SessionId),
        login: &UpstreamLogin,
        answer: &UpstreamAnswer,
        address: Option<IpAddr>,
    ) -> Result<Option<IdentityId>, Failure> {
        if login.links != Some((user, session)) {
            return Err(refusals::UPSTREAM_STATE_UNKNOWN.into());
        }
        let arrival = self.arrive(tenant, login, answer, address).await?;
        let (issuer, subject) = (&arrival.user.issuer, &arrival.user.subject);
        if let Some(known) = self.identity(tenant, issuer, subject).await? {
            return if known.user == user {
                Ok(None)
            } else {
                Err(taken(&arrival.provider.name).into())
            };
        }
        let record = sign_in_of(&arrival.provider, &arrival.user, user, None, true);
        let identity = of_sign_in(&record, self.clock.now());
        self.link(tenant, &identity, session).await?;
        Ok(Some(identity.id))
    }
}
