//! Authorization requests (RFC 6749 section 4.1.1, RFC 7636 section 4.3).

pub mod claims_request;
mod code_challenge;
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
use crate::client::redirect_uri::RedirectUri;
use crate::client::{Client, GrantType};
use crate::evidence::Evidence;
use crate::grant::authorization::Access;
use crate::grant::code_binding::CodeBinding;
use crate::grant::pkce::CodeChallenge;
use crate::later::LaterFacts;
use crate::parameter::present;
use crate::refusal::Refusal;
use crate::resource::{self, Resource};
use crate::scope::{RequestedScope, Scope};
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

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
    /// Checks of an authorization request, in order.
    ///
    /// The redirect URI comes first: the server must not send a response to an unregistered URI
    /// (RFC 6749 section 4.1.2.1).
    pub const AUTHORIZATION_CHECKS;
    /// Runs [`AUTHORIZATION_CHECKS`], and collects what they found.
    fn check_request(
        client: &Client,
        request: &AuthorizationRequest<'_>,
        policy: RequestPolicy,
        found: &mut Found,
    );
    /// The redirect URI is registered for the client.
    redirect_uri_registered [
        "redirect_uri_missing", "redirect_uri_not_registered", "redirect_uri_outside_domains"
    ] => found.redirect_uri(client, request),
    /// The client is active.
    client_active ["client_disabled"] => client.check_active(),
    /// The request has its parameters in its URL or body, not in a request object.
    parameters_in_request [
        "request_object_unsupported", "request_uri_unsupported", "registration_unsupported"
    ] => request.check_elsewhere(),
    /// The response type is `code`.
    response_type_code ["response_type_missing", "response_type_unsupported"] => request.check_response_type(),
    /// The client is registered for the grant type `authorization_code`.
    grant_type_registered ["grant_type_not_allowed"] => client.may_use(&GrantType::AUTHORIZATION_CODE),
    /// The client is registered for the scope.
    scope_registered ["scope_malformed", "scope_not_registered"] => found.scope(client, request, policy),
    /// The code challenge is well-formed, and its method is allowed.
    code_challenge_valid [
        "challenge_method_without_challenge", "challenge_method_not_allowed", "challenge_malformed"
    ] => found.challenge(client, request),
    /// The request has a code challenge (PKCE), or the client may omit it.
    code_challenge_present ["challenge_missing"] => found.check_challenge_present(client, request, policy),
    /// The client is registered for the resources.
    resources_allowed ["resource_not_allowed"] => found.resources(client, request),
    /// Scope and resources fit into a grant.
    access_fits ["access_too_long"] => found.access(client, request),
}

/// What the checks of an authorization request found.
#[derive(Default)]
struct Found {
    redirect_uri: Option<RedirectUri>,
    scope: Scope,
    challenge: Option<CodeChallenge>,
    resources: Vec<Resource>,
    access: Option<Access>,
}

impl Found {
    fn redirect_uri(
        &mut self,
        client: &Client,
        request: &AuthorizationRequest<'_>,
    ) -> Result<(), Refusal> {
        if request.redirect_uri.is_empty() {
            return Err(Refusal::RedirectUriMissing);
        }
        self.redirect_uri = Some(client.registered_redirect_uri(request.redirect_uri)?);
        Ok(())
    }

    fn scope(
        &mut self,
        client: &Client,
        request: &AuthorizationRequest<'_>,
        policy: RequestPolicy,
    ) -> Result<(), Refusal> {
        self.scope = client.registered_scope(RequestedScope {
            text: request.scope,
            unregistered: policy.unregistered_scope,
        })?;
        Ok(())
    }

    fn challenge(
        &mut self,
        client: &Client,
        request: &AuthorizationRequest<'_>,
    ) -> Result<(), Refusal> {
        let method = present(request.code_challenge_method);
        self.challenge = client.challenge(present(request.code_challenge), method)?;
        Ok(())
    }

    fn check_challenge_present(
        &self,
        client: &Client,
        request: &AuthorizationRequest<'_>,
        policy: RequestPolicy,
    ) -> Result<(), Refusal> {
        match self.challenge {
            Some(_) => Ok(()),
            None => client.check_without_challenge(&self.scope, present(request.nonce), policy),
        }
    }

    fn resources(
        &mut self,
        client: &Client,
        request: &AuthorizationRequest<'_>,
    ) -> Result<(), Refusal> {
        self.resources = resource::narrowed(request.resources, &client.resources)?;
        Ok(())
    }

    fn access(
        &mut self,
        client: &Client,
        request: &AuthorizationRequest<'_>,
    ) -> Result<(), Refusal> {
        let access = Access {
            client: client.id.clone(),
            scope: mem::take(&mut self.scope),
            resources: mem::take(&mut self.resources),
            claims: request.claims.within(&client.scope),
            later: LaterFacts::none(),
        };
        if access.length() > Access::MAX_LENGTH {
            return Err(Refusal::AccessTooLong);
        }
        self.access = Some(access);
        Ok(())
    }
}

impl AuthorizationRequest<'_> {
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
    /// Validates an authorization request of this client: runs [`AUTHORIZATION_CHECKS`].
    pub fn judge(
        self,
        request: &AuthorizationRequest<'_>,
        policy: RequestPolicy,
    ) -> Result<RequestedGrant, Refusal> {
        let mut found = Found::default();
        check_request(self.client(), request, policy, &mut found)?;
        // Lists all parameters, so that the compiler finds a new one that no check reads.
        let AuthorizationRequest {
            response_type: _,
            redirect_uri: _,
            scope: _,
            code_challenge: _,
            code_challenge_method: _,
            nonce,
            claims: _,
            resources: _,
            unsupported: _,
        } = request;
        // The checks found both.
        let (Some(access), Some(redirect_uri)) = (found.access, found.redirect_uri) else {
            return Err(Refusal::RedirectUriMissing);
        };
        let binding = CodeBinding {
            redirect_uri,
            challenge: found.challenge,
            nonce: present(*nonce).map(String::from),
        };
        Ok(RequestedGrant::from_sealed(access, binding))
    }
}

#[cfg(test)]
mod tests;
