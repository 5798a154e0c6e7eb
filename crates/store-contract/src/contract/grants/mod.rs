//! [`GrantRepository`](countersign_ports::GrantRepository), except rotation.

pub mod grants_by_model;
pub mod grants_of_people;
pub mod redemptions;
pub mod rotation;

use crate::contract::support::{CROWD, winners};
use crate::fixtures::{NOW, changed_grant, client_id, grant, grant_id, later, rotation};
use countersign_domain::authorize::claims_request::{ClaimSet, RequestedClaims, StandardClaim};
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::{Grant, GrantFacts};
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::later::{LaterFact, LaterFacts};
use countersign_domain::login::authentication::{Acr, Authentication, Method, Methods};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, Store};
use std::sync::Arc;

/// A stored grant keeps every field.
pub async fn established_grant_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    let plain = grant(1);
    let odd = Grant::from_stored(GrantFacts {
        id: GrantId::from_bytes([0xff; 16]),
        authorization: Authorization {
            access: Access {
                client: client_id("~ odd \"id\" %"),
                scope: Scope::none(),
                resources: vec![
                    Resource::parse("https://b.example/").unwrap(),
                    Resource::parse("urn:a").unwrap(),
                ],
                claims: RequestedClaims {
                    userinfo: ClaimSet::from_bits(u32::MAX),
                    id_token: [StandardClaim::Birthdate].into_iter().collect(),
                },
                later: LaterFacts::none(),
            },
            subject: Subject::new("Ægir 👩‍🚀 \0 '; --"),
            authentication: Authentication::new(
                later(1),
                Methods::NONE
                    .with(Method::EMAIL_CODE)
                    .with(Method::REMEMBERED_DEVICE),
            ),
            session: Some(SessionId::from_bytes([0xfe; 16])),
            bound_to_verifier: false,
        },
        generation: u32::MAX,
        rotated_at: later(2),
        expires_at: later(3),
        revoked_at: Some(later(4)),
    });
    for grant in [plain, odd] {
        is_found_as_it_was(&*store, tenant, grant).await;
    }
}

/// Facts that a later version added to an authorization are preserved.
pub async fn later_version_facts_are_preserved<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut later_facts = LaterFacts::none();
    later_facts.push(LaterFact {
        tag: -70_000,
        // Text with one letter, in CBOR.
        value: vec![0x61, 0x78],
    });
    let of_later = changed_grant(&grant(1), |facts| {
        facts.authorization.access.later = later_facts;
        facts.authorization.authentication.methods = Methods::from_bits(1 << 31 | 1);
        facts.authorization.authentication.acr = Acr::from_rank(25);
    });
    is_found_as_it_was(&*store, tenant, of_later).await;
}

/// A long authorization is not truncated.
pub async fn long_authorization_is_not_truncated<S: Store>(store: Arc<S>, tenant: TenantId) {
    let resource = |number: u8| format!("urn:{number:0200}");
    let resources = (0..40).map(|number| Resource::parse(&resource(number)).unwrap());
    let long = changed_grant(&grant(1), |facts| {
        facts.authorization.access.resources = resources.collect();
    });
    assert!(long.authorization().access.length() > 8000);
    is_found_as_it_was(&*store, tenant, long).await;
}

async fn is_found_as_it_was(store: &impl Store, tenant: TenantId, grant: Grant) {
    assert_eq!(store.establish(tenant, &grant).await.unwrap(), Race::Won);
    let found = store.find_grant(tenant, grant.id()).await.unwrap();
    assert_eq!(found, Some(grant));
}

/// A grant that does not exist is not found.
pub async fn unknown_grant_is_not_found<S: Store>(store: Arc<S>, tenant: TenantId) {
    let _ = store.establish(tenant, &grant(1)).await.unwrap();
    assert_eq!(store.find_grant(tenant, grant_id(2)).await.unwrap(), None);
}

/// Establishing an existing grant returns `Lost` and changes nothing.
pub async fn establishing_existing_grant_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let first = grant(1);
    let second = changed_grant(&first, |facts| {
        facts.authorization.subject = Subject::new("mallory");
        facts.generation = 9;
    });
    assert_eq!(store.establish(tenant, &first).await.unwrap(), Race::Won);
    assert_eq!(store.establish(tenant, &second).await.unwrap(), Race::Lost);
    assert_eq!(
        store.find_grant(tenant, first.id()).await.unwrap(),
        Some(first)
    );
}

