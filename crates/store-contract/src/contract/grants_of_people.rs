//! [`GrantRepository`](countersign_ports::GrantRepository): the grants of a session, and those of a subject.

use super::{all, winners};
use crate::fixtures::{client_id, grant, grant_id, later, rotation, session_id};
use countersign_domain::grant::Grant;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::identifier::{SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Race, Store};
use std::sync::Arc;

fn of_session(number: u64, session: Option<SessionId>) -> Grant {
    Grant {
        authorization: Authorization {
            session,
            ..grant(number).authorization
        },
        ..grant(number)
    }
}

/// "The grants of a session, live or not, in the order of their ids": and no others.
pub async fn the_grants_of_a_session_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let own = Some(session_id(1));
    let mut theirs = [256, 3, 1].map(|number| of_session(number, own));
    theirs[0].revoked_at = Some(later(1));
    theirs[1].expires_at = later(0);
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

/// A rotated grant is listed as it is by then.
pub async fn a_rotated_grant_is_still_of_its_session<S: Store>(store: Arc<S>, tenant: TenantId) {
    let own = of_session(1, Some(session_id(1)));
    let _ = store.establish(tenant, &own).await.unwrap();
    let _ = store.rotate(tenant, &rotation(own.id, 0)).await.unwrap();
    let listed = all(store
        .list_grants(tenant, session_id(1), After::start())
        .await);
    assert_eq!(listed[0].generation, 1);
    assert_eq!(listed.len(), 1);
}

fn of_subject(number: u64, client: &str, subject: &str) -> Grant {
    Grant {
        authorization: Authorization {
            access: Access {
                client: client_id(client),
                ..grant(number).authorization.access
            },
            subject: Subject::new(subject),
            ..grant(number).authorization
        },
        ..grant(number)
    }
}

/// "Marks all grants of a subject as revoked that are not yet, and says how many."
pub async fn all_grants_of_a_subject_are_revoked_and_no_other<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
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

/// "Those to `client` alone if there is one."
pub async fn the_grants_of_a_subject_to_one_client_are_revoked_and_no_other<S: Store>(
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

/// The grants from number 1 on.
async fn are_revoked_at(store: &impl Store, tenant: TenantId, expected: &[Option<u64>]) {
    for (number, at) in (1..).zip(expected) {
        let found = store
            .find_grant(tenant, grant_id(number))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.revoked_at, at.map(later), "grant {number}");
    }
}

/// Of a crowd that revokes all at once, each grant is counted by one.
pub async fn a_crowd_that_revokes_all_counts_each_grant_once<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let _ = store.establish(tenant, &grant(1)).await.unwrap();
    let won = winners(&store, |store, number| async move {
        let at = later(number.into());
        let subject = grant(1).authorization.subject;
        let revoked = store.revoke_all(tenant, &subject, None, at).await?;
        Ok(if revoked == 1 { Race::Won } else { Race::Lost })
    });
    assert_eq!(won.await, 1);
}
