//! [`SigningKeyRepository`](countersign_ports::SigningKeyRepository).

use super::winners;
use crate::fixtures::{
    NOW, client, client_id, grant, grant_id, later, rotation, signing_key, user,
};
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_ports::{KeyChange, Race, Revision, Store};
use std::sync::Arc;

/// Adds keys, whatever the revision.
pub(super) async fn add(store: &impl Store, keys: &[SigningKey]) -> Revision {
    let seen = store.revision().await.unwrap();
    let change = KeyChange {
        seen,
        add: keys.to_vec(),
        retire: Vec::new(),
    };
    let changed = store.change_signing_keys(&change).await.unwrap();
    assert_eq!(changed, Race::Won);
    store.revision().await.unwrap()
}

/// "All signing keys": every field, every algorithm.
pub async fn a_signing_key_is_listed_as_it_was<S: Store>(store: Arc<S>) {
    let mut keys: Vec<SigningKey> = SigningAlgorithm::ALL
        .iter()
        .map(|algorithm| SigningKey {
            algorithm: *algorithm,
            ..signing_key(algorithm.as_str())
        })
        .collect();
    keys.push(SigningKey {
        client: Some(client_id("app")),
        sealed_private_key: (0..=255).collect(),
        created_at: later(1),
        signs_from: later(2),
        retires_at: Some(later(3)),
        ..signing_key("ünïcode 🔑")
    });
    add(&*store, &keys).await;
    let (_, mut listed) = store.list_signing_keys().await.unwrap();
    listed.sort_by(|one, other| one.id.cmp(&other.id));
    keys.sort_by(|one, other| one.id.cmp(&other.id));
    for (listed, key) in listed.iter().zip(&keys) {
        assert_eq!(listed, key);
        assert_eq!(listed.sealed_private_key, key.sealed_private_key);
    }
    assert_eq!(listed.len(), keys.len());
}

/// "Oldest first".
pub async fn signing_keys_are_listed_oldest_first<S: Store>(store: Arc<S>) {
    let at = |id: &str, created_at: Timestamp| SigningKey {
        created_at,
        ..signing_key(id)
    };
    let keys = [at("a", later(2)), at("c", NOW), at("b", later(1))];
    add(&*store, &keys).await;
    let (_, listed) = store.list_signing_keys().await.unwrap();
    let ids: Vec<&str> = listed.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["c", "b", "a"]);
}

/// "With a revision that is no newer than they are", which is the current one while nothing changes.
pub async fn signing_keys_come_with_the_revision<S: Store>(store: Arc<S>) {
    let revision = add(&*store, &[signing_key("a")]).await;
    let (listed_at, _) = store.list_signing_keys().await.unwrap();
    assert_eq!(listed_at, revision);
}

/// What was read at a revision can be changed at that revision.
pub async fn a_change_at_the_current_revision_wins<S: Store>(store: Arc<S>) {
    add(&*store, &[signing_key("old"), signing_key("other")]).await;
    let (seen, _) = store.list_signing_keys().await.unwrap();
    let change = KeyChange {
        seen,
        add: vec![signing_key("young")],
        retire: vec![("old".into(), later(9)), ("gone".into(), later(9))],
    };
    let changed = store.change_signing_keys(&change).await.unwrap();
    assert_eq!(changed, Race::Won);
    let retired = SigningKey {
        retires_at: Some(later(9)),
        ..signing_key("old")
    };
    let (_, listed) = store.list_signing_keys().await.unwrap();
    assert_eq!(
        listed,
        [retired, signing_key("other"), signing_key("young")]
    );
}

