//! Refresh tokens and their rotation (RFC 6749 section 6, RFC 9700 section 4.14).

use crate::checks::checks;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::evidence::Evidence;
use crate::grant::Grant;
use crate::grant::authorization::Authorization;
use crate::identifier::GrantId;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed_or_all};
use crate::scope::Scope;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::issuance::{Issuance, RefreshTokenFacts};
use core::cmp::Ordering;

/// What a refresh token says: a generation of a grant, and mostly the grant's authorization. It is stored
/// nowhere; a seal on the wire proves that it was issued.
///
/// Because it brings the authorization, the usual refresh needs one statement of the store, the rotation, and no
/// read before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Identifier of the grant.
    pub grant: GrantId,
    /// Generation of the grant.
    pub generation: u32,
    /// [`Grant::authorization`]; `None` in a token whose authorization is too long to travel. The refresh then reads the
    /// stored grant first.
    pub authorization: Option<Authorization>,
}

impl RefreshToken {
    /// The token of a generation of `grant`.
    #[must_use]
    pub fn of(grant: &Grant, generation: u32) -> Self {
        Self {
            grant: grant.id,
            generation,
            authorization: Some(grant.authorization.clone()),
        }
    }

    /// The grant as it is if this token is the current one and nothing has ended the grant: what the
    /// first judgment can start from. Whether it is so is the condition of the rotation; when that
    /// race is lost, read the stored grant and judge again. `None` if the token does not bring the authorization.
    #[must_use]
    pub fn presumed_grant(&self, now: Timestamp) -> Option<Grant> {
        self.authorization.clone().map(|authorization| Grant {
            id: self.grant,
            authorization,
            generation: self.generation,
            rotated_at: now,
            expires_at: Timestamp::from_unix_seconds(u64::MAX),
            revoked_at: None,
        })
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
    /// Runs [`REFRESH_CHECKS`], then judges the generation, the scope and the resources.
    pub fn refresh(
        &self,
        token: &RefreshToken,
        scope: Option<&str>,
        resources: &[&str],
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Refreshed> {
        if let Err(refusal) = check_refresh(self, caller, now) {
            return Decision::Refuse(refusal);
        }
        let presented = self.meaning_of(token.generation, lifetimes, now);
        if matches!(presented, Presented::Replayed) {
            return Decision::Revoke(self.id, Refusal::RefreshTokenReplayed);
        }
        let access = &self.authorization.access;
        let narrowed = access
            .scope
            .narrowed(scope, Refusal::ScopeBeyondGrant)
            .and_then(|scope| Ok((scope, narrowed_or_all(resources, &access.resources)?)));
        match narrowed {
            Err(refusal) => Decision::Refuse(refusal),
            Ok((scope, resources)) => Decision::Issue(
                self.refreshed(token, scope, &presented, caller, lifetimes, now)
                    .for_resources(&resources),
            ),
        }
    }

    fn check_refreshing_client(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if *self.authorization.client() == caller.client().id {
            Ok(())
        } else {
            let owner = Evidence::of(self.authorization.client());
            Err(Refusal::RefreshTokenOfAnotherClient(owner))
        }
    }

    /// A confidential client that showed no secret may refresh only what is bound to a code verifier.
    fn check_secret_or_verifier(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if caller.owes_a_verifier() && !self.authorization.bound_to_verifier {
            Err(Refusal::SecretMissing)
        } else {
            Ok(())
        }
    }

    const fn check_not_revoked(&self) -> Result<(), Refusal> {
        match self.revoked_at {
            Some(_) => Err(Refusal::GrantRevoked),
            None => Ok(()),
        }
    }

    fn check_not_expired(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.expires_at.has_passed(now) {
            Err(Refusal::GrantExpired)
        } else {
            Ok(())
        }
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
        caller: &Caller<'_>,
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
        let authorization = &self.authorization;
        // OpenID Connect Core section 12.2: the auth_time of the sign-in, and no nonce.
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
        issuance.grant = Some(self.id);
        issuance.refresh_token = Some(RefreshTokenFacts {
            token: successor,
            lifetime: expires_at.since(now),
        });
        Refreshed { rotation, issuance }
    }
}

checks! {
    /// The checks of a refresh, in order. A replayed generation is judged after them, and the scope after that.
    ///
    /// Ownership comes before replay: a stolen token in another client's hands must not sign its owner out. Replay comes
    /// before the scope: a replay revokes the grant whatever scope it asks for.
    pub const REFRESH_CHECKS;
    /// Runs [`REFRESH_CHECKS`].
    fn check_refresh(grant: &Grant, caller: &Caller<'_>, now: Timestamp);
    grant_type_registered => caller.client().may_use(&GrantType::REFRESH_TOKEN),
    client_matches => grant.check_refreshing_client(caller),
    secret_or_verifier => grant.check_secret_or_verifier(caller),
    grant_not_revoked => grant.check_not_revoked(),
    grant_not_expired => grant.check_not_expired(now),
}

#[cfg(test)]
mod tests;
