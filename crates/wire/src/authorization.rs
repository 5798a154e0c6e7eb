//! Authorization requests and their responses (RFC 6749 sections 4.1.1 and 4.1.2).

use crate::form;
use crate::parameters::parameters;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use countersign_domain::authorize::claims_request::RequestedClaims;
use countersign_domain::authorize::demands::DemandParameters;
use countersign_domain::authorize::{AuthorizationRequest, UnsupportedParameter};
use countersign_domain::refusal::Refusal;

parameters! {
    /// Parameters by name (RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core sections 3.1.2.1, 5.2, 5.5
    /// and 6).
    pub AuthorizationParameters {
        client_id,
        redirect_uri,
        response_type,
        response_mode,
        scope,
        state,
        nonce,
        code_challenge,
        code_challenge_method,
        prompt,
        max_age,
        display,
        ui_locales,
        claims_locales,
        login_hint,
        id_token_hint,
        acr_values,
        claims,
        request,
        request_uri,
        registration;
        often resource
    }
}

impl AuthorizationParameters {
    /// Returns all values of `resource`.
    #[must_use]
    pub fn resources(&self) -> Vec<&str> {
        self.resource.iter().map(String::as_str).collect()
    }

    /// Returns the authorization request. `claims` comes from the parameter of that name.
    #[must_use]
    pub fn request<'a>(
        &'a self,
        claims: RequestedClaims,
        resources: &'a [&'a str],
    ) -> AuthorizationRequest<'a> {
        let unsupported = [
            (&self.request, UnsupportedParameter::Request),
            (&self.request_uri, UnsupportedParameter::RequestUri),
            (&self.registration, UnsupportedParameter::Registration),
        ];
        let is_sent = |value: &Option<String>| value.as_ref().is_some_and(|text| !text.is_empty());
        AuthorizationRequest {
            response_type: self.response_type.as_deref().unwrap_or_default(),
            redirect_uri: self.redirect_uri.as_deref().unwrap_or_default(),
            scope: self.scope.as_deref(),
            code_challenge: self.code_challenge.as_deref(),
            code_challenge_method: self.code_challenge_method.as_deref(),
            nonce: self.nonce.as_deref(),
            claims,
            resources,
            unsupported: unsupported
                .into_iter()
                .find_map(|(value, unsupported)| is_sent(value).then_some(unsupported)),
        }
    }

    /// Returns the redirect URI with a response: `fields`, `state` and `iss`. Call it only after
    /// [`RegisteredClient::judge`](countersign_domain::client::authentication::RegisteredClient::judge) has accepted the
    /// redirect URI.
    #[must_use]
    pub fn redirect(&self, fields: &[(&str, &str)], issuer: &str) -> String {
        let uri = self.redirect_uri.as_deref().unwrap_or_default();
        let fields = response(fields, self.state.as_deref(), issuer);
        form::with_query(uri, &fields)
    }

    /// Returns the redirect URI with an error response. Call it only for a refusal that
    /// [may be redirected](Refusal::may_be_redirected).
    #[must_use]
    pub fn redirect_refusal(&self, refusal: &Refusal, issuer: &str) -> String {
        let description = refusal.to_string();
        let error = ("error", refusal.code().as_str());
        self.redirect(&[error, ("error_description", &description)], issuer)
    }

    /// Returns the demands on sign-in and consent. `essential_acr` and `subject` come from the parameter `claims`.
    #[must_use]
    pub fn demands<'a>(
        &'a self,
        essential_acr: Option<&'a [&'a str]>,
        subject: Option<&'a str>,
    ) -> DemandParameters<'a> {
        DemandParameters {
            prompt: self.prompt.as_deref(),
            max_age: self.max_age.as_deref(),
            acr_values: self.acr_values.as_deref(),
            essential_acr,
            subject,
        }
    }
}

/// Returns the parameters of an authorization response: `fields`, `state`, and `iss`, which prevents mix-up attacks on
/// clients of several servers (RFC 9207 section 2).
#[must_use]
pub fn response<'a>(
    fields: &[(&'a str, &'a str)],
    state: Option<&'a str>,
    issuer: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let state = state.map(|state| ("state", state));
    let fields = fields.iter().copied().chain(state);
    fields.chain([("iss", issuer)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_object_is_unsupported_unless_empty() {
        for (query, expected) in [
            ("request=e30", Some(UnsupportedParameter::Request)),
            ("request_uri=urn:x", Some(UnsupportedParameter::RequestUri)),
            ("registration=e30", Some(UnsupportedParameter::Registration)),
            ("request=&request_uri=", None),
        ] {
            let asked: AuthorizationParameters = form::parse(query.as_bytes()).unwrap();
            let request = asked.request(RequestedClaims::default(), &[]);
            assert_eq!(request.unsupported, expected, "{query}");
        }
    }

    #[test]
    fn redirect_has_fields_state_and_issuer() {
        let query = b"redirect_uri=https%3A%2F%2Fnotes.example%2F%3Fa%3Db&state=s";
        let asked: AuthorizationParameters = form::parse(query).unwrap();
        assert_eq!(
            asked.redirect(&[("code", "x")], "https://id.example"),
            "https://notes.example/?a=b&code=x&state=s&iss=https%3A%2F%2Fid.example"
        );
        let refused = asked.redirect_refusal(&Refusal::LoginRequired, "https://id.example");
        assert!(
            refused
                .starts_with("https://notes.example/?a=b&error=login_required&error_description=")
        );
        assert!(refused.ends_with("&state=s&iss=https%3A%2F%2Fid.example"));
    }

    #[test]
    fn response_repeats_state_and_names_issuer() {
        let issuer = "https://id.example";
        let fields = response(&[("code", "x")], Some("s"), issuer);
        assert_eq!(fields, [("code", "x"), ("state", "s"), ("iss", issuer)]);
        let fields = response(&[("code", "x")], None, issuer);
        assert_eq!(fields, [("code", "x"), ("iss", issuer)]);
    }
}
