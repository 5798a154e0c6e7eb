//! [`UserAdministration::delete_user`](countersign_ports::UserAdministration::delete_user).

use super::belongings::{Left, give, left};
use super::users::{insert_three, is_stored};
use crate::contract::feed::changes::changes;
use crate::contract::support::{all, insert_users, user, winners};
use crate::fixtures::{NOW, event_in, grant_id, later, record_of, session_id, user_id};
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::RoleName;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, Change, ChangeKind, Definition, DefinitionKey, DefinitionKind, Ended, Race, Store,
    Transfer, UserDeletion, UserKey,
};
use std::sync::Arc;

const HOLDERS: DefinitionKind = DefinitionKind::Administrators;

/// Returns the deletion of a new user, in a tenant without holders of admin roles.
const fn deletion(number: u8) -> UserDeletion {
    UserDeletion {
        user: user_id(number),
        version: 1,
        holders_version: 0,
        holders: None,
    }
}

fn key() -> DefinitionKey {
    DefinitionKey {
        kind: HOLDERS,
        id: DefinitionKey::ADMINISTRATORS.into(),
    }
}

/// Stores users 1 and 2 as holders of an admin role, at version 1.
async fn insert_holders(store: &impl Store, tenant: TenantId) -> Administrators {
    let mut holders = Administrators {
        created_at: NOW,
        ..Administrators::new()
    };
    for number in [1, 2] {
        let role = RoleName::parse("owner").unwrap();
        let holder = Holder::User(user_id(number));
        holders.grant(&holder, role, false).unwrap();
    }
    let definition = Definition::Administrators(holders.clone());
    let event = event_in(tenant);
    let inserted = store.insert_definition(tenant, &definition, &event).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    holders.version = 1;
    holders
}

/// Deletion removes the user with everything that belongs to the user, revokes the grants at the time of the event, and
/// frees the email address. Other users keep everything.
pub async fn deletion_removes_user_with_belongings_and_revokes_grants<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let users = insert_three(&*store, tenant).await;
    for number in [1, 2] {
        give(&*store, tenant, number).await;
        let used = store.use_time_step(tenant, user_id(number), 9).await;
        assert_eq!(used.unwrap(), Race::Won);
    }
    let (before, others) = (
        left(&*store, tenant, 1).await,
        left(&*store, tenant, 2).await,
    );
    let mut event = event_in(tenant).event;
    event.at = later(77);
    let event = record_of(tenant, event);
    let deleted = store.delete_user(tenant, &deletion(1), &event).await;
    let ended = Ended {
        sessions: vec![session_id(1)],
        grants: 1,
    };
    assert_eq!(deleted.unwrap(), Some(ended));
    let nothing = Left {
        attempts: before.attempts,
        ..Left::NOTHING
    };
    assert_eq!(left(&*store, tenant, 1).await, nothing);
    assert_eq!(left(&*store, tenant, 2).await, others);
    let grant = store.find_grant(tenant, grant_id(1)).await.unwrap();
    assert_eq!(grant.unwrap().facts().revoked_at, Some(later(77)));
    for key in [UserKey::Id(users[0].id), UserKey::Email(&users[0].email)] {
        let found = store.find_user(tenant, key).await.unwrap();
        assert!(found.is_none());
    }
    let last = store.last_time_step(tenant, users[0].id).await.unwrap();
    assert_eq!(last, None);
    for user in &users[1..] {
        is_stored(&*store, tenant, user).await;
    }
    let events = all(store.list_events(tenant, After::start()).await);
    assert_eq!(events.last(), Some(&event));
    let bare = user(1, "a@b.example");
    insert_users(&*store, tenant, std::slice::from_ref(&bare)).await;
    is_stored(&*store, tenant, &bare).await;
}

/// Sessions that had ended before are deleted, but are not among the ended ones.
pub async fn deletion_returns_only_sessions_that_had_not_ended<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_three(&*store, tenant).await;
    give(&*store, tenant, 1).await;
    let ended = store.end_session(tenant, session_id(1), NOW).await;
    assert_eq!(ended.unwrap(), Race::Won);
    let deleted = store
        .delete_user(tenant, &deletion(1), &event_in(tenant))
        .await;
    assert_eq!(
        deleted.unwrap().unwrap().sessions,
        [],
        "the session had ended"
    );
    assert_eq!(left(&*store, tenant, 1).await.sessions, 0);
}

