//! Parameters of an authorization request, from a query or a form.

use super::claims::ClaimsParameter;
use super::request_object::ErrorTarget;
use super::response::ResponseMode;
use countersign_application::CurrentRequest;
use countersign_domain::authorize::AuthorizationRequest;
use countersign_domain::authorize::demands::DemandParameters;
use countersign_domain::refusal::Refusal;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::authorization::AuthorizationParameters;
use countersign_server_http::wire::form;
use countersign_server_http::wire::parameters::{Parameters, Slot};

/// Parameters of an authorization request. The server ignores `display`, because the pages fit every display, and
/// `claims_locales`, because claims exist in one language only.
///
/// A repeated parameter counts as absent, and the first such error is kept.
/// The server can report it to the client only after it has validated the redirect URI.
#[derive(Default)]
pub(crate) struct AuthorizeParameters {
    single: AuthorizationParameters,
    fault: Option<MalformedRequest>,
}

impl Parameters for AuthorizeParameters {
    fn slot(&mut self, name: &str) -> Option<(&'static str, Slot<'_>)> {
        self.single.slot(name)
    }

    fn put(&mut self, name: &str, value: Option<String>) -> Result<(), MalformedRequest> {
        if let Err(fault) = self.single.put(name, value) {
            self.fault.get_or_insert(fault);
            if let Some((_, Slot::Once(slot))) = self.slot(name) {
                *slot = Some(String::new());
            }
        }
        Ok(())
    }
}

/// Returns an optional parameter. An empty value counts as absent.
fn text(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|text| !text.is_empty())
}

impl AuthorizeParameters {
    /// Parses a query string.
    pub(crate) fn parse(query: &str) -> Result<Self, MalformedRequest> {
        form::parse(query.as_bytes())
    }

    /// Returns `client_id` and `redirect_uri`. The server must validate both before it can redirect an error.
    pub(crate) fn requesting_client(&self) -> Result<(&str, &str), MalformedRequest> {
        let required = |name, value| {
            let repeated = MalformedRequest::Repeated(name);
            text(value).ok_or(if self.fault == Some(repeated) {
                repeated
            } else {
                MalformedRequest::Missing(name)
            })
        };
        Ok((
            required("client_id", self.single.client_id.as_ref())?,
            required("redirect_uri", self.single.redirect_uri.as_ref())?,
        ))
    }

    /// Returns the first repeated parameter, if any.
    pub(crate) const fn fault(&self) -> Option<MalformedRequest> {
        self.fault
    }

    /// Returns `state`, which the response repeats unchanged.
    pub(crate) fn state(&self) -> Option<&str> {
        text(self.single.state.as_ref())
    }

    /// Returns what the request object says about the error response, if there is one. Every request with a request
    /// object fails.
    pub(super) fn request_object(&self) -> ErrorTarget {
        let object = text(self.single.request.as_ref());
        object.map(ErrorTarget::of).unwrap_or_default()
    }

    /// Returns `response_mode`.
    pub(crate) fn response_mode(&self) -> Result<ResponseMode, Refusal> {
        ResponseMode::of(text(self.single.response_mode.as_ref()))
    }

    /// Returns `ui_locales`.
    pub(crate) fn ui_locales(&self) -> Option<&str> {
        text(self.single.ui_locales.as_ref())
    }

    /// Returns `login_hint`.
    pub(crate) fn login_hint(&self) -> Option<&str> {
        text(self.single.login_hint.as_ref())
    }

    /// Returns `acr_values`.
    pub(crate) fn acr_values(&self) -> Option<&str> {
        text(self.single.acr_values.as_ref())
    }

    /// Returns `id_token_hint`.
    pub(crate) fn id_token_hint(&self) -> Option<&str> {
        text(self.single.id_token_hint.as_ref())
    }

    /// Parses `claims`.
    pub(crate) fn claims(&self) -> Result<ClaimsParameter, Refusal> {
        text(self.single.claims.as_ref())
            .map(ClaimsParameter::parse)
            .transpose()
            .map(Option::unwrap_or_default)
    }

    /// Returns all values of `resource`.
    pub(crate) fn resources(&self) -> Vec<&str> {
        self.single.resources()
    }

    /// Notes the parameters of a request that is refused.
    pub(crate) fn note(&self) {
        CurrentRequest::note_authorization(&self.request(&ClaimsParameter::default(), &[]));
        if let Some(prompt) = self.demands(&ClaimsParameter::default(), None).prompt {
            CurrentRequest::note_fact("prompt", prompt);
        }
    }

    /// Returns the authorization request.
    pub(crate) fn request<'a>(
        &'a self,
        claims: &ClaimsParameter,
        resources: &'a [&'a str],
    ) -> AuthorizationRequest<'a> {
        self.single.request(claims.requested, resources)
    }

    /// Returns the demands on sign-in and consent.
    pub(crate) fn demands<'a>(
        &'a self,
        claims: &'a ClaimsParameter,
        essential_acr: Option<&'a [&'a str]>,
    ) -> DemandParameters<'a> {
        self.single
            .demands(essential_acr, claims.subject.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> AuthorizeParameters {
        AuthorizeParameters::parse(query).unwrap()
    }

    #[test]
    fn repeated_parameter_is_a_fault_except_resource() {
        let twice = parsed("client_id=a&state=1&redirect_uri=b&state=2&state=3&nonce=x&nonce=y");
        assert_eq!(twice.requesting_client(), Ok(("a", "b")));
        assert_eq!(twice.state(), None);
        assert_eq!(twice.fault(), Some(MalformedRequest::Repeated("state")));
        let resources = parsed("resource=urn:a&resource=urn:b&resource=");
        assert_eq!(resources.resources(), ["urn:a", "urn:b"]);
        assert_eq!(resources.fault(), None);
    }

    #[test]
    fn client_id_and_redirect_uri_must_occur_exactly_once() {
        for (query, fault) in [
            ("", MalformedRequest::Missing("client_id")),
            ("client_id=a", MalformedRequest::Missing("redirect_uri")),
            (
                "client_id=a&client_id=a&redirect_uri=b",
                MalformedRequest::Repeated("client_id"),
            ),
            (
                "client_id=a&redirect_uri=b&redirect_uri=b",
                MalformedRequest::Repeated("redirect_uri"),
            ),
        ] {
            assert_eq!(parsed(query).requesting_client(), Err(fault), "{query}");
        }
    }
}
