//! The refresh of a grant (RFC 6749 section 6, RFC 9700 section 4.14).

use crate::checks::checks;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::{Decision, Race};
use crate::evidence::Evidence;
use crate::grant::Grant;
use crate::grant::narrowed::Narrowed;
use crate::grant::refresh_token::RefreshToken;
use crate::grant::rotation::Rotation;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed_or_all};
use crate::scope::{RequestedScope, Scope};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::issuance::{Issuance, RefreshTokenFacts};
use crate::token::token_id::Root;
use core::cmp::Ordering;

/// Result of a valid refresh: a rotation to store. Only the answer of the store gives access to the tokens:
///
/// ```compile_fail,E0616
/// # use countersign_domain::grant::refresh::Refreshed;
/// # use countersign_domain::token::issuance::Issuance;
/// fn issue_without_storing(refreshed: Refreshed) -> Issuance {
///     refreshed.issuance
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the refresh token is not rotated until its rotation is stored"]
pub struct Refreshed {
    rotation: Option<Rotation>,
    issuance: Issuance,
}

impl Refreshed {
    /// Returns the rotation to store; `None` for a retry, which gets the same refresh token without a write.
    #[must_use]
    pub const fn rotation(&self) -> Option<&Rotation> {
        self.rotation.as_ref()
    }

    /// Returns the tokens to issue after the rotation was stored. For a retry, which stores nothing, pass `Won`.
    ///
    /// Returns `None` if the store did not apply the rotation. Read the grant and call [`Grant::refresh`] again.
    #[must_use]
    pub fn stored(self, race: Race) -> Option<Issuance> {
        match race {
            Race::Won => Some(self.issuance),
            Race::Lost => None,
        }
    }

    fn for_resources(mut self, resources: &[Resource]) -> Self {
        self.issuance = self.issuance.for_resources(resources);
        self
    }
}

/// Presented generation compared with the stored generation.
enum Presented {
    /// Equal to the stored generation, or greater. A failover may lose rotations that the server already answered.
    /// The seal proves that this server issued the token, so the grant catches up.
    Current,
    /// Directly before the stored generation and within the leeway: a retry, or two browser tabs.
    JustRotated,
    /// Older, or rotated longer ago than the leeway: a copied token.
    Replayed,
}

