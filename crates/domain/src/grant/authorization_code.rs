//! Authorization codes and their redemption (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

use crate::authorize::CodeBinding;
use crate::checks::checks;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::evidence::Evidence;
use crate::grant::authorization::Authorization;
use crate::grant::pkce::{CodeChallenge, CodeVerifier};
use crate::grant::redemption::Redemption;
use crate::identifier::GrantId;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed_or_all};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::user::{PasswordMark, User};

/// Contents of an authorization code. The code is the sealed form of these facts; the server stores nothing until the
/// client redeems it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Identifier of the grant to create. The code is single-use because this identifier is unique in the store.
    pub grant: GrantId,
    /// Authorization that the new grant records.
    pub authorization: Authorization,
    /// Parameters that the token request must match.
    pub binding: CodeBinding,
    /// Mark of the user's password at sign-in. After a password change, [`AuthorizationCode::check_user`] refuses the
    /// code.
    ///
    /// `None` for a code from a browser session: a password change ends the session, and with it the code.
    pub password: Option<PasswordMark>,
    /// Expiration time.
    pub expires_at: Timestamp,
}

/// Parameters of a token request with a code, not yet validated.
#[derive(Clone, Copy)]
pub struct CodeExchange<'a> {
    /// `redirect_uri`.
    pub redirect_uri: &'a str,
    /// `code_verifier`.
    pub code_verifier: Option<&'a str>,
    /// All values of `resource` (RFC 8707 section 2.2). They narrow only the access token of this response.
    pub resources: &'a [&'a str],
}

impl AuthorizationCode {
    /// Decides whether the client may redeem this code.
    ///
    /// Runs [`REDEMPTION_CHECKS`], then narrows the resources.
    ///
    /// The caller must then store the grant, pass the answer of the store to [`Redemption::stored`], call
    /// [`AuthorizationCode::check_user`], and only then issue tokens.
    pub fn redeem(
        &self,
        exchange: &CodeExchange<'_>,
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Redemption> {
        self.judge(exchange, caller, now)
            .map(|resources| Redemption::of(self, &resources, caller, lifetimes, now))
            .into()
    }

    /// Checks that the user is the resource owner, is enabled and still has the password of the sign-in.
    ///
    /// Call this after the grant is stored, with a user read after that. If it refuses, revoke the grant. A concurrent
    /// disable or password change then cannot be missed: it marks the user first and then revokes all stored grants.
    pub fn check_user(&self, user: &User) -> Result<(), Refusal> {
        if !self.authorization.subject.is_user(user.id) {
            return Err(Refusal::UserMismatch);
        }
        if !user.enabled {
            return Err(Refusal::UserDisabled);
        }
        self.password.map_or(Ok(()), |mark| user.still_has(mark))
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

    /// Rejects an expired authorization code.
    fn check_expiry(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.expires_at.has_passed(now) {
            Err(Refusal::CodeExpired)
        } else {
            Ok(())
        }
    }

    /// Compares the redirect URI with that of the authorization request (RFC 6749 section 4.1.3).
    fn check_redirect_uri(&self, presented: &str) -> Result<(), Refusal> {
        if self.binding.redirect_uri.is(presented) {
            Ok(())
        } else {
            Err(Refusal::RedirectUriMismatch(Evidence::of(presented)))
        }
    }

    /// A confidential client without credentials may redeem only a code that is bound to a challenge.
    fn check_secret_or_challenge(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if caller.owes_a_verifier() && self.binding.challenge.is_none() {
            Err(Refusal::SecretMissing)
        } else {
            Ok(())
        }
    }
}

checks! {
    /// Checks of a code redemption, in order.
    ///
    /// The client check precedes all checks of the code, so another client cannot affect the owner of a stolen code.
    /// All checks precede the store write. An attacker without the code verifier can neither use up the code nor
    /// revoke the grant with a replay.
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

/// Checks the code verifier (RFC 7636 section 4.6). OAuth 2.1 section 4.1.3 rejects a verifier without a challenge.
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
