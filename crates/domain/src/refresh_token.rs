//! Refresh tokens and their rotation (RFC 6749 section 6, RFC 9700 section 4.14).

use crate::authentication::Authentication;
use crate::claims_request::RequestedClaims;
use crate::client::{ClientId, GrantType};
use crate::client_authentication::AuthenticatedClient;
use crate::decision::Decision;
use crate::grant::Grant;
use crate::identifier::{GrantId, Subject};
use crate::issuance::{Issuance, RefreshTokenFacts};
use crate::lifetimes::Lifetimes;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed_or_all};
use crate::scope::Scope;
use crate::time::Timestamp;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// What a refresh token says: the facts of its grant that never change, and a generation. It is stored
/// nowhere; a seal on the wire proves that it was issued.
///
/// Because it brings the facts, the usual refresh needs one statement of the store, the rotation, and no
/// reading before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Which grant.
    pub grant: GrantId,
    /// [`Grant::client`].
    pub client: ClientId,
    /// [`Grant::subject`].
    pub subject: Subject,
    /// [`Grant::scope`].
    pub scope: Scope,
    /// [`Grant::authentication`].
    pub authentication: Authentication,
    /// [`Grant::claims`].
    pub claims: RequestedClaims,
    /// [`Grant::resources`].
    pub resources: Vec<Resource>,
    /// [`Grant::bound_to_verifier`].
    pub bound_to_verifier: bool,
    /// Which generation of the grant.
    pub generation: u32,
}

impl RefreshToken {
    /// The token of a generation of `grant`.
    #[must_use]
    pub fn of(grant: &Grant, generation: u32) -> Self {
        Self {
            grant: grant.id,
            client: grant.client.clone(),
            subject: grant.subject.clone(),
            scope: grant.scope.clone(),
            authentication: grant.authentication,
            claims: grant.claims,
            resources: grant.resources.clone(),
            bound_to_verifier: grant.bound_to_verifier,
            generation,
        }
    }

    /// The grant as it is if this token is the current one and nothing has ended the grant: what the
    /// first judgment can start from. Whether it is so is the condition of the rotation; when that
    /// race is lost, read the stored grant and judge again.
    #[must_use]
    pub fn presumed_grant(&self, now: Timestamp) -> Grant {
        Grant {
            id: self.grant,
            client: self.client.clone(),
            subject: self.subject.clone(),
            scope: self.scope.clone(),
            authentication: self.authentication,
            claims: self.claims,
            resources: self.resources.clone(),
            bound_to_verifier: self.bound_to_verifier,
            generation: self.generation,
            rotated_at: now,
            expires_at: Timestamp::from_unix_seconds(u64::MAX),
            revoked_at: None,
        }
    }
}

/// A refresh token that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// To be carried out by the store first; `None` when the rotation has happened already and its
    /// answer is only repeated. If the store was faster for somebody else, read and judge again.
    pub rotation: Option<Rotation>,
    /// To be issued then.
    pub issuance: Issuance,
}

impl Refreshed {
    fn for_resources(mut self, resources: &[Resource]) -> Self {
        self.issuance = self.issuance.for_resources(resources);
        self
    }
}

/// A step from one generation to the next, for a store to carry out on one condition: the stored
/// generation is at most [`Rotation::presented`], and the grant neither revoked nor expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Which grant.
    pub grant: GrantId,
    /// The generation of the token that was presented.
    pub presented: u32,
    /// The time of the request; becomes [`Grant::rotated_at`].
    pub now: Timestamp,
    /// Becomes [`Grant::expires_at`].
    pub expires_at: Timestamp,
}

impl Rotation {
    /// The generation that the grant has afterwards.
    #[must_use]
    pub const fn successor(&self) -> u32 {
        self.presented.saturating_add(1)
    }

    /// Whether a store that holds `grant` may carry this out: the condition of the statement that a
    /// store runs, for a store that holds grants as values.
    #[must_use]
    pub fn applies_to(&self, grant: &Grant) -> bool {
        grant.generation <= self.presented && grant.is_live(self.now)
    }
}