/// "`Lost` if the revision has moved on": nothing of the change is made.
pub async fn a_change_is_lost_when_the_revision_has_moved_on<S: Store>(store: Arc<S>) {
    add(&*store, &[signing_key("old")]).await;
    let seen = store.revision().await.unwrap();
    let _ = store.insert_client(&client("app")).await.unwrap();
    let moved_on = store.revision().await.unwrap();
    let change = KeyChange {
        seen,
        add: vec![signing_key("young")],
        retire: vec![("old".into(), later(9))],
    };
    let changed = store.change_signing_keys(&change).await.unwrap();
    assert_eq!(changed, Race::Lost);
    let (revision, listed) = store.list_signing_keys().await.unwrap();
    assert_eq!(listed, [signing_key("old")]);
    assert_eq!(revision, moved_on);
}

/// Of all who change the keys they saw at once, one wins.
pub async fn a_crowd_that_changes_the_keys_has_one_winner<S: Store>(store: Arc<S>) {
    // Several times: a store may not be at its fastest at first.
    for round in 1..=5 {
        let seen = store.revision().await.unwrap();
        let won = winners(&store, |store, number| async move {
            let change = KeyChange {
                seen,
                add: vec![signing_key(&format!("{round}-{number}"))],
                retire: Vec::new(),
            };
            store.change_signing_keys(&change).await
        });
        assert_eq!(won.await, 1);
        let (_, keys) = store.list_signing_keys().await.unwrap();
        assert_eq!(keys.len(), round);
    }
}

/// A change that cannot be made as a whole is not made in part: an id that is taken fails all of it.
pub async fn a_change_is_all_or_nothing<S: Store>(store: Arc<S>) {
    add(&*store, &[signing_key("old")]).await;
    let seen = store.revision().await.unwrap();
    let change = KeyChange {
        seen,
        add: vec![signing_key("young"), signing_key("old")],
        retire: vec![("old".into(), later(9))],
    };
    assert!(store.change_signing_keys(&change).await.is_err());
    let (revision, listed) = store.list_signing_keys().await.unwrap();
    assert_eq!(listed, [signing_key("old")]);
    assert_eq!(revision, seen);
}

/// "A number that grows with every change of what servers keep copies of: clients and signing keys."
pub async fn the_revision_grows_with_each_change_of_clients_and_keys<S: Store>(store: Arc<S>) {
    let mut before = store.revision().await.unwrap();
    let app = client("app");
    let mut grown = async |what: &str| {
        let after = store.revision().await.unwrap();
        assert!(after > before, "{what}");
        before = after;
    };
    let _ = store.insert_client(&app).await.unwrap();
    grown("insert").await;
    let _ = store.update_client(&app).await.unwrap();
    grown("update").await;
    add(&*store, &[signing_key("a")]).await;
    grown("add").await;
    let retire = KeyChange {
        seen: store.revision().await.unwrap(),
        add: Vec::new(),
        retire: vec![("a".into(), later(9))],
    };
    let _ = store.change_signing_keys(&retire).await.unwrap();
    grown("retire").await;
    assert_eq!(store.remove_expired(later(9), 10).await.unwrap().count, 1);
    grown("remove").await;
    let _ = store.delete_client(&app.id).await.unwrap();
    grown("delete").await;
}

/// Nothing else moves it.
pub async fn the_revision_stays_while_grants_users_and_logins_change<S: Store>(store: Arc<S>) {
    let before = store.revision().await.unwrap();
    let jane = user(1, "jane@example.com");
    let login = countersign_domain::identifier::LoginId::from_bytes([1; 16]);
    let _ = store.establish(&grant(1)).await.unwrap();
    let _ = store.rotate(&rotation(grant_id(1), 0)).await.unwrap();
    let _ = store.revoke(grant_id(1), NOW).await.unwrap();
    let _ = store.insert_user(&jane).await.unwrap();
    let _ = store.update_user(&jane).await.unwrap();
    let _ = store.use_time_step(jane.id, 1).await.unwrap();
    let _ = store.advance(login, 1, NOW).await.unwrap();
    let _ = store.count_attempt(login, NOW).await.unwrap();
    assert_eq!(store.remove_expired(NOW, 10).await.unwrap().count, 1);
    assert_eq!(store.revision().await.unwrap(), before);
}
