//! Authorization requests (RFC 6749 section 4.1.1, RFC 7636 section 4.3).

pub mod claims_request;
pub mod consent;
pub mod demands;
pub mod next_step;
pub mod policy;
mod requested;

pub use requested::{RequestedGrant, ResourceOwner};

use crate::authorize::claims_request::RequestedClaims;
use crate::authorize::policy::RequestPolicy;
use crate::checks::checks;
use crate::client::authentication::RegisteredClient;
use crate::client::{
    Client, ClientStatus, ClientType, GrantType, MissingChallenge, PkceRequirement,
};
use crate::evidence::Evidence;
use crate::grant::authorization::Access;
use crate::grant::code_binding::CodeBinding;
use crate::grant::pkce::{ChallengeMethod, CodeChallenge};
use crate::later::LaterFacts;
use crate::parameter::present;
use crate::refusal::Refusal;
use crate::resource;
use crate::scope::{RequestedScope, Scope};
use alloc::string::String;

/// Parameters of an authorization request, not yet validated. An empty parameter counts as absent
/// (RFC 6749 section 3.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct AuthorizationRequest<'a> {
    /// `response_type`. A dialect that allows its absence passes `code`.
    pub response_type: &'a str,
    /// `redirect_uri`. Required, even if the client has registered only one.
    pub redirect_uri: &'a str,
    /// `scope`; `None` means all registered scope of the client.
    pub scope: Option<&'a str>,
    /// `code_challenge`.
    pub code_challenge: Option<&'a str>,
    /// `code_challenge_method`; `None` means `plain`.
    pub code_challenge_method: Option<&'a str>,
    /// `nonce` (OpenID Connect Core section 3.1.2.1).
    pub nonce: Option<&'a str>,
    /// Claims of the `claims` parameter (OpenID Connect Core section 5.5).
    pub claims: RequestedClaims,
    /// All values of `resource` (RFC 8707 section 2.1).
    pub resources: &'a [&'a str],
    /// Unsupported parameter of the request, if it has one.
    pub unsupported: Option<UnsupportedParameter>,
}

/// Unsupported parameters that pass other parameters, or a client registration, by value or by reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnsupportedParameter {
    /// `request` (OpenID Connect Core section 6.1).
    Request,
    /// `request_uri` (OpenID Connect Core section 6.2).
    RequestUri,
    /// `registration` (OpenID Connect Core section 7.2.1).
    Registration,
}

checks! {
    /// First checks of an authorization request, in order.
    ///
    /// The redirect URI comes first: the server must not send a response to an unregistered URI
    /// (RFC 6749 section 4.1.2.1).
    pub const AUTHORIZATION_CHECKS;
    /// Runs [`AUTHORIZATION_CHECKS`].
    fn check_request(client: &Client, request: &AuthorizationRequest<'_>);
    redirect_uri_registered => request.check_redirect_uri(client),
    client_active => client.check_active(),
    parameters_in_request => request.check_elsewhere(),
    response_type_code => request.check_response_type(),
    grant_type_registered => client.may_use(&GrantType::AUTHORIZATION_CODE),
}

impl AuthorizationRequest<'_> {
    fn check_redirect_uri(&self, client: &Client) -> Result<(), Refusal> {
        if self.redirect_uri.is_empty() {
            return Err(Refusal::RedirectUriMissing);
        }
        client.registered_redirect_uri(self.redirect_uri).map(drop)
    }

    const fn check_elsewhere(&self) -> Result<(), Refusal> {
        match self.unsupported {
            Some(UnsupportedParameter::Request) => Err(Refusal::RequestObjectUnsupported),
            Some(UnsupportedParameter::RequestUri) => Err(Refusal::RequestUriUnsupported),
            Some(UnsupportedParameter::Registration) => Err(Refusal::RegistrationUnsupported),
            None => Ok(()),
        }
    }

    fn check_response_type(&self) -> Result<(), Refusal> {
        match self.response_type {
            "code" => Ok(()),
            "" => Err(Refusal::ResponseTypeMissing),
            other => Err(Refusal::ResponseTypeUnsupported(Evidence::of(other))),
        }
    }
}

impl RegisteredClient<'_> {
    /// Validates an authorization request of this client.
    ///
    /// Runs [`AUTHORIZATION_CHECKS`], then checks scope, code challenge and resources.
    pub fn judge(
        self,
        request: &AuthorizationRequest<'_>,
        policy: RequestPolicy,
    ) -> Result<RequestedGrant, Refusal> {
        let client = self.client();
        check_request(client, request)?;
        let AuthorizationRequest {
            response_type: _,
            redirect_uri,
            scope,
            code_challenge,
            code_challenge_method,
            nonce,
            claims,
            resources,
            unsupported: _,
        } = request;
        let scope = client.registered_scope(RequestedScope {
            text: *scope,
            unregistered: policy.unregistered_scope,
        })?;
        let challenge =
            client.challenge(present(*code_challenge), present(*code_challenge_method))?;
        if challenge.is_none() {
            client.check_without_challenge(&scope, present(*nonce), policy)?;
        }
        let access = Access {
            client: client.id.clone(),
            scope,
            resources: resource::narrowed(resources, &client.resources)?,
            claims: claims.within(&client.scope),
            later: LaterFacts::none(),
        };
        if access.length() > Access::MAX_LENGTH {
            return Err(Refusal::AccessTooLong);
        }
        let binding = CodeBinding {
            redirect_uri: client.registered_redirect_uri(redirect_uri)?,
            challenge,
            nonce: present(*nonce).map(String::from),
        };
        Ok(RequestedGrant::from_sealed(access, binding))
    }
}

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
    fn check_without_challenge(
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

    fn challenge(
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

#[cfg(test)]
mod tests;
