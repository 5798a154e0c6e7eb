//! [`ConsentRepository`](countersign_ports::ConsentRepository).

use crate::fixtures::{client, client_id, consent, later, user_id};
use countersign_domain::consent::Consent;
use countersign_domain::scope::Scope;
use countersign_ports::{Race, Store};
use std::sync::Arc;

async fn find(store: &impl Store, user: u8, client: &str) -> Option<Consent> {
    let found = store.find_consent(user_id(user), &client_id(client)).await;
    found.unwrap()
}

/// "Stores what a user has agreed to", found by both.
pub async fn consent_is_of_one_user_for_one_client<S: Store>(store: Arc<S>) {
    let odd = Consent {
        scope: Scope::none(),
        given_at: later(5),
        ..consent(1, "~ odd \"id\" %")
    };
    for consent in [consent(1, "app"), odd.clone()] {
        store.put_consent(&consent).await.unwrap();
    }
    assert_eq!(find(&*store, 1, "app").await, Some(consent(1, "app")));
    assert_eq!(find(&*store, 1, odd.client.as_str()).await, Some(odd));
    assert_eq!(find(&*store, 2, "app").await, None);
    assert_eq!(find(&*store, 1, "other").await, None);
}

/// "In the place of what was there for this user and client", and of nothing else.
pub async fn later_consent_takes_the_place_of_earlier<S: Store>(store: Arc<S>) {
    for consent in [consent(1, "app"), consent(2, "app"), consent(1, "other")] {
        store.put_consent(&consent).await.unwrap();
    }
    let less = Consent {
        scope: Scope::parse("openid").unwrap(),
        given_at: later(1),
        ..consent(1, "app")
    };
    store.put_consent(&less).await.unwrap();
    assert_eq!(find(&*store, 1, "app").await, Some(less));
    assert_eq!(find(&*store, 2, "app").await, Some(consent(2, "app")));
    assert_eq!(find(&*store, 1, "other").await, Some(consent(1, "other")));
}

/// "All that a user has agreed to, by client."
pub async fn the_consents_of_a_user_are_listed_by_client<S: Store>(store: Arc<S>) {
    for client in ["b", "B", "a-b", "ab"] {
        store.put_consent(&consent(1, client)).await.unwrap();
    }
    store.put_consent(&consent(2, "c")).await.unwrap();
    let listed = store.list_consents(user_id(1)).await.unwrap();
    let in_order = ["B", "a-b", "ab", "b"].map(|client| consent(1, client));
    assert_eq!(listed, in_order);
    assert_eq!(store.list_consents(user_id(3)).await.unwrap(), []);
}

/// "Takes consent back. `Lost` if there was none."
pub async fn consent_is_taken_back_once<S: Store>(store: Arc<S>) {
    for consent in [consent(1, "app"), consent(2, "app"), consent(1, "other")] {
        store.put_consent(&consent).await.unwrap();
    }
    for race in [Race::Won, Race::Lost] {
        let removed = store.remove_consent(user_id(1), &client_id("app")).await;
        assert_eq!(removed.unwrap(), race);
    }
    assert_eq!(find(&*store, 1, "app").await, None);
    assert!(find(&*store, 2, "app").await.is_some());
    assert!(find(&*store, 1, "other").await.is_some());
}

/// [`delete_client`](countersign_ports::ClientRepository::delete_client): "what users agreed to for it".
pub async fn consent_goes_with_its_client<S: Store>(store: Arc<S>) {
    let _ = store.insert_client(&client("app")).await.unwrap();
    for consent in [consent(1, "app"), consent(2, "app"), consent(1, "other")] {
        store.put_consent(&consent).await.unwrap();
    }
    let _ = store.delete_client(&client_id("app")).await.unwrap();
    assert_eq!(find(&*store, 1, "app").await, None);
    assert_eq!(find(&*store, 2, "app").await, None);
    assert!(find(&*store, 1, "other").await.is_some());
}
