//! Authorization codes and their redemption (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

use crate::authorize::CodeBinding;
use crate::checks::checks;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::evidence::Evidence;
use crate::grant::Grant;
use crate::grant::authorization::Authorization;
use crate::grant::pkce::{CodeChallenge, CodeVerifier};
use crate::grant::refresh_token::RefreshToken;
use crate::identifier::GrantId;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed_or_all};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::issuance::{Issuance, RefreshTokenFacts};
use crate::user::{PasswordMark, User};

/// The facts of an authorization, waiting for the code to be redeemed. They travel sealed in the code
/// itself; nothing is stored until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Identifier of the grant that redeeming makes. Its uniqueness is what makes the code single-use.
    pub grant: GrantId,
    /// What was granted, by whom.
    pub authorization: Authorization,
    /// What the redemption must match.
    pub binding: CodeBinding,
    /// Mark of the password that the user signed in with; `None` for a sign-in in a session, which ends by itself
    /// when the password changes.
    pub password: Option<PasswordMark>,
    /// When the code expires.
    pub expires_at: Timestamp,
}

/// The parameters that come with a code, as they came.
#[derive(Clone, Copy)]
pub struct CodeExchange<'a> {
    /// `redirect_uri`.
    pub redirect_uri: &'a str,
    /// `code_verifier`.
    pub code_verifier: Option<&'a str>,
    /// `resource`, each (RFC 8707 section 2.2): it narrows the access token of this response alone.
    pub resources: &'a [&'a str],
}

/// A code that may be redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// To be stored, unless a grant of this name is there already: then the code is a replay, and
    /// [`AuthorizationCode::replayed`] says what follows.
    pub grant: Grant,
    /// To be issued once the grant is stored.
    pub issuance: Issuance,
}

impl AuthorizationCode {
    /// Judges an exchange of this code for tokens.
    ///
    /// Runs [`REDEMPTION_CHECKS`], then narrows the resources.
    pub fn redeem(
        &self,
        exchange: &CodeExchange<'_>,
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Redemption> {
        self.judge(exchange, caller, now)
            .map(|resources| self.redemption(&resources, caller, lifetimes, now))
            .into()
    }

    /// Whether the user may have tokens for it, as the user is once the grant is stored.
    pub fn check_user(&self, user: &User) -> Result<(), Refusal> {
        if !user.enabled {
            return Err(Refusal::UserDisabled);
        }
        self.password.map_or(Ok(()), |mark| user.still_has(mark))
    }

    /// What follows when the store had a grant of this code's name: the code was redeemed before
    /// (RFC 6749 section 4.1.2: deny, and revoke all tokens issued from it).
    pub const fn replayed<T>(&self) -> Decision<T> {
        Decision::Revoke(self.grant, Refusal::CodeReplayed)
    }

    fn judge(
        &self,
        exchange: &CodeExchange<'_>,
        caller: &Caller<'_>,
        now: Timestamp,
    ) -> Result<alloc::vec::Vec<Resource>, Refusal> {
        check_redemption(self, exchange, caller, now)?;
        narrowed_or_all(exchange.resources, &self.authorization.access.resources)
    }

    fn check_client(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if *self.authorization.client() == caller.client().id {
            Ok(())
        } else {
            let owner = Evidence::of(self.authorization.client());
            Err(Refusal::CodeOfAnotherClient(owner))
        }
    }

    fn check_expiry(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.expires_at.has_passed(now) {
            Err(Refusal::CodeExpired)
        } else {
            Ok(())
        }
    }

    fn check_redirect_uri(&self, presented: &str) -> Result<(), Refusal> {
        if self.binding.redirect_uri.is(presented) {
            Ok(())
        } else {
            Err(Refusal::RedirectUriMismatch(Evidence::of(presented)))
        }
    }

    /// A confidential client that showed no secret needs a challenge in its place.
    fn check_secret_or_challenge(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if caller.owes_a_verifier() && self.binding.challenge.is_none() {
            Err(Refusal::SecretMissing)
        } else {
            Ok(())
        }
    }

    fn redemption(
        &self,
        for_resources: &[Resource],
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Redemption {
        let client = caller.client();
        let authorization = &self.authorization;
        let mut issuance = Issuance::of_access_token(
            client,
            client
                .openid
                .subject_type
                .subject_of(&authorization.subject),
            authorization.scope().clone(),
            lifetimes,
            now,
        )
        .for_resources(for_resources)
        .with_id_token(client, authorization, self.binding.nonce.clone(), lifetimes);
        issuance.grant = Some(self.grant);
        let may_refresh = client.may_use(&GrantType::REFRESH_TOKEN).is_ok();
        let lifetime = client.refresh_token_lifetime(lifetimes);
        let lives_until = if may_refresh { now.plus(lifetime) } else { now };
        let grant = Grant {
            id: self.grant,
            authorization: authorization.clone(),
            generation: 0,
            rotated_at: now,
            // A row that was gone before its code expired would let the code be redeemed again.
            expires_at: lives_until.max(issuance.expires_at).max(self.expires_at),
            revoked_at: None,
        };
        if may_refresh {
            let token = RefreshToken::of(&grant, 0);
            issuance.refresh_token = Some(RefreshTokenFacts { token, lifetime });
        }
        Redemption { grant, issuance }
    }
}

checks! {
    /// The checks of a redemption, in order.
    ///
    /// Ownership comes first, so that a stolen code in another client's hands has no consequence for its owner. The
    /// verifier comes before the store is asked, so that an attacker without it can neither use up the code nor have
    /// its grant revoked as a replay.
    pub const REDEMPTION_CHECKS;
    /// Runs [`REDEMPTION_CHECKS`].
    fn check_redemption(
        code: &AuthorizationCode,
        exchange: &CodeExchange<'_>,
        caller: &Caller<'_>,
        now: Timestamp,
    );
    grant_type_registered => caller.client().may_use(&GrantType::AUTHORIZATION_CODE),
    client_matches => code.check_client(caller),
    code_not_expired => code.check_expiry(now),
    redirect_uri_matches => code.check_redirect_uri(exchange.redirect_uri),
    secret_or_challenge => code.check_secret_or_challenge(caller),
    code_verifier_matches => prove(code.binding.challenge.as_ref(), exchange.code_verifier),
}

/// RFC 7636 section 4.6, and OAuth 2.1 section 4.1.3 for the verifier that nobody asked for.
fn prove(challenge: Option<&CodeChallenge>, verifier: Option<&str>) -> Result<(), Refusal> {
    let (challenge, verifier) = match (challenge, verifier) {
        (None, None) => return Ok(()),
        (None, Some(_)) => return Err(Refusal::VerifierUnexpected),
        (Some(_), None) => return Err(Refusal::VerifierMissing),
        (Some(challenge), Some(verifier)) => (challenge, verifier),
    };
    let verifier = CodeVerifier::parse(verifier).map_err(|_| Refusal::VerifierMalformed)?;
    if challenge.is_answered_by(&verifier) {
        Ok(())
    } else {
        Err(Refusal::VerifierMismatch)
    }
}

#[cfg(test)]
mod tests;
