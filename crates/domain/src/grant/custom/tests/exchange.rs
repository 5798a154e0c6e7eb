//! Tokens that may not be exchanged, and the grant of an exchanged token.

use super::*;

#[test]
fn exchange_with_grant_of_another_token_is_refused() {
    let grant = grant_of(&confidential_client());
    let other = changed(&grant, |facts| facts.id = GrantId::from_bytes([9; 16]));
    let judged = exchanged(&gateway(), (&token_of(&grant), &other), None);
    assert_eq!(judged, Decision::Refuse(Refusal::GrantMismatch));
}

#[test]
fn exchange_of_token_for_another_api_is_refused() {
    let grant = grant_of(&confidential_client());
    let token = AccessToken {
        audience: ["https://ledger.example".into()].into(),
        ..token_of(&grant)
    };
    let judged = exchanged(&gateway(), (&token, &grant), None);
    let refused = Decision::Refuse(Refusal::AccessTokenForAnotherResource);
    assert_eq!(judged, refused);
}

#[test]
fn exchange_of_expired_or_revoked_token_is_refused() {
    let grant = grant_of(&confidential_client());
    let expired = AccessToken {
        expires_at: NOW,
        ..token_of(&grant)
    };
    let judged = exchanged(&gateway(), (&expired, &grant), None);
    assert_eq!(judged, Decision::Refuse(Refusal::AccessTokenExpired));
    let mut revoked = grant.clone();
    let _ = revoked.revoke(NOW);
    let judged = exchanged(&gateway(), (&token_of(&grant), &revoked), None);
    assert_eq!(judged, Decision::Refuse(Refusal::GrantRevoked));
}

#[test]
fn exchanged_token_belongs_to_grant_of_another_client() {
    let grant = grant_of(&confidential_client());
    let exchanged = AccessToken {
        client: gateway().id,
        ..token_of(&grant)
    };
    let root = exchanged.check_root(Some(grant.clone()), NOW);
    assert_eq!(root, Ok(grant.clone()));
    let unknown = Err(Refusal::AccessTokenUnknown);
    assert_eq!(exchanged.check_grant(Some(grant.clone()), NOW), unknown);
    let other = changed(&grant, |facts| facts.id = GrantId::from_bytes([9; 16]));
    assert_eq!(exchanged.check_root(Some(other), NOW), unknown);
    let wide = AccessToken {
        scope: Scope::parse("admin").unwrap(),
        ..exchanged
    };
    assert_eq!(wide.check_root(Some(grant), NOW), unknown);
}
