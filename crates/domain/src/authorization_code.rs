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
mod tests {
    use super::*;
    use crate::client::Client;
    use crate::client_authentication::Credential;
    use crate::scope::Scope;
    use crate::test_facts::{NOW, VERIFIER, code_for, confidential_client, secret, user};
    use alloc::string::String;
    use core::time::Duration;
    use proptest::prelude::*;

    const EXCHANGE: CodeExchange<'static> = CodeExchange {
        redirect_uri: "https://app.example/callback",
        code_verifier: Some(VERIFIER),
        resources: &[],
    };

    fn redeem(
        client: &Client,
        code: &AuthorizationCode,
        exchange: &CodeExchange<'_>,
        now: Timestamp,
    ) -> Decision<Redemption> {
        let caller = client
            .authenticate(&Credential::Secret(secret()), now)
            .unwrap();
        code.redeem(exchange, &caller, &Lifetimes::DEFAULT, now)
    }

    fn issued(decision: Decision<Redemption>) -> Redemption {
        match decision {
            Decision::Issue(redemption) => redemption,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_good_code_becomes_a_grant_of_generation_zero() {
        let client = confidential_client();
        let redemption = issued(redeem(&client, &code_for(&client), &EXCHANGE, NOW));
        assert_eq!(
            (redemption.grant.generation, redemption.grant.revoked_at),
            (0, None)
        );
        assert_eq!(
            redemption
                .issuance
                .refresh_token
                .as_ref()
                .map(|facts| facts.token.generation),
            Some(0)
        );
        assert_eq!(redemption.issuance.expires_in(), Duration::from_secs(3600));
    }

    #[test]
    fn a_code_is_for_a_user_who_may_log_in_with_the_password_of_then() {
        let mut user = user();
        let mut code = code_for(&confidential_client());
        code.password = Some(user.password_mark());
        assert_eq!(code.check_user(&user), Ok(()));
        user.password_hash = Some("$argon2id$another".into());
        assert_eq!(code.check_user(&user), Err(Refusal::PasswordChanged));
        // The session says it, if there is one.
        code.password = None;
        assert_eq!(code.check_user(&user), Ok(()));
        user.enabled = false;
        assert_eq!(code.check_user(&user), Err(Refusal::UserDisabled));
    }

    #[test]
    fn aero2_13_an_id_token_is_due_only_with_openid() {
        let client = confidential_client();
        let mut code = code_for(&client);
        code.requested.nonce = Some("n".into());
        let facts = issued(redeem(&client, &code, &EXCHANGE, NOW))
            .issuance
            .id_token
            .unwrap();
        assert_eq!(
            (facts.nonce.as_deref(), facts.authentication),
            (Some("n"), code.authentication)
        );
        code.requested.scope = Scope::parse("read").unwrap();
        assert_eq!(
            issued(redeem(&client, &code, &EXCHANGE, NOW))
                .issuance
                .id_token,
            None
        );
    }

    #[test]
    fn a_client_without_the_refresh_grant_gets_no_refresh_token() {
        let mut client = confidential_client();
        client.grant_types = [GrantType::AuthorizationCode].into();
        let redemption = issued(redeem(&client, &code_for(&client), &EXCHANGE, NOW));
        assert_eq!(redemption.issuance.refresh_token, None);
    }

    #[test]
    fn a_grant_outlives_its_code() {
        let mut client = confidential_client();
        client.grant_types = [GrantType::AuthorizationCode].into();
        client.access_token_lifetime = Some(Duration::from_secs(1));
        let code = code_for(&client);
        let redemption = issued(redeem(&client, &code, &EXCHANGE, NOW));
        assert!(redemption.grant.expires_at >= code.expires_at);
    }

    #[test]
    fn each_rule_of_the_exchange_has_its_own_refusal() {
        let client = confidential_client();
        let code = code_for(&client);
        let refused = |exchange: CodeExchange<'_>| redeem(&client, &code, &exchange, NOW).refusal();
        assert_eq!(
            refused(CodeExchange {
                redirect_uri: "https://app.example/callback/",
                ..EXCHANGE
            }),
            Some(Refusal::RedirectUriMismatch)
        );
        assert_eq!(
            refused(CodeExchange {
                code_verifier: None,
                ..EXCHANGE
            }),
            Some(Refusal::VerifierMissing)
        );
        assert_eq!(
            refused(CodeExchange {
                code_verifier: Some("short"),
                ..EXCHANGE
            }),
            Some(Refusal::VerifierMalformed)
        );
        assert_eq!(
            refused(CodeExchange {
                code_verifier: Some(&"a".repeat(43)),
                ..EXCHANGE
            }),
            Some(Refusal::VerifierMismatch)
        );
        let mut unbound = code.clone();
        unbound.requested.challenge = None;
        assert_eq!(
            redeem(&client, &unbound, &EXCHANGE, NOW).refusal(),
            Some(Refusal::VerifierUnexpected)
        );
        let mut other = client.clone();
        other.id = crate::client::ClientId::parse("other").unwrap();
        assert_eq!(
            redeem(&other, &code, &EXCHANGE, NOW).refusal(),
            Some(Refusal::CodeOfAnotherClient)
        );
        let mut machine = client.clone();
        machine.grant_types = [GrantType::ClientCredentials].into();
        assert_eq!(
            redeem(&machine, &code, &EXCHANGE, NOW).refusal(),
            Some(Refusal::GrantTypeNotAllowed)
        );
    }

    #[test]
    fn a_secret_can_be_left_out_only_for_a_code_with_a_challenge() {
        let mut client = confidential_client();
        client.pkce.replaces_secret = true;
        let mut code = code_for(&client);
        let caller = client.authenticate(&Credential::None, NOW).unwrap();
        assert!(matches!(
            code.redeem(&EXCHANGE, &caller, &Lifetimes::DEFAULT, NOW),
            Decision::Issue(_)
        ));
        code.requested.challenge = None;
        let without = CodeExchange {
            code_verifier: None,
            ..EXCHANGE
        };
        assert_eq!(
            code.redeem(&without, &caller, &Lifetimes::DEFAULT, NOW)
                .refusal(),
            Some(Refusal::SecretMissing)
        );
    }

    #[test]
    fn a_replay_revokes_the_grant() {
        let code = code_for(&confidential_client());
        assert_eq!(
            code.replayed::<()>(),
            Decision::Revoke(code.grant, Refusal::CodeReplayed)
        );
    }

    fn audience(client: &Client, resources: &[&str]) -> Result<Vec<String>, Refusal> {
        let mut code = code_for(client);
        code.requested.resources = ["https://a.example", "https://b.example"]
            .map(|text| Resource::parse(text).unwrap())
            .into();
        let caller = client
            .authenticate(&Credential::Secret(secret()), NOW)
            .unwrap();
        let exchange = CodeExchange {
            resources,
            ..EXCHANGE
        };
        match code.redeem(&exchange, &caller, &Lifetimes::DEFAULT, NOW) {
            Decision::Issue(redemption) => {
                assert_eq!(redemption.grant.resources, code.requested.resources);
                Ok(redemption.issuance.audience)
            }
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal),
        }
    }

    #[test]
    fn an_exchange_narrows_the_resources_of_its_access_token_and_not_the_grant() {
        let client = confidential_client();
        let (a, b, c) = (
            "https://a.example",
            "https://b.example",
            "https://c.example",
        );
        assert_eq!(audience(&client, &[]).unwrap(), [a, b]);
        assert_eq!(audience(&client, &[b]).unwrap(), [b]);
        assert_eq!(audience(&client, &[b, a, b]).unwrap(), [b, a]);
        assert_eq!(audience(&client, &[a, c]), Err(Refusal::ResourceNotAllowed));
    }

    proptest! {
        #[test]
        fn an_expired_code_never_issues(late in 0_u64..1_000_000) {
            let client = confidential_client();
            let code = code_for(&client);
            let now = code.expires_at.plus(Duration::from_secs(late));
            prop_assert_eq!(redeem(&client, &code, &EXCHANGE, now).refusal(), Some(Refusal::CodeExpired));
        }
    }
}
