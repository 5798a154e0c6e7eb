//! Accounts with passkeys instead of a password.

use crate::composition::{accounts, accounts_with_mail};
use crate::fakes::Fakes;
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::{Accounts, Failure, refusals};
use countersign_domain::login::authentication::{Authentication, Methods};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    PasskeyRepository as _, SessionRepository as _, UserKey, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

fn session() -> Session {
    fixtures::session(7)
}

/// Creates Jane with these passkeys.
async fn jane(passkeys: &[&[u8]]) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    let user = fixtures::user(1, "jane@example.com");
    let _ = store.insert_user(SINGLE, &user, None).await.unwrap();
    let _ = store.insert_session(SINGLE, &session()).await.unwrap();
    for id in passkeys {
        let passkey = fixtures::passkey(id);
        let _ = store.insert_passkey(SINGLE, &passkey).await.unwrap();
    }
    store
}

async fn stored(store: &MemoryStore) -> User {
    let key = UserKey::Id(fixtures::user_id(1));
    store.find_user(SINGLE, key).await.unwrap().unwrap()
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Failure>) -> Option<Refusal> {
    match answer {
        Ok(_) => None,
        Err(Failure::Refused(refusal)) => Some(refusal),
        Err(other) => panic!("{other:?}"),
    }
}

async fn remove_password(
    accounts: &Accounts<Fakes<MemoryStore>>,
    store: &MemoryStore,
) -> Option<Refusal> {
    let user = stored(store).await;
    refused(accounts.remove_password(tenant(), &user, &session()).await)
}

#[tokio::test]
async fn password_is_removed_only_beside_passkey_and_second_way() {
    let missing = Some(refusals::SIGN_IN_WAY_MISSING);
    for (passkeys, mail, expected) in [
        (&[][..], true, missing.clone()),
        (&[b"one".as_slice()], false, missing),
        (&[b"one"], true, None),
        (&[b"one", b"two"], false, None),
    ] {
        let store = jane(passkeys).await;
        let accounts = if mail {
            accounts_with_mail(&store, &Arc::default())
        } else {
            accounts(&store)
        };
        let count = passkeys.len();
        let is_removed = expected.is_none();
        assert_eq!(
            remove_password(&accounts, &store).await,
            expected,
            "{count} {mail}"
        );
        assert_eq!(stored(&store).await.password_hash.is_none(), is_removed);
    }
}

#[tokio::test]
async fn password_is_not_removed_after_old_sign_in() {
    let store = jane(&[b"one", b"two"]).await;
    let accounts = accounts(&store);
    let old = Timestamp::from_unix_seconds(0);
    let session = Session {
        authentication: Authentication::new(old, Methods::NONE),
        ..session()
    };
    let user = stored(&store).await;
    let removed = accounts.remove_password(tenant(), &user, &session).await;
    assert_eq!(refused(removed), Some(Refusal::AuthenticationStale));
    assert!(stored(&store).await.password_hash.is_some());
}

#[tokio::test]
async fn unverified_address_is_no_second_way_to_sign_in() {
    let store = jane(&[b"one"]).await;
    let accounts = accounts_with_mail(&store, &Arc::default());
    let user = User {
        email_verified: false,
        ..stored(&store).await
    };
    let missing = Some(refusals::SIGN_IN_WAY_MISSING);
    let session = session();
    let removed = accounts.remove_password(tenant(), &user, &session);
    assert_eq!(refused(removed.await), missing);
    let user = User {
        password_hash: None,
        ..user
    };
    let removed = accounts.remove_passkey(tenant(), &user, &session, b"one");
    assert_eq!(refused(removed.await), missing);
}

#[tokio::test]
async fn last_passkey_of_account_without_password_stays() {
    let store = jane(&[b"one", b"two"]).await;
    let (accounts, session) = (accounts(&store), session());
    assert_eq!(remove_password(&accounts, &store).await, None);
    let user = stored(&store).await;
    let remove = async |accounts: &Accounts<_>, id: &[u8]| {
        refused(accounts.remove_passkey(tenant(), &user, &session, id).await)
    };
    assert_eq!(remove(&accounts, b"one").await, None);
    let missing = Some(refusals::SIGN_IN_WAY_MISSING);
    assert_eq!(remove(&accounts, b"two").await, missing);
    // With mail, the user can sign in with a code.
    let outside: Arc<Outside> = Arc::default();
    let accounts = accounts_with_mail(&store, &outside);
    assert_eq!(remove(&accounts, b"two").await, None);
}

#[tokio::test]
async fn only_owner_renames_passkey() {
    let store = jane(&[b"one"]).await;
    let accounts = accounts(&store);
    let rename = async |user: User| {
        let (session, new) = (session(), (b"one".as_slice(), "Key ring"));
        let renamed = accounts.rename_passkey(tenant(), &user, &session, new);
        renamed.await.unwrap()
    };
    assert!(!rename(fixtures::user(2, "joe@example.com")).await);
    assert!(rename(stored(&store).await).await);
    let found = store.find_passkey(SINGLE, b"one").await.unwrap();
    assert_eq!(found.unwrap().name, "Key ring");
}