/// Deletion changes nothing if the user does not exist, or if the user or the holders have another version.
pub async fn deletion_requires_stored_versions<S: Store>(store: Arc<S>, tenant: TenantId) {
    let users = insert_three(&*store, tenant).await;
    give(&*store, tenant, 1).await;
    let before = left(&*store, tenant, 1).await;
    let loses = async |deletion: UserDeletion| {
        let events = all(store.list_events(tenant, After::start()).await);
        let lost = store
            .delete_user(tenant, &deletion, &event_in(tenant))
            .await;
        assert_eq!(lost.unwrap(), None);
        is_stored(&*store, tenant, &users[0]).await;
        assert_eq!(left(&*store, tenant, 1).await, before);
        let after = all(store.list_events(tenant, After::start()).await);
        assert_eq!(after, events);
    };
    loses(deletion(4)).await;
    for version in [0, 2] {
        loses(UserDeletion {
            version,
            ..deletion(1)
        })
        .await;
    }
    loses(UserDeletion {
        holders_version: 1,
        ..deletion(1)
    })
    .await;
    insert_holders(&*store, tenant).await;
    for holders_version in [0, 2] {
        loses(UserDeletion {
            holders_version,
            ..deletion(1)
        })
        .await;
    }
    let current = UserDeletion {
        holders_version: 1,
        ..deletion(1)
    };
    let won = store.delete_user(tenant, &current, &event_in(tenant)).await;
    assert!(won.unwrap().is_some());
}

/// Deletion of a holder of admin roles replaces the holders, at the next version, and appends the change to the feed.
/// Deletion of another user leaves them unchanged.
pub async fn deletion_replaces_holders_of_admin_roles<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_three(&*store, tenant).await;
    let mut holders = insert_holders(&*store, tenant).await;
    let of_holders = |version| Change {
        tenant,
        kind: ChangeKind::Definition(HOLDERS),
        id: DefinitionKey::ADMINISTRATORS.into(),
        version,
    };
    let begin = store.latest_change().await.unwrap();
    let stranger = UserDeletion {
        holders_version: 1,
        ..deletion(3)
    };
    let event = event_in(tenant);
    let deleted = store.delete_user(tenant, &stranger, &event).await;
    assert!(deleted.unwrap().is_some());
    let stored = store.find_definition(tenant, &key()).await.unwrap();
    assert_eq!(stored, Some(Definition::Administrators(holders.clone())));
    holders.revoke(&Holder::User(user_id(1)), None).unwrap();
    let jane = UserDeletion {
        holders_version: 1,
        holders: Some(holders.clone()),
        ..deletion(1)
    };
    let deleted = store.delete_user(tenant, &jane, &event_in(tenant)).await;
    assert!(deleted.unwrap().is_some());
    holders.version = 2;
    let stored = store.find_definition(tenant, &key()).await.unwrap();
    assert_eq!(stored, Some(Definition::Administrators(holders)));
    let changed = changes(&*store, tenant, begin).await;
    assert!(changed.contains(&of_holders(2)));
}

/// Of concurrent deletions of one user, one wins.
pub async fn concurrent_deletions_of_one_user_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_three(&*store, tenant).await;
    let won = winners(&store, |store, _| async move {
        let event = event_in(tenant);
        let deleted = store.delete_user(tenant, &deletion(1), &event).await?;
        Ok(deleted.map_or(Race::Lost, |_| Race::Won))
    });
    assert_eq!(won.await, 1);
}

/// Of concurrent deletions of the last two holders of a role, one wins. The other one has read an earlier version.
pub async fn concurrent_deletions_of_holders_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_three(&*store, tenant).await;
    let holders = insert_holders(&*store, tenant).await;
    let won = winners(&store, |store, number| {
        let holder = 1 + u8::try_from(number % 2).unwrap();
        let mut left = holders.clone();
        async move {
            left.revoke(&Holder::User(user_id(holder)), None).unwrap();
            let deletion = UserDeletion {
                holders_version: 1,
                holders: Some(left),
                ..deletion(holder)
            };
            let event = event_in(tenant);
            let deleted = store.delete_user(tenant, &deletion, &event).await?;
            Ok(deleted.map_or(Race::Lost, |_| Race::Won))
        }
    });
    assert_eq!(won.await, 1);
}
