//! Code challenges and requests without one.

use super::*;
use crate::test_facts::{VERIFIER, public_client};

#[test]
fn aries_9_plain_is_refused_unless_client_allows_it() {
    let mut client = confidential_client();
    for method in [Some("plain"), None] {
        let plain = AuthorizationRequest {
            code_challenge: Some(VERIFIER),
            code_challenge_method: method,
            ..request()
        };
        client.pkce.plain_allowed = false;
        let not_allowed = Refusal::ChallengeMethodNotAllowed(Evidence::of("plain"));
        assert_eq!(refused(&client, &plain), not_allowed);
        client.pkce.plain_allowed = true;
        assert!(
            stored(&client)
                .judge(&plain, RequestPolicy::default())
                .is_ok()
        );
    }
}

fn without_challenge() -> AuthorizationRequest<'static> {
    AuthorizationRequest {
        scope: Some("openid read"),
        code_challenge: None,
        code_challenge_method: None,
        ..request()
    }
}

#[test]
fn omitted_challenge_is_refused_unless_pkce_policy_allows_it() {
    let without = without_challenge();
    let mut client = confidential_client();
    client.pkce.required = PkceRequirement::Always;
    assert_eq!(
        refused(&client, &without),
        Refusal::ChallengeMissing(MissingChallenge::Always)
    );
    client.pkce.required = PkceRequirement::Never;
    let no_nonce = AuthorizationRequest {
        nonce: None,
        ..without
    };
    let judged = stored(&client).judge(&no_nonce, RequestPolicy::default());
    assert!(judged.is_ok_and(|asked| asked.binding().challenge.is_none()));
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
fn openid_request_with_nonce_may_omit_challenge() {
    let without = without_challenge();
    let mut client = confidential_client();
    client.pkce.required = PkceRequirement::UnlessNonce;
    let judged = stored(&client)
        .judge(&without, RequestPolicy::default())
        .unwrap();
    assert_eq!(judged.binding().challenge, None);
    assert_eq!(judged.binding().nonce.as_deref(), without.nonce);
    for insufficient in [
        AuthorizationRequest {
            nonce: None,
            ..without
        },
        AuthorizationRequest {
            nonce: Some(""),
            ..without
        },
        AuthorizationRequest {
            scope: Some("read"),
            ..without
        },
    ] {
        assert_eq!(
            refused(&client, &insufficient),
            Refusal::ChallengeMissing(MissingChallenge::UnlessNonce),
            "{insufficient:?}"
        );
    }
}

#[test]
fn public_client_needs_challenge_despite_nonce_and_policy() {
    for required in PkceRequirement::ALL {
        let mut client = public_client();
        client.pkce.required = *required;
        assert_eq!(
            refused(&client, &without_challenge()),
            Refusal::ChallengeMissing(MissingChallenge::NoAlternative)
        );
    }
}

#[test]
fn tenant_with_pkce_for_all_requires_challenge_of_every_client() {
    let policy = RequestPolicy {
        pkce_for_all: true,
        ..RequestPolicy::default()
    };
    for required in PkceRequirement::ALL {
        let mut client = confidential_client();
        client.pkce.required = *required;
        let judged = stored(&client).judge(&without_challenge(), policy);
        assert_eq!(
            judged.err(),
            Some(Refusal::ChallengeMissing(MissingChallenge::NoAlternative))
        );
        assert!(stored(&client).judge(&request(), policy).is_ok());
    }
}
