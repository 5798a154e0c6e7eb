//! Revocation of signing keys.

use super::{admin, keys, make};
use super::{root, stored_events};
use crate::world::{SINGLE, tenant};
use countersign_application::admin::keys::SharedKeys;
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::{SigningKey, signing_key};
use countersign_ports::{KeyChange, KeySetVersion, Race, SigningKeyRepository as _};
use countersign_store_contract::MemoryStore;
use countersign_store_contract::fixtures::{self, NOW, later};
use std::sync::Arc;

fn key(id: &str, signs_from: Timestamp, retires_at: Option<Timestamp>) -> SigningKey {
    SigningKey {
        signs_from,
        retires_at,
        ..fixtures::signing_key(id)
    }
}

async fn with_keys(add: Vec<SigningKey>) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    let change = KeyChange {
        seen: KeySetVersion(0),
        add,
        retire: Vec::new(),
    };
    let added = store.change_signing_keys(SINGLE, &change, None).await;
    assert_eq!(added.unwrap(), Race::Won);
    store
}

/// Returns the ID of the key that signs now.
async fn signs(store: &MemoryStore) -> String {
    let keys = keys(store).await;
    let algorithm = fixtures::signing_key("").algorithm;
    signing_key(&keys, algorithm, None, NOW).unwrap().id.clone()
}

#[tokio::test]
async fn revoked_key_is_gone_at_once_and_new_key_signs() {
    let others = [
        vec![],
        vec![key("retiring", NOW, Some(later(60)))],
        vec![key("announced", later(60), None)],
    ];
    for other in others {
        let store = with_keys([vec![key("leaked", NOW, None)], other].concat()).await;
        let revoked = admin(&store)
            .revoke(tenant(), root(), &make, ("leaked", SharedKeys::Allowed))
            .await;
        let revoked = revoked.unwrap();
        assert!(revoked.is_new);
        let stored = keys(&store).await;
        let leaked = stored.iter().find(|key| key.id == "leaked").unwrap();
        assert!(!leaked.is_published(NOW));
        assert_eq!(signs(&store).await, revoked.successor.id);
        let event = &stored_events(&store).await[0];
        assert_eq!(event.action, Action::SIGNING_KEY_REVOKED);
        assert_eq!(event.target.id, "leaked");
    }
}

#[tokio::test]
async fn present_key_signs_after_revocation_of_another() {
    let store = with_keys(vec![
        key("leaked", NOW, Some(later(60))),
        key("present", NOW, None),
    ])
    .await;
    let revoked = admin(&store)
        .revoke(tenant(), root(), &make, ("leaked", SharedKeys::Allowed))
        .await;
    let revoked = revoked.unwrap();
    assert_eq!((revoked.is_new, &*revoked.successor.id), (false, "present"));
    assert_eq!(keys(&store).await.len(), 2);
}

#[tokio::test]
async fn unknown_or_retired_key_is_not_revoked() {
    let store = with_keys(vec![
        key("retired", NOW, Some(NOW)),
        key("present", NOW, None),
    ])
    .await;
    for id in ["retired", "unknown"] {
        let id = (id, SharedKeys::Allowed);
        let refused = admin(&store).revoke(tenant(), root(), &make, id).await;
        let error = refused.unwrap_err();
        assert!(
            matches!(error, AdminError::NotFound(Missing::SigningKey)),
            "{id:?}"
        );
    }
    assert_eq!(stored_events(&store).await, []);
}

#[tokio::test]
async fn shared_key_is_revoked_only_where_its_secret_can_be_shown() {
    let shared = SigningKey {
        client: Some(fixtures::client_id("app")),
        ..key("shared", NOW, None)
    };
    let store = with_keys(vec![shared]).await;
    let writer = Operator {
        permissions: [Permission::KeysWrite].into_iter().collect(),
        ..root().clone()
    };
    let revoke = async |allowed| {
        let admin = admin(&store);
        let leaked = ("shared", allowed);
        admin.revoke(tenant(), &writer, &make, leaked).await
    };
    let refused = revoke(SharedKeys::Refused).await.unwrap_err();
    assert!(matches!(refused, AdminError::Conflict(Conflict::SharedKey)));
    assert_eq!(stored_events(&store).await, []);
    assert!(revoke(SharedKeys::Allowed).await.unwrap().is_new);
}
