//! Authorization codes and their redemption (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

use crate::checks::checks;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::evidence::Evidence;
use crate::grant::authorization::Authorization;
use crate::grant::code_binding::CodeBinding;
use crate::grant::pkce::{CodeChallenge, CodeVerifier};
use crate::grant::redemption::{NewGrant, Redemption};
use crate::identifier::GrantId;
use crate::login::session::Session;
use crate::parameter::present;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed_or_all};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::user::{PasswordMark, User};
use alloc::vec::Vec;

/// Contents of an authorization code. The code is the sealed form of these facts; the server stores nothing until the
/// client redeems it.
///
/// [`RequestedGrant::code`](crate::authorize::RequestedGrant::code) creates a code from a validated authorization
/// request. [`AuthorizationCode::from_sealed`] creates it from a sealed value. A code therefore cannot have an
/// unchecked lifetime or code challenge:
///
/// ```compile_fail,E0451
/// # use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
/// fn unchecked(facts: CodeFacts) -> AuthorizationCode {
///     AuthorizationCode { facts }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    facts: CodeFacts,
}

/// Fields of an [`AuthorizationCode`], for a codec to seal and open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFacts {
    /// Identifier of the grant to create. The code is single-use because this identifier is unique in the store.
    pub grant: GrantId,
    /// Authorization that the new grant records.
    pub authorization: Authorization,
    /// Parameters that the token request must match.
    pub binding: CodeBinding,
    /// Mark of the user's password at sign-in. If the password changes, [`AuthorizationCode::check_user`] refuses the
    /// code.
    ///
    /// `None` for a code from a browser session. A password change ends the session, and the server refuses a code
    /// whose session has ended.
    pub password: Option<PasswordMark>,
    /// Expiration time.
    pub expires_at: Timestamp,
}

/// Parameters of a token request with a code, not yet validated. An empty parameter counts as absent
/// (RFC 6749 section 3.2).
#[derive(Clone, Copy)]
pub struct CodeExchange<'a> {
    /// `redirect_uri`. May be absent if the code has a challenge.
    pub redirect_uri: Option<&'a str>,
    /// `code_verifier`.
    pub code_verifier: Option<&'a str>,
    /// All values of `resource` (RFC 8707 section 2.2). They narrow only the access token of this response.
    pub resources: &'a [&'a str],
}

impl AuthorizationCode {
    /// Creates a code from the fields of a sealed value.
    #[must_use]
    pub const fn from_sealed(facts: CodeFacts) -> Self {
        Self { facts }
    }

    /// Returns all fields, for a codec to seal.
    #[must_use]
    pub const fn facts(&self) -> &CodeFacts {
        &self.facts
    }

    /// Returns the identifier of the grant to create.
    #[must_use]
    pub const fn grant(&self) -> GrantId {
        self.facts.grant
    }

    /// Returns the authorization that the new grant records.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization {
        &self.facts.authorization
    }

    /// Decides whether the client may redeem this code.
    ///
    /// Runs [`REDEMPTION_CHECKS`].
    ///
    /// The caller must then store the grant and pass the answer of the store to [`Redemption::stored`]. It must call
    /// [`AuthorizationCode::check_user`] before it issues tokens.
    pub fn redeem(
        &self,
        exchange: &CodeExchange<'_>,
        caller: &Caller<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Redemption> {
        self.judge(exchange, caller, now)
            .map(|resources| {
                let new = NewGrant {
                    id: self.facts.grant,
                    authorization: &self.facts.authorization,
                    nonce: self.facts.binding.nonce.clone(),
                    outlives: self.facts.expires_at,
                };
                Redemption::of(new, &resources, caller, lifetimes, now)
            })
            .into()
    }

    /// Checks the user as [`Authorization::check_user`] does. The user must still have the password of the sign-in.
    pub fn check_user(&self, user: &User) -> Result<(), Refusal> {
        self.facts
            .authorization
            .check_user(user, self.facts.password)
    }

    /// Checks the browser session as [`Authorization::check_session`] does.
    pub fn check_session(&self, session: Option<&Session>, now: Timestamp) -> Result<(), Refusal> {
        self.facts.authorization.check_session(session, now)
    }

    fn judge(
        &self,
        exchange: &CodeExchange<'_>,
        caller: &Caller<'_>,
        now: Timestamp,
    ) -> Result<Vec<Resource>, Refusal> {
        let mut resources = Vec::new();
        check_redemption(self, exchange, caller, now, &mut resources)?;
        Ok(resources)
    }

    fn narrow(&self, requested: &[&str], narrowed: &mut Vec<Resource>) -> Result<(), Refusal> {
        *narrowed = narrowed_or_all(requested, &self.facts.authorization.access.resources)?;
        Ok(())
    }

    fn check_client(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if *self.authorization().client() == caller.client().id {
            Ok(())
        } else {
            let owner = Evidence::of(self.authorization().client());
            Err(Refusal::CodeOfAnotherClient(owner))
        }
    }

    /// Rejects an expired authorization code.
    fn check_expiry(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.facts.expires_at.has_passed(now) {
            Err(Refusal::CodeExpired)
        } else {
            Ok(())
        }
    }

    /// Compares the redirect URI with that of the authorization request (RFC 6749 section 4.1.3).
    ///
    /// OAuth 2.1 section 4.1.3 drops the parameter, because a code challenge binds the code more reliably. Without a
    /// challenge the parameter is required.
    fn check_redirect_uri(&self, presented: Option<&str>) -> Result<(), Refusal> {
        let binding = &self.facts.binding;
        match present(presented) {
            Some(presented) if binding.redirect_uri.is(presented) => Ok(()),
            Some(presented) => Err(Refusal::RedirectUriMismatch(Evidence::of(presented))),
            None if binding.challenge.is_some() => Ok(()),
            None => Err(Refusal::RedirectUriMissing),
        }
    }

    /// A confidential client without credentials may redeem only a code that is bound to a challenge.
    fn check_secret_or_challenge(&self, caller: &Caller<'_>) -> Result<(), Refusal> {
        if caller.owes_a_verifier() && self.facts.binding.challenge.is_none() {
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
    /// Runs [`REDEMPTION_CHECKS`]. Puts the resources of the access token into `resources`.
    fn check_redemption(
        code: &AuthorizationCode,
        exchange: &CodeExchange<'_>,
        caller: &Caller<'_>,
        now: Timestamp,
        resources: &mut Vec<Resource>,
    );
    /// The client is registered for the grant type `authorization_code`.
    grant_type_registered ["grant_type_not_allowed"] => caller.client().may_use(&GrantType::AUTHORIZATION_CODE),
    /// The authorization code was issued to this client.
    client_matches ["code_of_another_client"] => code.check_client(caller),
    /// The authorization code has not expired.
    code_not_expired ["code_expired"] => code.check_expiry(now),
    /// The redirect URI is that of the authorization request.
    redirect_uri_matches ["redirect_uri_mismatch", "redirect_uri_missing"] => code.check_redirect_uri(exchange.redirect_uri),
    /// The client has authenticated, or the authorization code has a code challenge.
    secret_or_challenge ["secret_missing"] => code.check_secret_or_challenge(caller),
    /// The code verifier matches the code challenge of the authorization request (PKCE).
    code_verifier_matches [
        "verifier_unexpected", "verifier_missing", "verifier_malformed", "verifier_mismatch"
    ] => prove(code.facts.binding.challenge.as_ref(), present(exchange.code_verifier)),
    /// The resources are among those of the authorization request.
    resources_allowed ["resource_not_allowed"] => code.narrow(exchange.resources, resources),
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
