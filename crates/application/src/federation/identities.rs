//! Identities of users: linked accounts at providers.

use super::{Federation, with_evidence};
use crate::app::App;
use crate::current_request::CurrentRequest;
use crate::ephemera::first_half;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::audit::event::Action;
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::{IdentityId, SessionId};
use countersign_domain::login::interaction::UpstreamSignIn;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::Race;
use countersign_ports::prelude::*;
use sha2::{Digest as _, Sha256};
use std::fmt::Display;

/// Returns the identifier of an identity. All nodes must compute the same one, so it must never change.
pub(crate) fn identity_id(issuer: &str, subject: &str) -> IdentityId {
    // The length keeps issuer and subject apart.
    let digest = Sha256::new()
        .chain_update((issuer.len() as u64).to_be_bytes())
        .chain_update(issuer)
        .chain_update(subject)
        .finalize();
    IdentityId::from_bytes(first_half(&digest))
}

impl<A: App> Federation<A> {
    /// Returns the identity with this issuer and subject.
    pub(super) async fn identity(
        &self,
        tenant: &Tenant,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Identity>, Failure> {
        let id = identity_id(issuer, subject);
        let found = self.store.find_identity(tenant.id, id).await?;
        Ok(found.filter(|identity| identity.is_of(issuer, subject)))
    }

    /// Links the identity of a completed sign-in, or records its use. Returns the identity if it is newly linked. After a
    /// refusal, the caller must end the session.
    ///
    /// The user has proved every factor that the server demands, so no other person can add a way to sign in.
    pub async fn settle(
        &self,
        tenant: &Tenant,
        sign_in: &UpstreamSignIn,
        session: SessionId,
    ) -> Result<Option<IdentityId>, Failure> {
        let now = self.clock.now();
        self.remember(tenant, sign_in, session, now).await?;
        let identity = of_sign_in(sign_in, now);
        if !sign_in.is_new {
            return match self.store.update_identity(tenant.id, &identity).await? {
                Race::Won => Ok(None),
                // It was unlinked while the sign-in waited, for example for a second factor.
                Race::Lost => Err(Refusal::LoginStepExpired.into()),
            };
        }
        self.link(tenant, &identity, session).await?;
        Ok(Some(identity.id))
    }

    /// Links an identity to a user. Fails if it is linked to another one.
    pub(super) async fn link(
        &self,
        tenant: &Tenant,
        identity: &Identity,
        session: SessionId,
    ) -> Result<(), Failure> {
        if self.store.insert_identity(tenant.id, identity).await? == Race::Lost {
            let known = self
                .identity(tenant, &identity.issuer, &identity.subject)
                .await?;
            return match known {
                Some(known) if known.user == identity.user => Ok(()),
                _ => Err(taken(&identity.provider).into()),
            };
        }
        // A reset of the account ends the sessions first, and must not miss an identity that was on the way.
        let found = self.store.find_session(tenant.id, session).await?;
        let now = identity.created_at;
        if !found.is_some_and(|(session, user)| session.is_live(now) && user.enabled) {
            let removed = self
                .store
                .remove_identity(tenant.id, identity.user, identity.id);
            let _ = removed.await?;
            return Err(Refusal::LoginStepExpired.into());
        }
        tracing::info!(
            event = "identity_linked",
            user = %identity.user,
            provider = identity.provider,
            "linked an account at an upstream provider"
        );
        let id = identity.id.to_string();
        let facts = [("id", &*id), ("provider", &*identity.provider)];
        let action = Action::USER_IDENTITY_LINKED;
        CurrentRequest::note_event(action, identity.user, Some(session), &facts);
        Ok(())
    }
}

/// Returns the refusal of an identity that belongs to another user.
pub(super) fn taken(provider: impl Display) -> Refusal {
    let refusal = &refusals::UPSTREAM_IDENTITY_TAKEN;
    with_evidence(refusal, provider, "the identity is linked to another user")
}

/// Returns the identity of a sign-in.
pub(super) fn of_sign_in(sign_in: &UpstreamSignIn, now: Timestamp) -> Identity {
    Identity {
        id: identity_id(&sign_in.issuer, &sign_in.subject),
        user: sign_in.user,
        provider: sign_in.provider.to_string(),
        issuer: sign_in.issuer.clone(),
        subject: sign_in.subject.clone(),
        email: sign_in.email.clone(),
        created_at: now,
        last_used_at: Some(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_id_is_stable_and_separates_issuer_from_subject() {
        let id = identity_id("https://idp.example", "1");
        assert_eq!(id.to_string(), "5c74cf4f-4ae2-7868-dd71-eca4aedf8da5");
        let other = identity_id("https://idp.example1", "");
        assert_ne!(other, id);
    }
}
