//! Authorization requests (RFC 6749 section 4.1.1, RFC 7636 section 4.3).

use crate::claims_request::RequestedClaims;
use crate::client::{Client, ClientId, ClientStatus, GrantType};
use crate::pkce::{ChallengeMethod, CodeChallenge};
use crate::redirect_uri::RedirectUri;
use crate::refusal::Refusal;
use crate::resource::{self, Resource};
use crate::scope::Scope;
use alloc::string::String;
use alloc::vec::Vec;

pub mod demands;
pub mod next_step;

/// The parameters of an authorization request, as they came.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuthorizationRequest<'a> {
    /// `response_type`; a dialect that lets it be absent says `code` here.
    pub response_type: &'a str,
    /// `redirect_uri`.
    pub redirect_uri: &'a str,
    /// `scope`; absent means all that the client is registered for.
    pub scope: Option<&'a str>,
    /// `code_challenge`.
    pub code_challenge: Option<&'a str>,
    /// `code_challenge_method`; absent means `plain`.
    pub code_challenge_method: Option<&'a str>,
    /// `nonce` (OpenID Connect Core section 3.1.2.1).
    pub nonce: Option<&'a str>,
    /// The claims of `claims` (OpenID Connect Core section 5.5).
    pub claims: RequestedClaims,
    /// `resource`, once or more (RFC 8707 section 2.1).
    pub resources: &'a [&'a str],
    /// What would bring parameters from elsewhere, if there is any.
    pub elsewhere: Option<Elsewhere>,
}

/// Parameters by which a client would hand its parameters, or its registration, over in another way. This server
/// takes none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// `request` (OpenID Connect Core section 6.1).
    Request,
    /// `request_uri` (OpenID Connect Core section 6.2).
    RequestUri,
    /// `registration` (OpenID Connect Core section 7.2.1).
    Registration,
}

/// What a valid request asks a resource owner to grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedGrant {
    /// Who asks.
    pub client: ClientId,
    /// Where the answer goes.
    pub redirect_uri: RedirectUri,
    /// What is asked for.
    pub scope: Scope,
    /// Binds the code to whoever holds its verifier.
    pub challenge: Option<CodeChallenge>,
    /// Goes into the ID token as it is.
    pub nonce: Option<String>,
    /// The claims that are asked for one by one.
    pub claims: RequestedClaims,
    /// The resources that tokens are asked for; none for the client's own audience.
    pub resources: Vec<Resource>,
}

impl RequestedGrant {
    /// What a resource owner is asked to agree to: the scope, and the tokens of the claims that are asked for one
    /// by one, which tell a client as much.
    pub fn to_agree_to(&self) -> Result<Scope, Refusal> {
        let mut tokens: Vec<&str> = self.scope.tokens().collect();
        for token in self.claims.scope_tokens() {
            tokens.push(token);
        }
        if tokens.is_empty() {
            return Ok(Scope::none());
        }
        Scope::parse(&tokens.join(" ")).map_err(|_| Refusal::ScopeMalformed)
    }
}

impl Client {
    /// Judges an authorization request of this client.
    ///
    /// The redirect URI comes first: until it is known to be the client's own, no answer may be sent
    /// there (RFC 6749 section 4.1.2.1).
    pub fn judge(&self, request: &AuthorizationRequest<'_>) -> Result<RequestedGrant, Refusal> {
        let AuthorizationRequest {
            response_type,
            redirect_uri,
            scope,
            code_challenge,
            code_challenge_method,
            nonce,
            claims,
            resources,
            elsewhere,
        } = request;
        let redirect_uri = self.registered_redirect_uri(redirect_uri)?;
        if self.status != ClientStatus::Active {
            return Err(Refusal::ClientDisabled);
        }
        match elsewhere {
            Some(Elsewhere::Request) => return Err(Refusal::RequestObjectUnsupported),
            Some(Elsewhere::RequestUri) => return Err(Refusal::RequestUriUnsupported),
            Some(Elsewhere::Registration) => return Err(Refusal::RegistrationUnsupported),
            None => {}
        }
        if response_type.is_empty() {
            return Err(Refusal::ResponseTypeMissing);
        }
        if *response_type != "code" {
            return Err(Refusal::ResponseTypeUnsupported);
        }
        self.may_use(GrantType::AuthorizationCode)?;
        Ok(RequestedGrant {
            client: self.id.clone(),
            redirect_uri,
            scope: self.registered_scope(*scope)?,
            challenge: self.challenge(*code_challenge, *code_challenge_method)?,
            nonce: nonce.map(String::from),
            claims: claims.within(&self.scope),
            resources: resource::narrowed(resources, &self.resources)?,
        })
    }