/// What a presented generation means to a stored one.
enum Presented {
    /// The current token, or one that the store forgot about: after a fail-over it may have lost
    /// rotations that were answered. The MAC says that we issued it, so the grant catches up.
    Current,
    /// The one before, just rotated: a retry, or two tabs.
    JustRotated,
    /// Older, or rotated too long ago: somebody kept a copy.
    Replayed,
}

impl Grant {
    /// Judges a refresh. `scope` is the parameter as it came: it can only narrow, and only the access
    /// token of this response; the grant stays as it is. So do `resources` (RFC 8707 section 2.2), those that
    /// were named one by one.
    ///
    /// Ownership comes before replay: a stolen token in another client's hands must not log its owner
    /// out. Replay comes before the scope: a replay is punished however it is dressed.
    pub fn refresh(
        &self,
        token: &RefreshToken,
        scope: Option<&str>,
        resources: &[&str],
        caller: &AuthenticatedClient<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Refreshed> {
        if let Err(refusal) = self.admits(caller, now) {
            return Decision::Refuse(refusal);
        }
        let presented = self.meaning_of(token.generation, lifetimes, now);
        if matches!(presented, Presented::Replayed) {
            return Decision::Revoke(self.id, Refusal::RefreshTokenReplayed);
        }
        let narrowed = self
            .scope
            .narrowed(scope, Refusal::ScopeBeyondGrant)
            .and_then(|scope| Ok((scope, narrowed_or_all(resources, &self.resources)?)));
        match narrowed {
            Err(refusal) => Decision::Refuse(refusal),
            Ok((scope, resources)) => Decision::Issue(
                self.refreshed(token, scope, &presented, caller, lifetimes, now)
                    .for_resources(&resources),
            ),
        }
    }

    fn admits(&self, caller: &AuthenticatedClient<'_>, now: Timestamp) -> Result<(), Refusal> {
        caller.client().may_use(GrantType::RefreshToken)?;
        if self.client != caller.client().id {
            return Err(Refusal::RefreshTokenOfAnotherClient);
        }
        if caller.owes_a_verifier() && !self.bound_to_verifier {
            return Err(Refusal::SecretMissing);
        }
        if self.revoked_at.is_some() {
            return Err(Refusal::GrantRevoked);
        }
        if self.expires_at.has_passed(now) {
            return Err(Refusal::GrantExpired);
        }
        Ok(())
    }

    fn meaning_of(&self, generation: u32, lifetimes: &Lifetimes, now: Timestamp) -> Presented {
        match generation.cmp(&self.generation) {
            Ordering::Equal | Ordering::Greater => Presented::Current,
            Ordering::Less => {
                let is_the_one_before = generation.saturating_add(1) == self.generation;
                let is_in_time = now.since(self.rotated_at) < lifetimes.refresh_leeway;
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
        presented: &Presented,
        caller: &AuthenticatedClient<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Refreshed {
        let rotation = Rotation {
            grant: self.id,
            presented: token.generation,
            now,
            expires_at: now.plus(caller.client().refresh_token_lifetime(lifetimes)),
        };
        let (rotation, expires_at) = match presented {
            Presented::Current => (Some(rotation), rotation.expires_at),
            Presented::JustRotated | Presented::Replayed => (None, self.expires_at),
        };
        let successor = RefreshToken::of(self, token.generation.saturating_add(1));
        let client = caller.client();
        let claims = client.id_token_claims(&scope, self.claims);
        // OpenID Connect Core section 12.2: the auth_time of the login, and no nonce.
        let mut issuance = Issuance::of_access_token(
            client,
            client.openid.subject_type.subject_of(&self.subject),
            scope,
            lifetimes,
            now,
        )
        .with_id_token(&self.subject, self.authentication, None, claims, lifetimes);
        issuance.grant = Some(self.id);
        issuance.refresh_token = Some(RefreshTokenFacts {
            token: successor,
            lifetime: expires_at.since(now),
        });
        Refreshed { rotation, issuance }
    }
}

#[cfg(test)]
mod tests;
