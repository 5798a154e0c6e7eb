mod order;
mod scope;

use super::*;
use crate::client::authentication::Credential;
use crate::client::{Client, ClientId};
use crate::identifier::GrantId;
use crate::tenant::lifetimes::LifetimeSettings;
use crate::test_facts::{NOW, changed, confidential_client, grant_of, secret, stored};
use core::time::Duration;
use proptest::prelude::*;

fn refresh(
    client: &Client,
    grant: &Grant,
    generation: u32,
    scope: Option<&str>,
    now: Timestamp,
) -> Decision<Refreshed> {
    let caller = stored(client)
        .authenticate(&Credential::Secret(secret()), now)
        .unwrap();
    let token = RefreshToken::of(grant, generation);
    grant.refresh(&token, scope.into(), &[], &caller, &Lifetimes::DEFAULT, now)
}

fn issued(decision: Decision<Refreshed>) -> Refreshed {
    match decision {
        Decision::Issue(refreshed) => refreshed,
        other => panic!("{other:?}"),
    }
}

fn successor(refreshed: &Refreshed) -> u32 {
    let facts = refreshed.issuance.refresh_token.as_ref();
    facts.unwrap().token.generation()
}

fn grant_at(generation: u32) -> (Client, Grant) {
    let client = confidential_client();
    let grant = changed(&grant_of(&client), |facts| facts.generation = generation);
    (client, grant)
}

#[test]
fn current_refresh_token_is_rotated() {
    let (client, grant) = grant_at(3);
    let refreshed = issued(refresh(&client, &grant, 3, None, NOW));
    assert_eq!(refreshed.rotation().map(Rotation::successor), Some(4));
    assert_eq!(successor(&refreshed), 4);
}

#[test]
fn retry_within_leeway_gets_same_successor_without_write() {
    let (client, grant) = grant_at(4);
    let in_time = NOW.plus(Duration::from_secs(29));
    let refreshed = issued(refresh(&client, &grant, 3, None, in_time));
    assert_eq!((refreshed.rotation(), successor(&refreshed)), (None, 4));
}

#[test]
fn refresh_token_replayed_after_leeway_revokes_grant() {
    let (client, grant) = grant_at(4);
    let late = NOW.plus(Duration::from_secs(30));
    let replayed = Decision::Revoke(grant.id(), Refusal::RefreshTokenReplayed);
    assert_eq!(refresh(&client, &grant, 3, None, late), replayed);
    assert_eq!(
        refresh(&client, &grant, 3, Some("too wide"), late),
        replayed
    );
}

#[test]
fn using_successor_ends_leeway() {
    let (client, grant) = grant_at(5);
    assert_eq!(
        refresh(&client, &grant, 3, None, NOW).refusal(),
        Some(&Refusal::RefreshTokenReplayed)
    );
}

#[test]
fn presumed_grant_gets_same_decision_as_stored_grant() {
    let (client, grant) = grant_at(3);
    let token = RefreshToken::of(&grant, 3);
    let presumed = token.presumed_grant(NOW).unwrap();
    let judged = refresh(&client, &presumed, 3, None, NOW);
    assert_eq!(judged, refresh(&client, &grant, 3, None, NOW));
}

#[test]
fn refresh_token_without_authorization_has_no_presumed_grant() {
    let (client, grant) = grant_at(3);
    let token = RefreshToken::from_sealed(grant.id(), 3, None);
    assert_eq!(token.presumed_grant(NOW), None);
    let caller = stored(&client)
        .authenticate(&Credential::Secret(secret()), NOW)
        .unwrap();
    let judged = grant.refresh(&token, None.into(), &[], &caller, &Lifetimes::DEFAULT, NOW);
    assert_eq!(judged, refresh(&client, &grant, 3, None, NOW));
}

#[test]
fn store_that_lost_rotations_catches_up() {
    let (client, grant) = grant_at(2);
    let refreshed = issued(refresh(&client, &grant, 7, None, NOW));
    assert_eq!(refreshed.rotation().map(Rotation::successor), Some(8));
}

#[test]
fn refresh_token_of_another_grant_is_refused() {
    let (client, own) = grant_at(0);
    let of_another_user = changed(&own, |facts| {
        facts.id = GrantId::from_bytes([9; 16]);
        facts.authorization.subject = crate::identifier::Subject::new("joe");
    });
    let token = RefreshToken::of(&own, 0);
    let caller = stored(&client)
        .authenticate(&Credential::Secret(secret()), NOW)
        .unwrap();
    let decision =
        of_another_user.refresh(&token, None.into(), &[], &caller, &Lifetimes::DEFAULT, NOW);
    assert_eq!(decision, Decision::Refuse(Refusal::GrantMismatch));
}

#[test]
fn refresh_issues_tokens_only_after_rotation_is_stored() {
    let (client, grant) = grant_at(3);
    let refreshed = issued(refresh(&client, &grant, 3, None, NOW));
    assert_eq!(refreshed.clone().stored(Race::Lost), None);
    assert!(refreshed.stored(Race::Won).is_some());
}

