//! Facts of a refused token request, for its explanation.

use countersign_application::{CurrentRequest, ExchangeParameters, GrantRequest, TokenRequest};

/// Maximum number of resources in an event.
const MOST_RESOURCES: usize = 5;

/// Notes what a refused request contained, without its codes, tokens and secrets.
pub(super) fn note(request: &TokenRequest) {
    let TokenRequest {
        evidence,
        grant,
        resources,
        form: _,
    } = request;
    CurrentRequest::note_fact("grant_type", grant.grant_type().as_str());
    evidence.note();
    match grant {
        GrantRequest::AuthorizationCode {
            code: _,
            redirect_uri,
            code_verifier,
        } => {
            if let Some(uri) = redirect_uri {
                CurrentRequest::note_uri("redirect_uri", uri);
            }
            let verifier = code_verifier.as_ref().map_or("missing", |_| "sent");
            CurrentRequest::note_fact("code_verifier", verifier);
        }
        GrantRequest::RefreshToken {
            refresh_token: _,
            scope,
        }
        | GrantRequest::ClientCredentials { scope } => {
            if let Some(scope) = scope {
                CurrentRequest::note_fact("scope", scope);
            }
        }
        GrantRequest::TokenExchange(parameters) => exchange(parameters),
        GrantRequest::DeviceCode { device_code: _ } => {}
    }
    note_resources(resources);
}

/// Notes the resources of a refused request.
pub(super) fn note_resources(resources: &[String]) {
    for resource in resources.iter().take(MOST_RESOURCES) {
        CurrentRequest::note_uri("resource", resource);
    }
}

fn exchange(parameters: &ExchangeParameters) {
    let ExchangeParameters {
        subject_token: _,
        subject_token_type,
        actor_token,
        requested_token_type: _,
        audiences,
        scope,
    } = parameters;
    CurrentRequest::note_fact("subject_token_type", subject_token_type);
    let actor = actor_token.as_ref().map_or("missing", |_| "sent");
    CurrentRequest::note_fact("actor_token", actor);
    if let Some(scope) = scope {
        CurrentRequest::note_fact("scope", scope);
    }
    for audience in audiences.iter().take(MOST_RESOURCES) {
        CurrentRequest::note_fact("audience", audience);
    }
}
