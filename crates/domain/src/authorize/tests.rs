mod order;
mod pkce;
mod scope;

use super::*;
use crate::authorize::claims_request::StandardClaim;
use crate::client::{ClientStatus, MissingChallenge, PkceRequirement};
use crate::evidence::Evidence;
use crate::test_facts::{CHALLENGE, confidential_client, stored};

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
    stored(client)
        .judge(request, RequestPolicy::default())
        .unwrap_err()
}

#[test]
fn valid_request_returns_requested_access_and_binding() {
    let asked = stored(&confidential_client())
        .judge(&request(), RequestPolicy::default())
        .unwrap();
    assert_eq!(
        (
            asked.access().scope.as_str(),
            asked.binding().nonce.as_deref()
        ),
        ("read", Some("n-0S6"))
    );
    assert_eq!(asked.access().client, confidential_client().id);
    assert!(asked.binding().challenge.is_some());
    assert!(asked.binding().redirect_uri.is(request().redirect_uri));
}

#[test]
fn empty_parameters_count_as_absent() {
    let mut client = confidential_client();
    client.pkce.required = PkceRequirement::Never;
    let empty = AuthorizationRequest {
        scope: Some(""),
        code_challenge: Some(""),
        code_challenge_method: Some(""),
        nonce: Some(""),
        resources: &[""],
        ..request()
    };
    let absent = AuthorizationRequest {
        scope: None,
        code_challenge: None,
        code_challenge_method: None,
        nonce: None,
        resources: &[],
        ..request()
    };
    let judged = |request: &AuthorizationRequest<'_>| {
        stored(&client).judge(request, RequestPolicy::default())
    };
    assert_eq!(judged(&empty), judged(&absent));
    assert!(judged(&empty).is_ok());
}

#[test]
fn individually_requested_claims_need_registered_scope_and_consent() {
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
    let granted = stored(&client)
        .judge(&request, RequestPolicy::default())
        .unwrap();
    assert_eq!(granted.access().claims, RequestedClaims::default());
    assert_eq!(granted.to_agree_to().unwrap().as_str(), "read");
    client.scope = Scope::parse("read email").unwrap();
    let granted = stored(&client)
        .judge(&request, RequestPolicy::default())
        .unwrap();
    let claims = granted.access().claims;
    assert!(claims.userinfo.iter().eq([StandardClaim::Email]));
    assert_eq!(claims.id_token, asked.id_token);
    assert_eq!(granted.to_agree_to().unwrap().as_str(), "read email");
}

#[test]
fn each_invalid_parameter_has_its_own_refusal() {
    let client = confidential_client();
    let judged = |request| refused(&client, &request);
    assert_eq!(
        judged(AuthorizationRequest {
            response_type: "token",
            ..request()
        }),
        Refusal::ResponseTypeUnsupported(Evidence::of("token"))
    );
    assert_eq!(
        judged(AuthorizationRequest {
            redirect_uri: "https://evil.example/",
            ..request()
        }),
        Refusal::RedirectUriNotRegistered(Evidence::of("https://evil.example/"))
    );
    assert_eq!(
        judged(AuthorizationRequest {
            scope: Some("admin"),
            ..request()
        }),
        Refusal::ScopeNotRegistered(Evidence::of("admin"))
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
        Refusal::ChallengeMethodNotAllowed(Evidence::of("S512"))
    );
    for (unsupported, refusal) in [
        (
            UnsupportedParameter::Request,
            Refusal::RequestObjectUnsupported,
        ),
        (
            UnsupportedParameter::RequestUri,
            Refusal::RequestUriUnsupported,
        ),
        (
            UnsupportedParameter::Registration,
            Refusal::RegistrationUnsupported,
        ),
    ] {
        assert_eq!(
            judged(AuthorizationRequest {
                unsupported: Some(unsupported),
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
        Refusal::ResourceNotAllowed(Evidence::of("urn:api"))
    );
    let mut machine = confidential_client();
    machine.grant_types = [GrantType::CLIENT_CREDENTIALS].into();
    assert_eq!(
        refused(&machine, &request()),
        Refusal::GrantTypeNotAllowed(Evidence::of("authorization_code"))
    );
}

/// Client registered for resources that reach the maximum length exactly, and for one more.
fn client_with_resources() -> (Client, Vec<String>) {
    let mut client = confidential_client();
    let scope_and_client = "app".len() + "read".len();
    let room = Access::MAX_LENGTH - scope_and_client;
    let text = |index: usize, length: usize| {
        let front = alloc::format!("urn:{index:03}:");
        let filling = "x".repeat(length - front.len());
        front + &filling
    };
    let mut texts: Vec<String> = (0..room / 200).map(|index| text(index, 200)).collect();
    texts.push(text(998, room % 200));
    texts.push(text(999, 9));
    let resources = texts.iter().map(|text| Resource::parse(text).unwrap());
    client.resources = resources.collect();
    (client, texts)
}

#[test]
fn access_over_maximum_length_is_refused() {
    let (client, texts) = client_with_resources();
    let all: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (one_more, fitting) = all.split_last().unwrap();
    let judged = |resources: &[&str]| {
        let request = AuthorizationRequest {
            resources,
            ..request()
        };
        stored(&client).judge(&request, RequestPolicy::default())
    };
    let longest = judged(fitting).unwrap();
    assert_eq!(longest.access().length(), Access::MAX_LENGTH);
    assert_eq!(judged(&all), Err(Refusal::AccessTooLong));
    let mut shorter = fitting.to_vec();
    shorter.pop();
    let below = judged(&shorter).unwrap();
    assert!(below.access().length() < Access::MAX_LENGTH);
    assert!(judged(&[one_more]).is_ok());
}

#[test]
fn empty_redirect_uri_counts_as_absent() {
    let request = AuthorizationRequest {
        redirect_uri: "",
        ..request()
    };
    let client = confidential_client();
    assert_eq!(refused(&client, &request), Refusal::RedirectUriMissing);
}
