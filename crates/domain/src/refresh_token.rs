//! Refresh tokens and their rotation (RFC 6749 section 6, RFC 9700 section 4.14).

use crate::client::{ClientId, GrantType};
use crate::client_authentication::AuthenticatedClient;
use crate::decision::Decision;
use crate::grant::Grant;
use crate::identifier::{GrantId, Subject};
use crate::issuance::{Issuance, RefreshTokenFacts};
use crate::lifetimes::Lifetimes;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::time::Timestamp;
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
    /// [`Grant::auth_time`].
    pub auth_time: Timestamp,
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
            auth_time: grant.auth_time,
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
            auth_time: self.auth_time,
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
    /// token of this response; the grant stays as it is.
    ///
    /// Ownership comes before replay: a stolen token in another client's hands must not log its owner
    /// out. Replay comes before the scope: a replay is punished however it is dressed.
    pub fn refresh(
        &self,
        token: &RefreshToken,
        scope: Option<&str>,
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
        self.scope
            .narrowed(scope, Refusal::ScopeBeyondGrant)
            .map(|scope| self.refreshed(token, scope, &presented, caller, lifetimes, now))
            .into()
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
            expires_at: now.plus(lifetimes.of_refresh_token(caller.client())),
        };
        let (rotation, expires_at) = match presented {
            Presented::Current => (Some(rotation), rotation.expires_at),
            Presented::JustRotated | Presented::Replayed => (None, self.expires_at),
        };
        let successor = RefreshToken::of(self, token.generation.saturating_add(1));
        // OpenID Connect Core section 12.2: the auth_time of the login, and no nonce.
        let mut issuance =
            Issuance::of_access_token(caller.client(), self.subject.clone(), scope, lifetimes, now)
                .with_id_token(self.auth_time, None, lifetimes);
        issuance.grant = Some(self.id);
        issuance.refresh_token = Some(RefreshTokenFacts {
            token: successor,
            lifetime: expires_at.since(now),
        });
        Refreshed { rotation, issuance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Client, ClientId};
    use crate::client_authentication::Credential;
    use crate::test_facts::{NOW, confidential_client, grant_of, secret};
    use core::time::Duration;
    use proptest::prelude::*;

    fn refresh(
        client: &Client,
        grant: &Grant,
        generation: u32,
        scope: Option<&str>,
        now: Timestamp,
    ) -> Decision<Refreshed> {
        let caller = client
            .authenticate(&Credential::Secret(secret()), now)
            .unwrap();
        let token = RefreshToken::of(grant, generation);
        grant.refresh(&token, scope, &caller, &Lifetimes::DEFAULT, now)
    }

    fn issued(decision: Decision<Refreshed>) -> Refreshed {
        match decision {
            Decision::Issue(refreshed) => refreshed,
            other => panic!("{other:?}"),
        }
    }

    fn successor(refreshed: &Refreshed) -> u32 {
        refreshed
            .issuance
            .refresh_token
            .as_ref()
            .unwrap()
            .token
            .generation
    }

    fn grant_at(generation: u32) -> (Client, Grant) {
        let client = confidential_client();
        let grant = Grant {
            generation,
            ..grant_of(&client)
        };
        (client, grant)
    }

    #[test]
    fn the_current_token_is_rotated() {
        let (client, grant) = grant_at(3);
        let refreshed = issued(refresh(&client, &grant, 3, None, NOW));
        assert_eq!(
            refreshed.rotation.map(|rotation| rotation.successor()),
            Some(4)
        );
        assert_eq!(successor(&refreshed), 4);
    }

    #[test]
    fn within_the_leeway_a_retry_gets_the_same_successor_and_writes_nothing() {
        let (client, grant) = grant_at(4);
        let in_time = NOW.plus(Duration::from_secs(29));
        let refreshed = issued(refresh(&client, &grant, 3, None, in_time));
        assert_eq!((refreshed.rotation, successor(&refreshed)), (None, 4));
    }

    #[test]
    fn after_the_leeway_a_replay_revokes_the_grant() {
        let (client, grant) = grant_at(4);
        let late = NOW.plus(Duration::from_secs(30));
        let replayed = Decision::Revoke(grant.id, Refusal::RefreshTokenReplayed);
        assert_eq!(refresh(&client, &grant, 3, None, late), replayed);
        assert_eq!(
            refresh(&client, &grant, 3, Some("too wide"), late),
            replayed
        );
    }

    #[test]
    fn using_the_successor_closes_the_leeway() {
        let (client, grant) = grant_at(5);
        assert_eq!(
            refresh(&client, &grant, 3, None, NOW).refusal(),
            Some(Refusal::RefreshTokenReplayed)
        );
    }

    #[test]
    fn what_a_token_presumes_is_judged_as_the_current_grant() {
        let (client, grant) = grant_at(3);
        let token = RefreshToken::of(&grant, 3);
        let presumed = token.presumed_grant(NOW);
        let judged = refresh(&client, &presumed, 3, None, NOW);
        assert_eq!(judged, refresh(&client, &grant, 3, None, NOW));
    }

    #[test]
    fn a_store_that_lost_rotations_catches_up() {
        let (client, grant) = grant_at(2);
        let refreshed = issued(refresh(&client, &grant, 7, None, NOW));
        assert_eq!(
            refreshed.rotation.map(|rotation| rotation.successor()),
            Some(8)
        );
    }

    #[test]
    fn another_client_is_refused_without_consequence_even_for_a_replay() {
        let (client, grant) = grant_at(4);
        let mut other = client;
        other.id = ClientId::parse("other").unwrap();
        let late = NOW.plus(Duration::from_secs(60));
        assert_eq!(
            refresh(&other, &grant, 0, None, late),
            Decision::Refuse(Refusal::RefreshTokenOfAnotherClient)
        );
    }

    #[test]
    fn a_revoked_or_expired_grant_is_refused() {
        let (client, mut grant) = grant_at(0);
        assert_eq!(
            refresh(&client, &grant, 0, None, grant.expires_at).refusal(),
            Some(Refusal::GrantExpired)
        );
        grant.revoked_at = Some(NOW);
        assert_eq!(
            refresh(&client, &grant, 0, None, NOW).refusal(),
            Some(Refusal::GrantRevoked)
        );
    }

    #[test]
    fn the_scope_can_be_narrowed_and_not_widened() {
        let (client, grant) = grant_at(0);
        let narrowed = issued(refresh(&client, &grant, 0, Some("read"), NOW));
        assert_eq!(narrowed.issuance.scope.as_str(), "read");
        assert_eq!(narrowed.issuance.id_token, None);
        assert_eq!(
            refresh(&client, &grant, 0, Some("read admin"), NOW),
            Decision::Refuse(Refusal::ScopeBeyondGrant)
        );
        assert_eq!(
            refresh(&client, &grant, 0, Some("\"\""), NOW),
            Decision::Refuse(Refusal::ScopeMalformed)
        );
    }

    #[test]
    fn aries_10_a_refresh_without_the_secret_is_for_grants_bound_to_a_verifier() {
        let (mut client, mut grant) = grant_at(0);
        client.pkce.replaces_secret = true;
        let caller = client.authenticate(&Credential::None, NOW).unwrap();
        let token = RefreshToken::of(&grant, 0);
        let judged = |grant: &Grant| {
            grant
                .refresh(&token, None, &caller, &Lifetimes::DEFAULT, NOW)
                .refusal()
        };
        assert_eq!(judged(&grant), None);
        grant.bound_to_verifier = false;
        assert_eq!(judged(&grant), Some(Refusal::SecretMissing));
    }

    proptest! {
        #[test]
        fn an_expired_grant_never_issues(generation in 0_u32..9, presented in 0_u32..9, late in 0_u64..1_000_000) {
            let (client, grant) = grant_at(generation);
            let now = grant.expires_at.plus(Duration::from_secs(late));
            prop_assert_eq!(refresh(&client, &grant, presented, None, now).refusal(), Some(Refusal::GrantExpired));
        }

        #[test]
        fn a_grant_outlives_the_code_it_came_from_and_the_token_it_yields(refresh in 1_u64..10_000, code in 1_u64..10_000, access in 1_u64..10_000) {
            let (mut client, grant) = grant_at(0);
            client.access_token_lifetime = Some(Duration::from_secs(access));
            let lifetimes = Lifetimes {
                refresh_token: Duration::from_secs(refresh),
                authorization_code: Duration::from_secs(code),
                ..Lifetimes::DEFAULT
            };
            let caller = client.authenticate(&Credential::Secret(secret()), NOW).unwrap();
            let token = RefreshToken::of(&grant, 0);
            let refreshed = issued(grant.refresh(&token, None, &caller, &lifetimes, NOW));
            let expires_at = refreshed.rotation.unwrap().expires_at;
            prop_assert!(expires_at >= NOW.plus(lifetimes.authorization_code), "a code sealed before now");
            prop_assert!(expires_at >= refreshed.issuance.expires_at);
        }

        #[test]
        fn the_successor_depends_on_the_presented_token_alone(generation in 0_u32..9, presented in 0_u32..9) {
            let (client, grant) = grant_at(generation);
            if let Decision::Issue(refreshed) = refresh(&client, &grant, presented, None, NOW) {
                prop_assert_eq!(successor(&refreshed), presented + 1);
                prop_assert_eq!(refreshed.rotation.is_some(), presented >= generation);
            } else {
                prop_assert!(presented + 1 < generation);
            }
        }
    }
}
