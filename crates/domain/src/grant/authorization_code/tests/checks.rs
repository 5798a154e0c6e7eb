use super::*;
use crate::checks::names;
use crate::identifier::SessionId;
use crate::test_facts::session;

#[test]
fn each_redemption_check_has_its_own_refusal() {
    let client = confidential_client();
    let code = code_for(&client);
    let refused =
        |exchange: CodeExchange<'_>| redeem(&client, &code, &exchange, NOW).refusal().cloned();
    assert_eq!(
        refused(CodeExchange {
            redirect_uri: Some("https://app.example/callback/"),
            ..EXCHANGE
        }),
        Some(Refusal::RedirectUriMismatch(Evidence::of(
            "https://app.example/callback/"
        )))
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
    unbound.binding.challenge = None;
    assert_eq!(
        redeem(&client, &unbound, &EXCHANGE, NOW).refusal(),
        Some(&Refusal::VerifierUnexpected)
    );
    let mut other = client.clone();
    other.id = ClientId::parse("other").unwrap();
    assert_eq!(
        redeem(&other, &code, &EXCHANGE, NOW).refusal(),
        Some(&Refusal::CodeOfAnotherClient(Evidence::of("app")))
    );
    let mut machine = client.clone();
    machine.grant_types = [GrantType::CLIENT_CREDENTIALS].into();
    assert_eq!(
        redeem(&machine, &code, &EXCHANGE, NOW).refusal(),
        Some(&Refusal::GrantTypeNotAllowed(Evidence::of(
            "authorization_code"
        )))
    );
}

/// Starts with a request that fails as many checks as possible, then fixes one failure at a time.
#[test]
fn redemption_checks_run_in_table_order() {
    let mut owner = confidential_client();
    owner.pkce.replaces_secret = true;
    let mut code = code_for(&owner);
    code.binding.challenge = None;
    let mut caller = owner.clone();
    caller.id = ClientId::parse("other").unwrap();
    caller.grant_types.clear();
    let mut exchange = CodeExchange {
        redirect_uri: Some("https://evil.example/"),
        ..EXCHANGE
    };
    let mut now = code.expires_at;
    exchange.resources = &["https://other.example"];
    let mut order = Vec::new();
    for check in REDEMPTION_CHECKS {
        let proof = stored(&caller)
            .authenticate(&Credential::None, now)
            .unwrap();
        let sealed = AuthorizationCode::from_sealed(code.clone());
        let decision = sealed.redeem(&exchange, &proof, &Lifetimes::DEFAULT, now);
        match decision.refusal().cloned() {
            Some(Refusal::GrantTypeNotAllowed(_)) => {
                order.push("grant_type_registered");
                caller.grant_types = owner.grant_types.clone();
            }
            Some(Refusal::CodeOfAnotherClient(_)) => {
                order.push("client_matches");
                caller.id = owner.id.clone();
            }
            Some(Refusal::CodeExpired) => {
                order.push("code_not_expired");
                now = NOW;
            }
            Some(Refusal::RedirectUriMismatch(_)) => {
                order.push("redirect_uri_matches");
                exchange.redirect_uri = EXCHANGE.redirect_uri;
            }
            Some(Refusal::SecretMissing) => {
                order.push("secret_or_challenge");
                // From here on the code has a challenge, and the verifier is malformed.
                code.binding.challenge = code_for(&owner).binding.challenge;
                exchange.code_verifier = Some("short");
            }
            Some(Refusal::VerifierMalformed) => {
                order.push("code_verifier_matches");
                exchange.code_verifier = EXCHANGE.code_verifier;
            }
            Some(Refusal::ResourceNotAllowed(_)) => order.push("resources_allowed"),
            other => panic!("{}: {other:?}", check.name),
        }
    }
    assert_eq!(order, names(REDEMPTION_CHECKS));
    // The order is policy. Change it only on purpose.
    let policy = [
        "grant_type_registered",
        "client_matches",
        "code_not_expired",
        "redirect_uri_matches",
        "secret_or_challenge",
        "code_verifier_matches",
        "resources_allowed",
    ];
    assert_eq!(order, policy);
}

#[test]
fn code_of_session_needs_that_session_live() {
    let session = session();
    let mut code = code_for(&confidential_client());
    code.authorization.session = None;
    let unbound = AuthorizationCode::from_sealed(code.clone());
    assert_eq!(unbound.check_session(None, NOW), Ok(()));
    code.authorization.session = Some(session.id);
    let code = AuthorizationCode::from_sealed(code);
    assert_eq!(code.check_session(Some(&session), NOW), Ok(()));
    let other = Session {
        id: SessionId::from_bytes([9; 16]),
        ..session.clone()
    };
    let ended = Session {
        ended_at: Some(NOW),
        ..session
    };
    for judged in [None, Some(&other), Some(&ended)] {
        let refused = Err(Refusal::SessionEnded);
        assert_eq!(code.check_session(judged, NOW), refused);
    }
}