impl Grant {
    /// Decides a refresh.
    ///
    /// Runs [`REFRESH_CHECKS`]. A replayed generation returns [`Decision::Revoke`].
    ///
    /// `scope` and `resources` (RFC 8707 section 2.2) are the raw parameters. They can only narrow the grant, and they
    /// affect only the access token of this response. Without them, the response has the full scope and resources of
    /// the grant. The client's current registration does not limit them: a scope token or resource that was removed
    /// from the registration after the authorization is still issued.
    pub fn refresh(
        &self,
        token: &RefreshToken,
        scope: RequestedScope<'_>,
        resources: &[&str],
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Refreshed> {
        let mut narrowed = Narrowed::default();
        let requested = (scope, resources);
        let checked = check_refresh(
            self,
            token,
            requested,
            caller,
            lifetimes,
            now,
            &mut narrowed,
        );
        match checked {
            Ok(()) => Decision::Issue(
                self.refreshed(token, narrowed.scope, caller, lifetimes, now)
                    .for_resources(&narrowed.resources),
            ),
            Err(Refusal::RefreshTokenReplayed) => {
                Decision::Revoke(self.id(), Refusal::RefreshTokenReplayed)
            }
            Err(refusal) => Decision::Refuse(refusal),
        }
    }

    fn check_not_replayed(
        &self,
        token: &RefreshToken,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match self.meaning_of(token.generation(), lifetimes, now) {
            Presented::Current | Presented::JustRotated => Ok(()),
            Presented::Replayed => Err(Refusal::RefreshTokenReplayed),
        }
    }

    fn narrow_scope(
        &self,
        requested: RequestedScope<'_>,
        narrowed: &mut Narrowed,
    ) -> Result<(), Refusal> {
        let granted = &self.authorization().access.scope;
        narrowed.scope = granted.narrowed(requested, Refusal::ScopeBeyondGrant)?;
        Ok(())
    }

    fn narrow_resources(&self, requested: &[&str], narrowed: &mut Narrowed) -> Result<(), Refusal> {
        let granted = &self.authorization().access.resources;
        narrowed.resources = narrowed_or_all(requested, granted)?;
        Ok(())
    }

    fn check_grant_of(&self, token: &RefreshToken) -> Result<(), Refusal> {
        if self.id() == token.grant() {
            Ok(())
        } else {
            Err(Refusal::GrantMismatch)
        }
    }

    fn check_refreshing_client(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if *self.authorization().client() == caller.client().id {
            Ok(())
        } else {
            let owner = Evidence::of(self.authorization().client());
            Err(Refusal::RefreshTokenOfAnotherClient(owner))
        }
    }

    /// A confidential client without credentials may refresh only a grant that is bound to a code verifier.
    fn check_secret_or_verifier(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if caller.owes_a_verifier() && !self.authorization().bound_to_verifier {
            Err(Refusal::SecretMissing)
        } else {
            Ok(())
        }
    }

    const fn check_not_revoked(&self) -> Result<(), Refusal> {
        match self.facts.revoked_at {
            Some(_) => Err(Refusal::GrantRevoked),
            None => Ok(()),
        }
    }

    fn check_not_expired(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.facts.expires_at.has_passed(now) {
            Err(Refusal::GrantExpired)
        } else {
            Ok(())
        }
    }

    fn meaning_of(&self, generation: u32, lifetimes: &Lifetimes, now: Timestamp) -> Presented {
        match generation.cmp(&self.facts.generation) {
            Ordering::Equal | Ordering::Greater => Presented::Current,
            Ordering::Less => {
                let is_the_one_before = generation.saturating_add(1) == self.facts.generation;
                let is_in_time = now.since(self.facts.rotated_at) < lifetimes.refresh_leeway();
                if is_the_one_before && is_in_time {
                    Presented::JustRotated
                } else {
                    Presented::Replayed
                }
            }
        }
    }

    fn refreshed(
        &self,
        token: &RefreshToken,
        scope: Scope,
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Refreshed {
        let rotation = Rotation {
            grant: self.id(),
            presented: token.generation(),
            now,
            expires_at: now.plus(caller.client().refresh_token_lifetime(lifetimes)),
        };
        let presented = self.meaning_of(token.generation(), lifetimes, now);
        let (rotation, expires_at) = match presented {
            Presented::Current => (Some(rotation), rotation.expires_at),
            Presented::JustRotated | Presented::Replayed => (None, self.facts.expires_at),
        };
        let successor = RefreshToken::of(self, token.generation().saturating_add(1));
        let client = caller.client();
        let authorization = self.authorization();
        // OpenID Connect Core section 12.2: auth_time stays that of the sign-in, and nonce is omitted.
        let mut issuance = Issuance::of_access_token(
            client,
            client
                .openid
                .subject_type
                .subject_of(&authorization.subject),
            scope,
            lifetimes,
            now,
        )
        .with_id_token(client, authorization, None, lifetimes);
        issuance.root = Root::Grant(self.id());
        issuance.owner = Some(authorization.subject.clone());
        issuance.refresh_token = Some(RefreshTokenFacts {
            token: successor,
            lifetime: expires_at.since(now),
        });
        Refreshed { rotation, issuance }
    }
}

checks! {
    /// Checks of a refresh, in order.
    ///
    /// The grant check comes first, because the other checks compare the token with the row of its grant. The client
    /// check precedes the replay check: another client with a stolen token must not be able to revoke the grant. The
    /// replay check precedes the scope check: a replay revokes the grant regardless of the requested scope.
    pub const REFRESH_CHECKS;
    /// Runs [`REFRESH_CHECKS`]. Puts scope and resources of the access token into `narrowed`.
    fn check_refresh(
        grant: &Grant,
        token: &RefreshToken,
        requested: (RequestedScope<'_>, &[&str]),
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
        narrowed: &mut Narrowed,
    );
    /// The refresh token belongs to the stored grant.
    grant_matches ["grant_mismatch"] => grant.check_grant_of(token),
    /// The client is registered for the grant type `refresh_token`.
    grant_type_registered ["grant_type_not_allowed"] => caller.client().may_use(&GrantType::REFRESH_TOKEN),
    /// The refresh token was issued to this client.
    client_matches ["refresh_token_of_another_client"] => grant.check_refreshing_client(caller),
    /// The client has authenticated, or the grant is bound to a code verifier.
    secret_or_verifier ["secret_missing"] => grant.check_secret_or_verifier(caller),
    /// The grant was not revoked.
    grant_not_revoked ["grant_revoked"] => grant.check_not_revoked(),
    /// The grant has not expired.
    grant_not_expired ["grant_expired"] => grant.check_not_expired(now),
    /// The refresh token is the latest one of its grant, or was rotated within the leeway.
    refresh_token_not_replayed ["refresh_token_replayed"] => grant.check_not_replayed(token, lifetimes, now),
    /// The grant includes the scope.
    scope_granted ["scope_malformed", "scope_beyond_grant"] => grant.narrow_scope(requested.0, narrowed),
    /// The grant includes the resources.
    resources_granted ["resource_not_allowed"] => grant.narrow_resources(requested.1, narrowed),
}

#[cfg(test)]
mod tests;