/// Establishing a grant that exists returns `Lost`, even if it is revoked or expired.
pub async fn establishing_keeps_revoked_or_expired_grant<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let revoked = changed_grant(&grant(1), |facts| facts.revoked_at = Some(NOW));
    let expired = changed_grant(&grant(2), |facts| facts.expires_at = NOW);
    for ended in [revoked, expired] {
        let _ = store.establish(tenant, &ended).await.unwrap();
        let again = changed_grant(&ended, |facts| {
            facts.revoked_at = None;
            facts.expires_at = later(9999);
        });
        assert_eq!(store.establish(tenant, &again).await.unwrap(), Race::Lost);
        assert_eq!(
            store.find_grant(tenant, ended.id()).await.unwrap(),
            Some(ended)
        );
    }
}

/// Of concurrent calls that establish one grant, one wins, and the store keeps that grant.
pub async fn concurrent_establishes_of_one_grant_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let by = |number: u32| changed_grant(&grant(1), |facts| facts.generation = number);
    let winner = Arc::new(std::sync::Mutex::new(None));
    let won = winners(&store, |store, number| {
        let winner = Arc::clone(&winner);
        async move {
            let race = store.establish(tenant, &by(number)).await?;
            if race == Race::Won {
                *winner.lock().unwrap() = Some(number);
            }
            Ok(race)
        }
    });
    assert_eq!(won.await, 1);
    let stored = store
        .find_grant(tenant, grant_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(Some(stored.facts().generation), *winner.lock().unwrap());
}

/// Concurrent calls that establish different grants all win.
pub async fn concurrent_establishes_of_different_grants_all_win<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let won = winners(&store, |store, number| async move {
        store.establish(tenant, &grant(number.into())).await
    });
    assert_eq!(won.await, CROWD as usize);
}

/// Revoking a grant sets its revocation time and changes nothing else.
pub async fn revoking_sets_only_revocation_time<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in [1, 2] {
        let _ = store.establish(tenant, &grant(number)).await.unwrap();
    }
    let revoked = store.revoke(tenant, grant_id(1), later(5)).await.unwrap();
    assert_eq!(revoked, Race::Won);
    let expected = changed_grant(&grant(1), |facts| facts.revoked_at = Some(later(5)));
    let found = store.find_grant(tenant, grant_id(1)).await.unwrap();
    assert_eq!(found, Some(expected));
    let other = store.find_grant(tenant, grant_id(2)).await.unwrap();
    assert_eq!(other, Some(grant(2)));
}

/// Revoking a grant that does not exist returns `Lost`.
pub async fn revoking_unknown_grant_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    assert_eq!(
        store.revoke(tenant, grant_id(1), NOW).await.unwrap(),
        Race::Lost
    );
    assert_eq!(store.find_grant(tenant, grant_id(1)).await.unwrap(), None);
}

/// Revoking a revoked grant returns `Lost` and keeps the first revocation time.
pub async fn second_revocation_keeps_first_time<S: Store>(store: Arc<S>, tenant: TenantId) {
    let _ = store.establish(tenant, &grant(1)).await.unwrap();
    let _ = store.revoke(tenant, grant_id(1), later(5)).await.unwrap();
    for at in [later(1), later(9)] {
        assert_eq!(
            store.revoke(tenant, grant_id(1), at).await.unwrap(),
            Race::Lost
        );
    }
    let found = store
        .find_grant(tenant, grant_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.facts().revoked_at, Some(later(5)));
}

/// An expired grant can be revoked.
pub async fn expired_grant_can_be_revoked<S: Store>(store: Arc<S>, tenant: TenantId) {
    let expired = changed_grant(&grant(1), |facts| facts.expires_at = NOW);
    let _ = store.establish(tenant, &expired).await.unwrap();
    let revoked = store.revoke(tenant, expired.id(), later(5)).await.unwrap();
    assert_eq!(revoked, Race::Won);
}

/// A grant that is rotated and revoked concurrently ends up revoked, whichever call comes first.
pub async fn grant_rotated_and_revoked_concurrently_ends_revoked<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let _ = store.establish(tenant, &grant(1)).await.unwrap();
    let won = winners(&store, |store, number| async move {
        if number % 2 == 0 {
            store.revoke(tenant, grant_id(1), NOW).await
        } else {
            store.rotate(tenant, &rotation(grant_id(1), 0)).await
        }
    });
    let won = won.await;
    let found = store
        .find_grant(tenant, grant_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.facts().revoked_at, Some(NOW));
    assert_eq!(won, 1 + found.facts().generation as usize);
}