#[test]
fn replay_by_another_client_does_not_revoke_grant() {
    let (client, grant) = grant_at(4);
    let mut other = client;
    other.id = ClientId::parse("other").unwrap();
    let late = NOW.plus(Duration::from_secs(60));
    assert_eq!(
        refresh(&other, &grant, 0, None, late),
        Decision::Refuse(Refusal::RefreshTokenOfAnotherClient(Evidence::of("app")))
    );
}

#[test]
fn revoked_or_expired_grant_is_refused() {
    let (client, mut grant) = grant_at(0);
    assert_eq!(
        refresh(&client, &grant, 0, None, grant.expires_at()).refusal(),
        Some(&Refusal::GrantExpired)
    );
    let _ = grant.revoke(NOW);
    assert_eq!(
        refresh(&client, &grant, 0, None, NOW).refusal(),
        Some(&Refusal::GrantRevoked)
    );
}

#[test]
fn aries_10_refresh_without_secret_requires_verifier_bound_grant() {
    let (mut client, mut grant) = grant_at(0);
    client.pkce.replaces_secret = true;
    let caller = stored(&client)
        .authenticate(&Credential::None, NOW)
        .unwrap();
    let token = RefreshToken::of(&grant, 0);
    let judged = |grant: &Grant| {
        grant
            .refresh(&token, None.into(), &[], &caller, &Lifetimes::DEFAULT, NOW)
            .refusal()
            .cloned()
    };
    assert_eq!(judged(&grant), None);
    grant.facts.authorization.bound_to_verifier = false;
    assert_eq!(judged(&grant), Some(Refusal::SecretMissing));
}

proptest! {
    #[test]
    fn expired_grant_never_issues_tokens(generation in 0_u32..9, presented in 0_u32..9, late in 0_u64..1_000_000) {
        let (client, grant) = grant_at(generation);
        let now = grant.expires_at().plus(Duration::from_secs(late));
        let judged = refresh(&client, &grant, presented, None, now);
        prop_assert_eq!(judged.refusal(), Some(&Refusal::GrantExpired));
    }

    #[test]
    fn refreshed_grant_outlives_its_code_and_its_access_token(refresh in 1_u64..10_000, code in 1_u64..=600, access in 1_u64..10_000) {
        let (mut client, grant) = grant_at(0);
        client.access_token_lifetime = Some(Duration::from_secs(access));
        let lifetimes = Lifetimes::new(LifetimeSettings {
            refresh_token: Duration::from_secs(refresh),
            authorization_code: Duration::from_secs(code),
            ..LifetimeSettings::default()
        });
        let lifetimes = lifetimes.unwrap();
        let caller = stored(&client).authenticate(&Credential::Secret(secret()), NOW).unwrap();
        let token = RefreshToken::of(&grant, 0);
        let refreshed = issued(grant.refresh(&token, None.into(), &[], &caller, &lifetimes, NOW));
        let expires_at = refreshed.rotation().unwrap().expires_at;
        prop_assert!(expires_at >= NOW.plus(lifetimes.authorization_code()), "a code sealed before now");
        prop_assert!(expires_at >= refreshed.issuance.expires_at);
    }

    #[test]
    fn successor_depends_only_on_presented_token(generation in 0_u32..9, presented in 0_u32..9) {
        let (client, grant) = grant_at(generation);
        if let Decision::Issue(refreshed) = refresh(&client, &grant, presented, None, NOW) {
            prop_assert_eq!(successor(&refreshed), presented + 1);
            prop_assert_eq!(refreshed.rotation().is_some(), presented >= generation);
        } else {
            prop_assert!(presented + 1 < generation);
        }
    }
}

#[test]
fn refresh_narrows_resources_of_access_token_but_not_grant() {
    let (client, mut grant) = grant_at(0);
    let (a, b) = ("https://a.example", "https://b.example");
    grant.facts.authorization.access.resources =
        [a, b].map(|text| Resource::parse(text).unwrap()).into();
    let caller = stored(&client)
        .authenticate(&Credential::Secret(secret()), NOW)
        .unwrap();
    let token = RefreshToken::of(&grant, 0);
    let refresh = |resources: &[&str]| {
        grant.refresh(
            &token,
            None.into(),
            resources,
            &caller,
            &Lifetimes::DEFAULT,
            NOW,
        )
    };
    let narrowed = issued(refresh(&[b])).issuance;
    assert_eq!(narrowed.audience, [b]);
    let successor = narrowed.refresh_token.unwrap().token;
    assert_eq!(successor.authorization(), Some(grant.authorization()));
    assert_eq!(issued(refresh(&[])).issuance.audience, [a, b]);
    let beyond = refresh(&["https://c.example"]);
    let refused = Refusal::ResourceNotAllowed(Evidence::of("https://c.example"));
    assert_eq!(beyond, Decision::Refuse(refused));
}
