//! [`GrantRepository`](countersign_ports::GrantRepository): the grants of a session, and those of a subject.

use super::winners;
use crate::fixtures::{client_id, grant, grant_id, later, rotation, session_id};
use countersign_domain::authentication::Authentication;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{SessionId, Subject};
use countersign_ports::{Race, Store};
use std::sync::Arc;

fn of_session(number: u64, session: Option<SessionId>) -> Grant {
    let grant = grant(number);
    Grant {
        authentication: Authentication {
            session,
            ..grant.authentication
        },
        ..grant
    }
}

/// "All grants of a session that are stored, by id, be they live or not": and no others.
pub async fn the_grants_of_a_session_are_listed_by_id<S: Store>(store: Arc<S>) {
    let own = Some(session_id(1));
    let mut theirs = [256, 3, 1].map(|number| of_session(number, own));
    theirs[0].revoked_at = Some(later(1));
    theirs[1].expires_at = later(0);
    for grant in &theirs {
        assert_eq!(store.establish(grant).await.unwrap(), Race::Won);
    }
    for other in [of_session(2, Some(session_id(2))), of_session(4, None)] {
        let _ = store.establish(&other).await.unwrap();
    }
    theirs.reverse();
    let listed = store.list_grants(session_id(1)).await.unwrap();
    assert_eq!(listed, theirs);
    assert_eq!(store.list_grants(session_id(3)).await.unwrap(), []);
}

/// A rotated grant is listed as it is by then.
pub async fn a_rotated_grant_is_still_of_its_session<S: Store>(store: Arc<S>) {
    let own = of_session(1, Some(session_id(1)));
    let _ = store.establish(&own).await.unwrap();
    let _ = store.rotate(&rotation(own.id, 0)).await.unwrap();
    let listed = store.list_grants(session_id(1)).await.unwrap();
    assert_eq!(listed[0].generation, 1);
    assert_eq!(listed.len(), 1);
}

/// "Marks all grants of a subject as revoked that are not yet, and says how many."
pub async fn all_grants_of_a_subject_are_revoked_and_no_other<S: Store>(store: Arc<S>) {
    let subject = Subject::new("joe \0");
    for number in 1..=3 {
        let of_joe = Grant {
            subject: subject.clone(),
            ..grant(number)
        };
        let _ = store.establish(&of_joe).await.unwrap();
    }
    let _ = store.establish(&grant(4)).await.unwrap();
    let _ = store.revoke(grant_id(1), later(1)).await.unwrap();
    assert_eq!(store.revoke_all(&subject, None, later(5)).await.unwrap(), 2);
    assert_eq!(store.revoke_all(&subject, None, later(6)).await.unwrap(), 0);
    are_revoked_at(&*store, &[Some(1), Some(5), Some(5), None]).await;
}

/// "Those to `client` alone if there is one."
pub async fn the_grants_of_a_subject_to_one_client_are_revoked_and_no_other<S: Store>(
    store: Arc<S>,
) {
    for (number, client, subject) in [
        (1, "app", "jane"),
        (2, "app", "joe"),
        (3, "other", "jane"),
        (4, "app", "jane"),
    ] {
        let one = Grant {
            client: client_id(client),
            subject: Subject::new(subject),
            ..grant(number)
        };
        let _ = store.establish(&one).await.unwrap();
    }
    let (jane, app) = (Subject::new("jane"), client_id("app"));
    for (at, count) in [(5, 2), (6, 0)] {
        let revoked = store.revoke_all(&jane, Some(&app), later(at)).await;
        assert_eq!(revoked.unwrap(), count);
    }
    are_revoked_at(&*store, &[Some(5), None, None, Some(5)]).await;
}

/// The grants from number 1 on.
async fn are_revoked_at(store: &impl Store, expected: &[Option<u64>]) {
    for (number, at) in (1..).zip(expected) {
        let found = store.find_grant(grant_id(number)).await.unwrap().unwrap();
        assert_eq!(found.revoked_at, at.map(later), "grant {number}");
    }
}

/// Of a crowd that revokes all at once, each grant is counted by one.
pub async fn a_crowd_that_revokes_all_counts_each_grant_once<S: Store>(store: Arc<S>) {
    let _ = store.establish(&grant(1)).await.unwrap();
    let won = winners(&store, |store, number| async move {
        let at = later(number.into());
        let revoked = store.revoke_all(&grant(1).subject, None, at).await?;
        Ok(if revoked == 1 { Race::Won } else { Race::Lost })
    });
    assert_eq!(won.await, 1);
}