    fn challenge(
        &self,
        challenge: Option<&str>,
        method: Option<&str>,
    ) -> Result<Option<CodeChallenge>, Refusal> {
        let Some(challenge) = challenge else {
            return match method {
                Some(_) => Err(Refusal::ChallengeMethodWithoutChallenge),
                None if self.must_use_pkce() => Err(Refusal::ChallengeMissing),
                None => Ok(None),
            };
        };
        match ChallengeMethod::parse(method) {
            Some(ChallengeMethod::Plain) if !self.pkce.plain_allowed => {
                Err(Refusal::ChallengeMethodNotAllowed)
            }
            Some(method) => CodeChallenge::parse(challenge, method)
                .map(Some)
                .map_err(|_| Refusal::ChallengeMalformed),
            None => Err(Refusal::ChallengeMethodNotAllowed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims_request::StandardClaim;
    use crate::test_facts::{CHALLENGE, VERIFIER, confidential_client};

    fn request() -> AuthorizationRequest<'static> {
        AuthorizationRequest {
            response_type: "code",
            redirect_uri: "https://app.example/callback",
            scope: Some("read"),
            code_challenge: Some(CHALLENGE),
            code_challenge_method: Some("S256"),
            nonce: Some("n-0S6"),
            ..AuthorizationRequest::default()
        }
    }

    fn refused(client: &Client, request: &AuthorizationRequest<'_>) -> Refusal {
        client.judge(request).unwrap_err()
    }

    #[test]
    fn a_valid_request_says_what_is_asked_for() {
        let asked = confidential_client().judge(&request()).unwrap();
        assert_eq!(
            (asked.scope.as_str(), asked.nonce.as_deref()),
            ("read", Some("n-0S6"))
        );
        assert!(asked.challenge.is_some());
    }

    #[test]
    fn claims_that_are_asked_for_one_by_one_need_the_registration_and_the_consent_that_a_scope_needs()
     {
        let asked = RequestedClaims {
            userinfo: [StandardClaim::Email, StandardClaim::PhoneNumber]
                .into_iter()
                .collect(),
            id_token: [StandardClaim::EmailVerified].into_iter().collect(),
        };
        let request = AuthorizationRequest {
            claims: asked,
            ..request()
        };
        let mut client = confidential_client();
        let granted = client.judge(&request).unwrap();
        assert_eq!(granted.claims, RequestedClaims::default());
        assert_eq!(granted.to_agree_to().unwrap().as_str(), "read");
        client.scope = Scope::parse("read email").unwrap();
        let granted = client.judge(&request).unwrap();
        assert!(granted.claims.userinfo.iter().eq([StandardClaim::Email]));
        assert_eq!(granted.claims.id_token, asked.id_token);
        assert_eq!(granted.to_agree_to().unwrap().as_str(), "read email");
    }

    #[test]
    fn aries_9_plain_is_refused_unless_the_client_may_use_it() {
        let mut client = confidential_client();
        for method in [Some("plain"), None] {
            let plain = AuthorizationRequest {
                code_challenge: Some(VERIFIER),
                code_challenge_method: method,
                ..request()
            };
            client.pkce.plain_allowed = false;
            assert_eq!(refused(&client, &plain), Refusal::ChallengeMethodNotAllowed);
            client.pkce.plain_allowed = true;
            assert!(client.judge(&plain).is_ok());
        }
    }

    #[test]
    fn a_challenge_may_be_left_out_only_by_a_confidential_client_registered_so() {
        let without = AuthorizationRequest {
            code_challenge: None,
            code_challenge_method: None,
            ..request()
        };
        let mut client = confidential_client();
        assert_eq!(refused(&client, &without), Refusal::ChallengeMissing);
        client.pkce.required = false;
        assert!(
            client
                .judge(&without)
                .is_ok_and(|asked| asked.challenge.is_none())
        );
        let method_alone = AuthorizationRequest {
            code_challenge: None,
            ..request()
        };
        assert_eq!(
            refused(&client, &method_alone),
            Refusal::ChallengeMethodWithoutChallenge
        );
    }

    #[test]
    fn each_parameter_has_its_own_refusal() {
        let client = confidential_client();
        let judged = |request| refused(&client, &request);
        assert_eq!(
            judged(AuthorizationRequest {
                response_type: "token",
                ..request()
            }),
            Refusal::ResponseTypeUnsupported
        );
        assert_eq!(
            judged(AuthorizationRequest {
                redirect_uri: "https://evil.example/",
                ..request()
            }),
            Refusal::RedirectUriNotRegistered
        );
        assert_eq!(
            judged(AuthorizationRequest {
                scope: Some("admin"),
                ..request()
            }),
            Refusal::ScopeNotRegistered
        );
        assert_eq!(
            judged(AuthorizationRequest {
                code_challenge: Some("short"),
                ..request()
            }),
            Refusal::ChallengeMalformed
        );
        assert_eq!(
            judged(AuthorizationRequest {
                code_challenge_method: Some("S512"),
                ..request()
            }),
            Refusal::ChallengeMethodNotAllowed
        );
        for (elsewhere, refusal) in [
            (Elsewhere::Request, Refusal::RequestObjectUnsupported),
            (Elsewhere::RequestUri, Refusal::RequestUriUnsupported),
            (Elsewhere::Registration, Refusal::RegistrationUnsupported),
        ] {
            assert_eq!(
                judged(AuthorizationRequest {
                    elsewhere: Some(elsewhere),
                    ..request()
                }),
                refusal
            );
        }
        assert_eq!(
            judged(AuthorizationRequest {
                resources: &["urn:api"],
                ..request()
            }),
            Refusal::ResourceNotAllowed
        );
        let mut machine = confidential_client();
        machine.grant_types = [GrantType::ClientCredentials].into();
        assert_eq!(refused(&machine, &request()), Refusal::GrantTypeNotAllowed);
    }
}
