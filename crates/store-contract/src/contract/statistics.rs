//! [`Statistics`](countersign_ports::Statistics).

use super::support::{client, insert_clients, insert_users, user};
use crate::fixtures::{NOW, changed_grant, grant, later, session};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Count, Counts, Race, Store};
use std::sync::Arc;

async fn fill(store: &impl Store, tenant: TenantId) {
    let users = [(1, "a@b.example"), (2, "c@d.example")];
    let users = users.map(|(number, email)| user(number, email));
    insert_users(store, tenant, &users).await;
    insert_clients(store, tenant, &["a", "b", "c"].map(client)).await;
    let ended = Session {
        ended_at: Some(NOW),
        ..session(2)
    };
    let expired = Session {
        expires_at: later(1),
        ..session(3)
    };
    for session in [session(1), ended, expired] {
        let inserted = store.insert_session(tenant, &session).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    let revoked = changed_grant(&grant(3), |facts| facts.revoked_at = Some(NOW));
    let expired = changed_grant(&grant(4), |facts| facts.expires_at = later(1));
    for grant in [grant(1), grant(2), revoked, expired] {
        let established = store.establish(tenant, &grant).await;
        assert_eq!(established.unwrap(), Race::Won);
    }
}

/// The numbers contain only the tenant's users and clients, and its live sessions and grants.
pub async fn objects_of_tenant_are_counted<S: Store>(store: Arc<S>, tenant: TenantId) {
    fill(&*store, tenant).await;
    let counts = store.count_objects(tenant, 1000, later(1)).await.unwrap();
    let exactly = |number| Count {
        number,
        is_exact: true,
    };
    let expected = Counts {
        users: exactly(2),
        clients: exactly(3),
        sessions: exactly(1),
        grants: exactly(2),
    };
    assert_eq!(counts, expected);
}

/// A number above the limit is a lower bound. A number at the limit is exact.
pub async fn number_above_limit_is_lower_bound<S: Store>(store: Arc<S>, tenant: TenantId) {
    fill(&*store, tenant).await;
    let counts = store.count_objects(tenant, 2, later(1)).await.unwrap();
    let at_most = |number, is_exact| Count { number, is_exact };
    assert_eq!(counts.users, at_most(2, true));
    assert_eq!(counts.clients, at_most(2, false));
    assert!(counts.sessions.number <= 1 && counts.grants.number <= 2);
}
