//! Commands that search users, delete them, and remove what belongs to them.

use crate::admin::administrators::{grant, user};
use crate::admin::users::{admin, is_shut_out, jane};
use crate::admin::{fields, root, stored_events};
use crate::composition::sessions;
use crate::stores;
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::administration::administrators::InvalidAssignment;
use countersign_domain::audit::event::{Action, Event};
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_ports::{
    After, ConsentRepository as _, Definition, DefinitionKey, DefinitionKind,
    DefinitionRepository as _, DeviceRepository as _, Ended, GrantRepository as _,
    PasskeyRepository as _, RecoveryCodeRepository as _, Removal, SessionRepository as _,
    UserAdministration as _, UserKey, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::Arc;

async fn last_event(store: &MemoryStore) -> Event {
    stored_events(store).await.pop().unwrap()
}

async fn exists(store: &MemoryStore) -> bool {
    let key = UserKey::Id(fixtures::user_id(1));
    store.find_user(SINGLE, key).await.unwrap().is_some()
}

#[tokio::test]
async fn deleted_user_is_gone_and_clients_are_notified() {
    let store = jane().await;
    let outside = Arc::new(Outside::default());
    let sessions = sessions(&store, &outside);
    let admin = admin(&store);
    let id = fixtures::user_id(1);
    let deleted = admin.delete(tenant(), root(), &sessions, id, None).await;
    assert_eq!(deleted.unwrap(), 2, "revoked grants");
    assert!(!exists(&store).await && is_shut_out(&store).await);
    let told = outside.logouts();
    assert!(matches!(&*told, [(uri, _)] if uri == "https://app.example/logged-out"));
    let event = last_event(&store).await;
    assert_eq!(event.action, Action::USER_DELETED);
    assert_eq!(event.target.id, id.to_string());
    assert!(fields(&event).contains(&("email", Some("jane@example.com"), None)));
    let again = admin.delete(tenant(), root(), &sessions, id, None).await;
    assert!(matches!(again, Err(AdminError::NotFound(Missing::User))));
}

#[tokio::test]
async fn last_owner_cannot_be_deleted() {
    let store = jane().await;
    let joe = fixtures::user(2, "joe@example.com");
    let _ = store.insert_user(SINGLE, &joe, None).await.unwrap();
    grant(&store, &user(1), "owner").await;
    let outside = Arc::new(Outside::default());
    let (admin, sessions) = (admin(&store), sessions(&store, &outside));
    let id = fixtures::user_id(1);
    let refused = admin.delete(tenant(), root(), &sessions, id, None).await;
    assert!(matches!(
        refused,
        Err(AdminError::Assignment(InvalidAssignment::LastOwner))
    ));
    assert!(exists(&store).await && !is_shut_out(&store).await);
    assert!(outside.logouts().is_empty());
    grant(&store, &user(2), "owner").await;
    let deleted = admin.delete(tenant(), root(), &sessions, id, None).await;
    deleted.unwrap();
    let events = stored_events(&store).await;
    let mut events = events.iter();
    let event = events.find(|event| event.action == Action::USER_DELETED);
    assert!(fields(event.unwrap()).contains(&("admin_roles", Some("owner"), None)));
    let key = DefinitionKey {
        kind: DefinitionKind::Administrators,
        id: DefinitionKey::ADMINISTRATORS.to_owned(),
    };
    let stored = store.find_definition(SINGLE, &key).await.unwrap();
    let Some(Definition::Administrators(holders)) = stored else {
        panic!("{stored:?}");
    };
    assert!(holders.holders.keys().eq([&user(2)]));
}

#[tokio::test]
async fn deletion_of_another_version_is_stale() {
    let store = jane().await;
    let (admin, sessions) = (admin(&store), sessions(&store, &Arc::default()));
    let id = fixtures::user_id(1);
    let stale = admin.delete(tenant(), root(), &sessions, id, Some(7)).await;
    assert!(matches!(stale, Err(AdminError::Stale)));
    assert!(exists(&store).await);
    let current = admin.delete(tenant(), root(), &sessions, id, Some(1)).await;
    current.unwrap();
}

#[tokio::test]
async fn deletion_retries_after_lost_race_and_revokes_later_grants() {
    let mut store = MockStore::new();
    stores::with_user(&mut store, fixtures::user(1, "jane@example.com"));
    store
        .expect_find_definition()
        .times(2)
        .returning(|_, _| Box::pin(async { Ok(None) }));
    let mut order = mockall::Sequence::new();
    let ended = Ended {
        grants: 2,
        ..Ended::default()
    };
    for deleted in [None, Some(ended)] {
        store
            .expect_delete_user()
            .times(1)
            .in_sequence(&mut order)
            .withf(|_, deletion, _| deletion.holders_version == 0 && deletion.holders.is_none())
            .returning(move |_, _, _| {
                let deleted = deleted.clone();
                Box::pin(async { Ok(deleted) })
            });
    }
    store
        .expect_revoke_all()
        .times(1)
        .returning(|_, _, _, _| Box::pin(async { Ok(1) }));
    let store = Arc::new(store);
    let (admin, sessions) = (admin(&store), sessions(&store, &Arc::default()));
    let id = fixtures::user_id(1);
    let deleted = admin.delete(tenant(), root(), &sessions, id, None).await;
    assert_eq!(deleted.unwrap(), 3, "also a grant stored meanwhile");
}

#[tokio::test]
async fn role_granted_to_user_deleted_meanwhile_is_revoked() {
    let store = jane().await;
    let mut racing = MockStore::new();
    let mut order = mockall::Sequence::new();
    for found in [true, false] {
        let jane = fixtures::user(1, "jane@example.com");
        racing
            .expect_find_user()
            .times(1)
            .in_sequence(&mut order)
            .returning(move |_, _| {
                let found = found.then(|| jane.clone());
                Box::pin(async { Ok(found) })
            });
    }
    grant(&store, &user(1), "auditor").await;
    let read = store.clone();
    racing
        .expect_find_definition()
        .returning(move |tenant, key| {
            let (read, key) = (read.clone(), key.clone());
            Box::pin(async move { read.find_definition(tenant, &key).await })
        });
    let written = store.clone();
    racing
        .expect_update_definition()
        .times(2)
        .returning(move |tenant, definition, event| {
            let (store, definition) = (written.clone(), definition.clone());
            let event = event.clone();
            Box::pin(async move { store.update_definition(tenant, &definition, &event).await })
        });
    let racing = Arc::new(racing);
    let admin = crate::admin::administrators::admin(&racing);
    let role = crate::admin::roles::role("operator");
    let granted = admin.grant(tenant(), root(), &user(1), &role, false).await;
    assert!(matches!(granted, Err(AdminError::NotFound(Missing::User))));
    assert_eq!(last_event(&store).await.action, Action::ADMIN_ROLE_REVOKED);
}

#[tokio::test]
async fn search_reads_slice_of_matching_users() {
    let store = jane().await;
    let joe = fixtures::user(2, "joe@example.com");
    let _ = store.insert_user(SINGLE, &joe, None).await.unwrap();
    let prefix = EmailPrefix::parse("JA").unwrap();
    let found = admin(&store)
        .search(tenant(), root(), &prefix, After::start())
        .await;
    let found = found.unwrap().items;
    assert!(matches!(&*found, [user] if user.id == fixtures::user_id(1)));
}

#[tokio::test]
async fn ended_session_revokes_grants_and_notifies_clients() {
    for all in [true, false] {
        let store = jane().await;
        let outside = Arc::new(Outside::default());
        let (admin, sessions) = (admin(&store), sessions(&store, &outside));
        let (id, session) = (fixtures::user_id(1), fixtures::session_id(7));
        if all {
            let ended = admin.end_sessions(tenant(), root(), &sessions, id).await;
            assert_eq!(ended.unwrap(), 1);
        } else {
            let ended = admin.end_session(tenant(), root(), &sessions, session);
            ended.await.unwrap();
        }
        let (ended, _) = store.find_session(SINGLE, session).await.unwrap().unwrap();
        assert_eq!(ended.ended_at, Some(fixtures::NOW));
        let of_session = store.find_grant(SINGLE, fixtures::grant_id(1)).await;
        assert!(of_session.unwrap().unwrap().facts().revoked_at.is_some());
        let other = store.find_grant(SINGLE, fixtures::grant_id(2)).await;
        assert!(other.unwrap().unwrap().facts().revoked_at.is_none());
        assert_eq!(outside.logouts().len(), 1);
        let event = last_event(&store).await;
        assert_eq!(event.action, Action::SESSIONS_ENDED);
        assert_eq!(event.target.id, id.to_string());
    }
}

#[tokio::test]
async fn repeated_end_of_session_finishes_failed_cleanup() {
    let store = jane().await;
    let session = fixtures::session_id(7);
    let event = fixtures::event_in(SINGLE);
    let removal = Removal::Session(session);
    let ended = store.remove(SINGLE, &removal, &event).await;
    assert!(ended.unwrap().is_some());
    let before = stored_events(&store).await.len();
    let (admin, sessions) = (admin(&store), sessions(&store, &Arc::default()));
    let again = admin.end_session(tenant(), root(), &sessions, session);
    again.await.unwrap();
    let grant = store.find_grant(SINGLE, fixtures::grant_id(1)).await;
    assert!(grant.unwrap().unwrap().facts().revoked_at.is_some());
    assert_eq!(stored_events(&store).await.len(), before, "no change");
}

#[tokio::test]
async fn removed_objects_are_named_in_events() {
    let store = jane().await;
    let id = fixtures::user_id(1);
    let passkey = fixtures::passkey(b"phone");
    let _ = store.insert_passkey(SINGLE, &passkey).await.unwrap();
    let consent = fixtures::consent(1, "app");
    store.put_consent(SINGLE, &consent).await.unwrap();
    let admin = admin(&store);
    let (device, app) = (fixtures::device_id(1), fixtures::client_id("app"));
    let grant = fixtures::grant_id(1);
    let remove_passkey = admin.remove_passkey(tenant(), root(), id, b"phone").await;
    let remove_codes = admin.remove_recovery_codes(tenant(), root(), id).await;
    let remove_device = admin.remove_device(tenant(), root(), id, device).await;
    let revoke = admin.revoke_grant(tenant(), root(), grant).await;
    let withdraw = admin.withdraw_consent(tenant(), root(), id, &app).await;
    for removed in [
        remove_passkey,
        remove_codes,
        remove_device,
        revoke,
        withdraw,
    ] {
        removed.unwrap();
    }
    let events = stored_events(&store).await;
    let named: Vec<_> = events.iter().rev().take(5).rev().map(fields).collect();
    let (device, grant) = (device.to_string(), grant.to_string());
    let expected = [
        ("passkey", "cGhvbmU"),
        ("recovery_codes", ".."),
        ("device", &device),
        ("grant", &grant),
        ("consent", "app"),
    ];
    let expected = expected.map(|(field, id)| vec![(field, Some(id), None)]);
    assert_eq!(named, expected);
    assert!(
        events
            .iter()
            .rev()
            .take(5)
            .all(|event| event.target.id == id.to_string())
    );
    let passkeys = store.list_passkeys(SINGLE, id, After::start()).await;
    let devices = store.list_devices(SINGLE, id, After::start()).await;
    let consents = store.list_consents(SINGLE, id, After::start()).await;
    assert!(passkeys.unwrap().items.is_empty() && devices.unwrap().items.is_empty());
    assert!(consents.unwrap().items.is_empty());
    assert_eq!(store.count_recovery_codes(SINGLE, id).await.unwrap(), 0);
    let other = store.find_grant(SINGLE, fixtures::grant_id(2)).await;
    assert!(
        other.unwrap().unwrap().facts().revoked_at.is_some(),
        "grant to the client whose consent was withdrawn"
    );
}

#[tokio::test]
async fn missing_object_is_not_found_and_leaves_no_event() {
    let store = jane().await;
    let before = stored_events(&store).await.len();
    let (admin, sessions) = (admin(&store), sessions(&store, &Arc::default()));
    let id = fixtures::user_id(1);
    let (device, session) = (fixtures::device_id(9), fixtures::session_id(9));
    let other = fixtures::client_id("other");
    for (missing, answer) in [
        (
            Missing::Passkey,
            admin.remove_passkey(tenant(), root(), id, b"other").await,
        ),
        (
            Missing::Device,
            admin.remove_device(tenant(), root(), id, device).await,
        ),
        (
            Missing::Consent,
            admin.withdraw_consent(tenant(), root(), id, &other).await,
        ),
        (
            Missing::Session,
            admin
                .end_session(tenant(), root(), &sessions, session)
                .await,
        ),
        (
            Missing::Grant,
            admin
                .revoke_grant(tenant(), root(), fixtures::grant_id(9))
                .await,
        ),
    ] {
        assert!(matches!(answer, Err(AdminError::NotFound(it)) if it == missing));
    }
    assert_eq!(stored_events(&store).await.len(), before);
}
