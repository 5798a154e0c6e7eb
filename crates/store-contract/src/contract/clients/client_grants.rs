//! [`ClientGrants`](countersign_ports::ClientGrants).

use crate::contract::support::all;
use crate::fixtures::{
    changed_grant, client_id, consent, event_in, grant, grant_id, later, user_id,
};
use countersign_domain::grant::Grant;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Store};
use std::sync::Arc;

/// Stores grants 1 and 3 to `app`, of which 3 is revoked, and grant 2 to `bystander`. Returns grants 1 and 2.
async fn grants(store: &impl Store, tenant: TenantId) -> [Grant; 2] {
    let bystander = changed_grant(&grant(2), |facts| {
        facts.authorization.access.client = client_id("bystander");
    });
    for grant in [&grant(3), &bystander, &grant(1)] {
        let _ = store.establish(tenant, grant).await.unwrap();
    }
    let _ = store.revoke(tenant, grant_id(3), later(1)).await.unwrap();
    [grant(1), bystander]
}

fn revoked(grant: &Grant, at: u64) -> Grant {
    changed_grant(grant, |facts| facts.revoked_at = Some(later(at)))
}

/// The grants to a client are listed by ID, in slices, revoked ones included, and no others.
pub async fn client_grants_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    grants(&*store, tenant).await;
    let app = client_id("app");
    let list = |after| store.list_client_grants(tenant, &app, after);
    let its = [grant(1), revoked(&grant(3), 1)];
    assert_eq!(all(list(After::start()).await), its);
    let first = After {
        key: None,
        limit: 1,
    };
    let slice = list(first).await.unwrap();
    assert_eq!((slice.items.as_slice(), slice.has_more), (&its[..1], true));
    let slice = list(After::key(grant_id(1))).await.unwrap();
    assert_eq!((slice.items.as_slice(), slice.has_more), (&its[1..], false));
    let unknown = client_id("unknown");
    let none = store.list_client_grants(tenant, &unknown, After::start());
    assert!(all(none.await).is_empty());
}

/// Revoking the grants to a client revokes the unrevoked ones at the time of the event, removes the consents for the
/// client, and leaves those of other clients.
pub async fn revoking_client_grants_removes_its_consents<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let [own, bystander] = grants(&*store, tenant).await;
    for consent in [
        consent(1, "app"),
        consent(1, "bystander"),
        consent(2, "app"),
    ] {
        store.put_consent(tenant, &consent).await.unwrap();
    }
    let (app, mut event) = (client_id("app"), event_in(tenant));
    let at = event.event.at;
    let count = store.revoke_client_grants(tenant, &app, &event).await;
    assert_eq!(count.unwrap(), 1);
    let expected = changed_grant(&own, |facts| facts.revoked_at = Some(at));
    let found = store.find_grant(tenant, grant_id(1)).await.unwrap();
    assert_eq!(found, Some(expected));
    let found = store.find_grant(tenant, grant_id(3)).await.unwrap();
    assert_eq!(found, Some(revoked(&grant(3), 1)), "first time is kept");
    let found = store.find_grant(tenant, grant_id(2)).await.unwrap();
    assert_eq!(found, Some(bystander));
    let of_first = store.list_consents(tenant, user_id(1), After::start());
    assert_eq!(all(of_first.await), [consent(1, "bystander")]);
    let of_second = store.list_consents(tenant, user_id(2), After::start());
    assert!(all(of_second.await).is_empty());
    let events = all(store.list_events(tenant, After::start()).await);
    assert!(events.contains(&event));

    // A consent alone is a change, and nothing is none.
    for (consents, has_event) in [(1, true), (0, false)] {
        for _ in 0..consents {
            store.put_consent(tenant, &consent(1, "app")).await.unwrap();
        }
        event = event_in(tenant);
        let count = store.revoke_client_grants(tenant, &app, &event).await;
        assert_eq!(count.unwrap(), 0);
        let events = all(store.list_events(tenant, After::start()).await);
        assert_eq!(events.contains(&event), has_event);
    }
}
