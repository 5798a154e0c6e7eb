//! Checks of a client that an authorization request names: its status and its code challenge.

use crate::authorize::policy::RequestPolicy;
use crate::client::{Client, ClientStatus, ClientType, MissingChallenge, PkceRequirement};
use crate::evidence::Evidence;
use crate::grant::pkce::{ChallengeMethod, CodeChallenge};
use crate::refusal::Refusal;
use crate::scope::Scope;

impl Client {
    /// Checks that the client is active.
    pub fn check_active(&self) -> Result<(), Refusal> {
        if self.status == ClientStatus::Active {
            Ok(())
        } else {
            Err(Refusal::ClientDisabled)
        }
    }

    /// Checks that the client may send a request without a code challenge (RFC 9700 section 2.1.1). `scope` is the
    /// granted scope: without `openid` in it, there is no ID token to compare the nonce with.
    pub(super) fn check_without_challenge(
        &self,
        scope: &Scope,
        nonce: Option<&str>,
        policy: RequestPolicy,
    ) -> Result<(), Refusal> {
        if policy.pkce_for_all || self.client_type == ClientType::Public {
            return Err(Refusal::ChallengeMissing(MissingChallenge::NoAlternative));
        }
        let has_nonce =
            scope.contains(Scope::OPENID) && nonce.is_some_and(|nonce| !nonce.is_empty());
        match self.pkce.required {
            PkceRequirement::Never => Ok(()),
            PkceRequirement::UnlessNonce if has_nonce => Ok(()),
            PkceRequirement::UnlessNonce => {
                Err(Refusal::ChallengeMissing(MissingChallenge::UnlessNonce))
            }
            PkceRequirement::Always => Err(Refusal::ChallengeMissing(MissingChallenge::Always)),
        }
    }

    /// Parses the code challenge. `None` if there is none.
    pub(super) fn challenge(
        &self,
        challenge: Option<&str>,
        method: Option<&str>,
    ) -> Result<Option<CodeChallenge>, Refusal> {
        let Some(challenge) = challenge else {
            return match method {
                Some(_) => Err(Refusal::ChallengeMethodWithoutChallenge),
                None => Ok(None),
            };
        };
        match ChallengeMethod::parse(method) {
            Some(ChallengeMethod::Plain) if !self.pkce.plain_allowed => {
                Err(Refusal::ChallengeMethodNotAllowed(Evidence::of("plain")))
            }
            Some(method) => CodeChallenge::parse(challenge, method)
                .map(Some)
                .map_err(|_| Refusal::ChallengeMalformed),
            None => Err(Refusal::ChallengeMethodNotAllowed(Evidence::of(
                method.unwrap_or_default(),
            ))),
        }
    }
}
