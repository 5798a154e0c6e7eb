//! The order of the checks.

use super::*;
use crate::checks::names;

#[test]
fn refresh_checks_run_in_table_order() {
    let (mut owner, mut grant) = grant_at(4);
    owner.pkce.replaces_secret = true;
    let mut token = RefreshToken::from_sealed(GrantId::from_bytes([9; 16]), 0, None);
    grant.facts.authorization.bound_to_verifier = false;
    let _ = grant.revoke(NOW);
    let mut caller = owner.clone();
    caller.id = ClientId::parse("other").unwrap();
    caller.grant_types.clear();
    let mut now = grant.expires_at();
    let mut order = alloc::vec::Vec::new();
    let mut scope = Some("too wide");
    let mut resources: &[&str] = &["https://other.example"];
    let mut judged = |check: &str| {
        let proof = stored(&caller)
            .authenticate(&Credential::None, now)
            .unwrap();
        let lifetimes = &Lifetimes::DEFAULT;
        let decision = grant.refresh(&token, scope.into(), resources, &proof, lifetimes, now);
        let revokes = matches!(decision, Decision::Revoke(..));
        let is_replay = matches!(decision.refusal(), Some(Refusal::RefreshTokenReplayed));
        assert_eq!(revokes, is_replay, "{check}");
        match decision.refusal().cloned() {
            Some(Refusal::GrantMismatch) => {
                order.push("grant_matches");
                token = RefreshToken::of(&grant, 0);
            }
            Some(Refusal::GrantTypeNotAllowed(_)) => {
                order.push("grant_type_registered");
                caller.grant_types = owner.grant_types.clone();
            }
            Some(Refusal::RefreshTokenOfAnotherClient(_)) => {
                order.push("client_matches");
                caller.id = owner.id.clone();
            }
            Some(Refusal::SecretMissing) => {
                order.push("secret_or_verifier");
                grant.facts.authorization.bound_to_verifier = true;
            }
            Some(Refusal::GrantRevoked) => {
                order.push("grant_not_revoked");
                grant.facts.revoked_at = None;
            }
            Some(Refusal::GrantExpired) => {
                order.push("grant_not_expired");
                now = NOW;
            }
            Some(Refusal::RefreshTokenReplayed) => {
                order.push("refresh_token_not_replayed");
                token = RefreshToken::of(&grant, 4);
            }
            Some(Refusal::ScopeBeyondGrant(_)) => {
                order.push("scope_granted");
                scope = None;
            }
            Some(Refusal::ResourceNotAllowed(_)) => {
                order.push("resources_granted");
                resources = &[];
            }
            other => panic!("{check}: {other:?}"),
        }
    };
    for check in REFRESH_CHECKS {
        judged(check.name);
    }
    assert_eq!(order, names(REFRESH_CHECKS));
    // The order is policy. Change it only on purpose.
    let policy = [
        "grant_matches",
        "grant_type_registered",
        "client_matches",
        "secret_or_verifier",
        "grant_not_revoked",
        "grant_not_expired",
        "refresh_token_not_replayed",
        "scope_granted",
        "resources_granted",
    ];
    assert_eq!(order, policy);
}
