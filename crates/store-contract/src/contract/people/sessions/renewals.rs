//! [`SessionRepository`](countersign_ports::SessionRepository): renewing sessions and replacing their secrets.

use super::{insert, is_not_found, is_stored};
use crate::contract::support::winners;
use crate::fixtures::{changed_grant, grant, later, session, session_id, session_secret};
use countersign_domain::login::authentication::{Authentication, Methods};
use countersign_domain::login::methods::Method;
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::secret::{Secret, SecretDigest};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Race, Store};
use std::sync::Arc;

fn digest(secret: &str) -> SecretDigest {
    Secret::new(secret).digest()
}

/// Returns a renewal of a fixture session that replaces everything it can.
fn renewal(number: u64) -> SessionRenewal {
    SessionRenewal {
        id: session_id(number),
        now: later(10),
        present: Some(session_secret().digest()),
        secret: Some(digest("new")),
        authentication: Authentication::new(later(9), Methods::NONE.with(Method::PASSKEY)),
        last_active_at: later(8),
        expires_at: later(7200),
    }
}

/// A renewal replaces the fields that it contains, and nothing else.
pub async fn renewal_replaces_only_its_fields<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &[session(1), session(2)]).await;
    let renewal = renewal(1);
    let renewed = store.renew_session(tenant, &renewal).await;
    assert_eq!(renewed.unwrap(), Race::Won);
    let expected = Session {
        secret: renewal.secret,
        authentication: renewal.authentication,
        last_active_at: renewal.last_active_at,
        expires_at: renewal.expires_at,
        ..session(1)
    };
    is_stored(&*store, tenant, &expected).await;
    is_stored(&*store, tenant, &session(2)).await;
}

/// Renewing a session that is not live, or does not exist, returns `Lost` and changes nothing.
pub async fn ended_expired_or_unknown_session_is_not_renewed<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let ended = Session {
        ended_at: Some(later(1)),
        ..session(1)
    };
    let expired = Session {
        expires_at: renewal(2).now,
        ..session(2)
    };
    let in_its_last_second = Session {
        expires_at: later(11),
        ..session(3)
    };
    insert(
        &*store,
        tenant,
        &[ended.clone(), expired.clone(), in_its_last_second],
    )
    .await;
    for (number, race) in [
        (1, Race::Lost),
        (2, Race::Lost),
        (3, Race::Won),
        (4, Race::Lost),
    ] {
        let renewed = store.renew_session(tenant, &renewal(number)).await.unwrap();
        assert_eq!(renewed, race, "{number}");
    }
    is_stored(&*store, tenant, &ended).await;
    is_stored(&*store, tenant, &expired).await;
    is_not_found(&*store, tenant, 4).await;
}

/// A renewal that expects another secret than the present one returns `Lost` and changes nothing.
pub async fn renewal_with_wrong_secret_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let without = Session {
        secret: None,
        ..session(2)
    };
    insert(&*store, tenant, &[session(1), without.clone()]).await;
    let present = Some(session_secret().digest());
    for (number, expected, race) in [
        (1, Some(digest("wrong")), Race::Lost),
        (1, None, Race::Lost),
        (2, present, Race::Lost),
    ] {
        let renewal = SessionRenewal {
            present: expected,
            ..renewal(number)
        };
        let renewed = store.renew_session(tenant, &renewal).await.unwrap();
        assert_eq!(renewed, race, "{number}: {}", expected.is_some());
    }
    is_stored(&*store, tenant, &session(1)).await;
    is_stored(&*store, tenant, &without).await;
}

/// A session without a secret gets its first one, or stays without.
pub async fn session_without_secret_is_renewed<S: Store>(store: Arc<S>, tenant: TenantId) {
    let without = Session {
        secret: None,
        ..session(1)
    };
    insert(&*store, tenant, std::slice::from_ref(&without)).await;
    for secret in [None, Some(digest("first"))] {
        let renewal = SessionRenewal {
            present: None,
            secret,
            ..renewal(1)
        };
        let renewed = store.renew_session(tenant, &renewal).await;
        assert_eq!(renewed.unwrap(), Race::Won);
        let expected = without.clone().renewed(&renewal);
        is_stored(&*store, tenant, &expected).await;
    }
}

/// A session with a new secret is still the session of its grants, and can be ended.
pub async fn new_secret_keeps_grants_and_end<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &[session(1)]).await;
    let own = changed_grant(&grant(1), |facts| {
        facts.authorization.session = Some(session_id(1));
    });
    assert_eq!(store.establish(tenant, &own).await.unwrap(), Race::Won);
    let renewed = store.renew_session(tenant, &renewal(1)).await;
    assert_eq!(renewed.unwrap(), Race::Won);
    let listed = store.list_grants(tenant, session_id(1), After::start());
    assert_eq!(listed.await.unwrap().items, [own]);
    let ended = store.end_session(tenant, session_id(1), later(20)).await;
    assert_eq!(ended.unwrap(), Race::Won);
    let expected = Session {
        ended_at: Some(later(20)),
        ..session(1).renewed(&renewal(1))
    };
    is_stored(&*store, tenant, &expected).await;
}

/// Of concurrent calls that replace one secret, one wins.
pub async fn concurrent_replacements_of_secret_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert(&*store, tenant, &[session(1)]).await;
    let won = winners(&store, |store, number| async move {
        let renewal = SessionRenewal {
            secret: Some(digest(&number.to_string())),
            ..renewal(1)
        };
        store.renew_session(tenant, &renewal).await
    });
    assert_eq!(won.await, 1);
}
