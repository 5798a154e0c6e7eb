//! The order of the checks.

use super::*;
use crate::checks::names;

/// Starts with a request that fails every check, then fixes one failure at a time.
#[test]
fn authorization_checks_run_in_table_order() {
    let mut client = confidential_client();
    client.status = ClientStatus::Inactive;
    client.grant_types.clear();
    let mut broken = AuthorizationRequest {
        response_type: "token",
        redirect_uri: "https://evil.example/",
        scope: Some("admin"),
        code_challenge_method: Some("sha"),
        resources: &["https://other.example"],
        unsupported: Some(UnsupportedParameter::Request),
        ..request()
    };
    let mut order = Vec::new();
    // `access_over_maximum_length_is_refused` has the last check.
    for check in AUTHORIZATION_CHECKS.iter().take(9) {
        match refused(&client, &broken) {
            Refusal::RedirectUriNotRegistered(_) => {
                order.push("redirect_uri_registered");
                broken.redirect_uri = request().redirect_uri;
            }
            Refusal::ClientDisabled => {
                order.push("client_active");
                client.status = ClientStatus::Active;
            }
            Refusal::RequestObjectUnsupported => {
                order.push("parameters_in_request");
                broken.unsupported = None;
            }
            Refusal::ResponseTypeUnsupported(_) => {
                order.push("response_type_code");
                broken.response_type = "code";
            }
            Refusal::GrantTypeNotAllowed(_) => {
                order.push("grant_type_registered");
                client.grant_types = confidential_client().grant_types;
            }
            Refusal::ScopeNotRegistered(_) => {
                order.push("scope_registered");
                broken.scope = request().scope;
            }
            Refusal::ChallengeMethodNotAllowed(_) => {
                order.push("code_challenge_valid");
                broken.code_challenge = None;
                broken.code_challenge_method = None;
            }
            Refusal::ChallengeMissing(_) => {
                order.push("code_challenge_present");
                broken.code_challenge = request().code_challenge;
                broken.code_challenge_method = request().code_challenge_method;
            }
            Refusal::ResourceNotAllowed(_) => order.push("resources_allowed"),
            other => panic!("{}: {other:?}", check.name),
        }
    }
    order.push("access_fits");
    assert_eq!(order, names(AUTHORIZATION_CHECKS));
    // The order is policy. Change it only on purpose.
    let policy = [
        "redirect_uri_registered",
        "client_active",
        "parameters_in_request",
        "response_type_code",
        "grant_type_registered",
        "scope_registered",
        "code_challenge_valid",
        "code_challenge_present",
        "resources_allowed",
        "access_fits",
    ];
    assert_eq!(order, policy);
}
