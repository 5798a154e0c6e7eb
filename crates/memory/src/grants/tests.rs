use super::*;
use crate::test_facts::{EXCHANGE, LIFETIMES, NOW, caller, client, code};
use alloc::vec::Vec;
use core::time::Duration;
use countersign_domain::prelude::*;

fn redeem(grants: &mut Grants, client: &Client, id: u8) -> Result<Issuance, Refusal> {
    let decision = code(client, id).redeem(&EXCHANGE, &caller(client), &LIFETIMES, NOW);
    grants.redeem(decision, |_| Ok(()), NOW)
}

fn refresh(
    grants: &mut Grants,
    client: &Client,
    token: &RefreshToken,
    now: Timestamp,
) -> Result<Issuance, Refusal> {
    let judge =
        |grant: &Grant| grant.refresh(token, None.into(), &[], &caller(client), &LIFETIMES, now);
    grants.refresh(token, judge, now)
}

fn token(issuance: Issuance) -> RefreshToken {
    issuance.refresh_token.unwrap().token
}

#[test]
fn code_redeemed_twice_revokes_its_grant() {
    let (client, mut grants) = (client(), Grants::default());
    let first = token(redeem(&mut grants, &client, 1).unwrap());
    let again = redeem(&mut grants, &client, 1);
    assert_eq!(again, Err(Refusal::CodeReplayed));
    let refreshed = refresh(&mut grants, &client, &first, NOW);
    assert_eq!(refreshed, Err(Refusal::GrantRevoked));
}

#[test]
fn user_disabled_since_the_code_revokes_stored_grant() {
    let (client, mut grants) = (client(), Grants::default());
    let decision = code(&client, 1).redeem(&EXCHANGE, &caller(&client), &LIFETIMES, NOW);
    let refused = grants.redeem(decision, |_| Err(Refusal::UserDisabled), NOW);
    assert_eq!(refused, Err(Refusal::UserDisabled));
    let stored = grants.find(&GrantId::from_bytes([1; 16]));
    assert!(stored.is_some_and(|grant| !grant.is_live(NOW)));
}

#[test]
fn refused_redemption_stores_nothing() {
    let (client, mut grants) = (client(), Grants::default());
    let wrong = CodeExchange {
        code_verifier: None,
        ..EXCHANGE
    };
    let decision = code(&client, 1).redeem(&wrong, &caller(&client), &LIFETIMES, NOW);
    let refused = grants.redeem(decision, |_| Ok(()), NOW);
    assert_eq!(refused, Err(Refusal::VerifierMissing));
    assert!(grants.rows().is_empty());
}

#[test]
fn refresh_rotates_the_row_and_replay_revokes_it() {
    let (client, mut grants) = (client(), Grants::default());
    let first = token(redeem(&mut grants, &client, 1).unwrap());
    let second = token(refresh(&mut grants, &client, &first, NOW).unwrap());
    assert_eq!(second.generation(), 1);
    let retry = token(refresh(&mut grants, &client, &first, NOW).unwrap());
    assert_eq!(retry, second);
    let tomorrow = NOW.plus(Duration::from_secs(86_400));
    let replayed = refresh(&mut grants, &client, &first, tomorrow);
    assert_eq!(replayed, Err(Refusal::RefreshTokenReplayed));
    let honest = refresh(&mut grants, &client, &second, tomorrow);
    assert_eq!(honest, Err(Refusal::GrantRevoked));
}

#[test]
fn refresh_of_unstored_grant_is_refused() {
    let (client, mut grants) = (client(), Grants::default());
    let first = token(redeem(&mut grants, &client, 1).unwrap());
    grants.rows_mut().clear();
    let refreshed = refresh(&mut grants, &client, &first, NOW);
    assert_eq!(refreshed, Err(Refusal::GrantUnknown));
}

#[test]
fn revoking_all_counts_only_live_matching_grants() {
    let (client, mut grants) = (client(), Grants::default());
    for id in 1..=3 {
        redeem(&mut grants, &client, id).unwrap();
    }
    let first = GrantId::from_bytes([1; 16]);
    assert_eq!(grants.revoke(&first, NOW), Race::Won);
    let last = GrantId::from_bytes([3; 16]);
    assert_eq!(grants.revoke_all(|id, _| *id != last, NOW), 1);
    let live: Vec<_> = grants
        .rows()
        .values()
        .filter(|grant| grant.is_live(NOW))
        .map(Grant::id)
        .collect();
    assert_eq!(live, [last]);
}
