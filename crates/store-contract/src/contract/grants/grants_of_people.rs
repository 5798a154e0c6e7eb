//! [`GrantRepository`](countersign_ports::GrantRepository): grants of a session or a subject.

use crate::contract::support::{all, winners};
use crate::fixtures::{changed_grant, client_id, grant, grant_id, later, rotation, session_id};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Race, Store};
use std::sync::Arc;

fn of_session(number: u64, session: Option<SessionId>) -> Grant {
    changed_grant(&grant(number), |facts| {
        facts.authorization.session = session;
    })
}

/// The grants of a session are listed by ID, live or not, and no other grants.
pub async fn session_grants_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let own = Some(session_id(1));
    let mut theirs = [256, 3, 1].map(|number| of_session(number, own));
    theirs[0] = changed_grant(&theirs[0], |facts| facts.revoked_at = Some(later(1)));
    theirs[1] = changed_grant(&theirs[1], |facts| facts.expires_at = later(0));
    for grant in &theirs {
        assert_eq!(store.establish(tenant, grant).await.unwrap(), Race::Won);
    }
    for other in [of_session(2, Some(session_id(2))), of_session(4, None)] {
        let _ = store.establish(tenant, &other).await.unwrap();
    }
    theirs.reverse();
    let listed = all(store
        .list_grants(tenant, session_id(1), After::start())
        .await);
    assert_eq!(listed, theirs);
    assert_eq!(
        all(store
            .list_grants(tenant, session_id(3), After::start())
            .await),
        []
    );
}

/// A rotated grant is listed with its new generation.
pub async fn rotated_grant_stays_in_its_session<S: Store>(store: Arc<S>, tenant: TenantId) {
    let own = of_session(1, Some(session_id(1)));
    let _ = store.establish(tenant, &own).await.unwrap();
    let _ = store.rotate(tenant, &rotation(own.id(), 0)).await.unwrap();
    let listed = all(store
        .list_grants(tenant, session_id(1), After::start())
        .await);
    assert_eq!(listed[0].facts().generation, 1);
    assert_eq!(listed.len(), 1);
}

fn of_subject(number: u64, client: &str, subject: &str) -> Grant {
    changed_grant(&grant(number), |facts| {
        facts.authorization.access.client = client_id(client);
        facts.authorization.subject = Subject::new(subject);
    })
}

/// All unrevoked grants of a subject are revoked and counted.
pub async fn revoke_all_revokes_only_grants_of_subject<S: Store>(store: Arc<S>, tenant: TenantId) {
    let subject = Subject::new("joe \0");
    for number in 1..=3 {
        let of_joe = of_subject(number, "app", subject.as_str());
        let _ = store.establish(tenant, &of_joe).await.unwrap();
    }
    let _ = store.establish(tenant, &grant(4)).await.unwrap();
    let _ = store.revoke(tenant, grant_id(1), later(1)).await.unwrap();
    assert_eq!(
        store
            .revoke_all(tenant, &subject, None, later(5))
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        store
            .revoke_all(tenant, &subject, None, later(6))
            .await
            .unwrap(),
        0
    );
    are_revoked_at(&*store, tenant, &[Some(1), Some(5), Some(5), None]).await;
}

/// With a client, only the subject's grants to that client are revoked.
pub async fn revoke_all_with_client_revokes_only_its_grants<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for (number, client, subject) in [
        (1, "app", "jane"),
        (2, "app", "joe"),
        (3, "other", "jane"),
        (4, "app", "jane"),
    ] {
        let one = of_subject(number, client, subject);
        let _ = store.establish(tenant, &one).await.unwrap();
    }
    let (jane, app) = (Subject::new("jane"), client_id("app"));
    for (at, count) in [(5, 2), (6, 0)] {
        let revoked = store.revoke_all(tenant, &jane, Some(&app), later(at)).await;
        assert_eq!(revoked.unwrap(), count);
    }
    are_revoked_at(&*store, tenant, &[Some(5), None, None, Some(5)]).await;
}

/// Asserts the revocation times of the grants, starting with number 1.
async fn are_revoked_at(store: &impl Store, tenant: TenantId, expected: &[Option<u64>]) {
    for (number, at) in (1..).zip(expected) {
        let found = store
            .find_grant(tenant, grant_id(number))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.facts().revoked_at, at.map(later), "grant {number}");
    }
}

/// Of concurrent calls that revoke all grants, only one counts each grant.
pub async fn concurrent_revoke_all_counts_each_grant_once<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let _ = store.establish(tenant, &grant(1)).await.unwrap();
    let won = winners(&store, |store, number| async move {
        let at = later(number.into());
        let subject = grant(1).authorization().subject.clone();
        let revoked = store.revoke_all(tenant, &subject, None, at).await?;
        Ok(if revoked == 1 { Race::Won } else { Race::Lost })
    });
    assert_eq!(won.await, 1);
}
