//! Authorization codes and their redemption (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

use crate::authentication::Authentication;
use crate::authorization_request::RequestedGrant;
use crate::client::GrantType;
use crate::client_authentication::AuthenticatedClient;
use crate::decision::Decision;
use crate::grant::Grant;
use crate::identifier::{GrantId, Subject};
use crate::issuance::{Issuance, RefreshTokenFacts};
use crate::lifetimes::Lifetimes;
use crate::pkce::{CodeChallenge, CodeVerifier};
use crate::refresh_token::RefreshToken;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed_or_all};
use crate::time::Timestamp;
use crate::user::{PasswordMark, User};
use alloc::vec::Vec;

/// The facts of an authorization, waiting for the code to be redeemed. They travel sealed in the code
/// itself; nothing is stored until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// The grant that redeeming makes. Its uniqueness is what makes the code single-use.
    pub grant: GrantId,
    /// Who authorized.
    pub subject: Subject,
    /// What was asked for and granted.
    pub requested: RequestedGrant,
    /// When and how the resource owner logged in.
    pub authentication: Authentication,
    /// The password that it was issued for; none for a login in a session, which ends by itself when another is set.
    pub password: Option<PasswordMark>,
    /// When the code ends.
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
    /// Ownership comes first, so that a stolen code in another client's hands has no consequence for
    /// its owner. The verifier comes before the store is asked, so that who does not hold it can
    /// neither use up the code nor have its grant revoked as a replay.
    pub fn redeem(
        &self,
        exchange: &CodeExchange<'_>,
        caller: &AuthenticatedClient<'_>,
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
        caller: &AuthenticatedClient<'_>,
        now: Timestamp,
    ) -> Result<Vec<Resource>, Refusal> {
        let CodeExchange {
            redirect_uri,
            code_verifier,
            resources,
        } = exchange;
        caller.client().may_use(GrantType::AuthorizationCode)?;
        if self.requested.client != caller.client().id {
            return Err(Refusal::CodeOfAnotherClient);
        }
        if self.expires_at.has_passed(now) {
            return Err(Refusal::CodeExpired);
        }
        if !self.requested.redirect_uri.is(redirect_uri) {
            return Err(Refusal::RedirectUriMismatch);
        }
        if caller.owes_a_verifier() && self.requested.challenge.is_none() {
            return Err(Refusal::SecretMissing);
        }
        prove(self.requested.challenge.as_ref(), *code_verifier)?;
        narrowed_or_all(resources, &self.requested.resources)
    }

    fn redemption(
        &self,
        for_resources: &[Resource],
        caller: &AuthenticatedClient<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Redemption {
        let client = caller.client();
        let RequestedGrant {
            scope,
            nonce,
            challenge,
            claims,
            resources,
            ..
        } = &self.requested;
        let mut issuance = Issuance::of_access_token(
            client,
            client.openid.subject_type.subject_of(&self.subject),
            scope.clone(),
            lifetimes,
            now,
        )
        .for_resources(for_resources)
        .with_id_token(
            &self.subject,
            self.authentication,
            nonce.clone(),
            client.id_token_claims(scope, *claims),
            lifetimes,
        );
        issuance.grant = Some(self.grant);
        let may_refresh = client.may_use(GrantType::RefreshToken).is_ok();
        let lifetime = client.refresh_token_lifetime(lifetimes);
        let lives_until = if may_refresh { now.plus(lifetime) } else { now };
        let grant = Grant {
            id: self.grant,
            client: client.id.clone(),
            subject: self.subject.clone(),
            scope: scope.clone(),
            authentication: self.authentication,
            claims: *claims,
            resources: resources.clone(),
            bound_to_verifier: challenge.is_some(),
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
