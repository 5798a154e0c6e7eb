//! "This wasn't me".

use crate::admin::users::{is_shut_out, jane};
use crate::composition::{accounts_with_mail, notices, sessions};
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::{Failure, FoundLink, Mail, Notice, Origin, refusals, totp_context};
use countersign_domain::login::added_factor::AddedFactor;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::recovery::RecoveryPolicy;
use countersign_domain::tenant::{Tenant, TenantSettings};
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{After, Letter, Race, UserKey};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;
use std::time::Duration;

/// Composes letters whose subject is the token.
fn compose(mail: Mail<'_>, _: Option<&User>) -> Letter {
    match mail {
        Mail::Notice(notice) => fixtures::letter(notice.token.expose_secret(), "notice"),
        _ => fixtures::letter("", ""),
    }
}

async fn stored(store: &MemoryStore) -> User {
    let key = UserKey::Id(fixtures::user_id(1));
    store.find_user(SINGLE, key).await.unwrap().unwrap()
}

/// Sends a notice about an added factor to Jane. Returns the token of its link.
pub(super) async fn token_of_notice(
    (store, outside): (&Arc<MemoryStore>, &Arc<Outside>),
    added: &AddedFactor,
) -> Secret {
    let settings = TenantSettings {
        recovery: RecoveryPolicy::default(),
        ..tenant().settings.clone()
    };
    let tenant = Tenant {
        settings,
        ..tenant().clone()
    };
    let (user, origin) = (stored(store).await, Origin::default());
    let about = (Notice::PasskeyAdded, added);
    notices(store, outside)
        .send(&tenant, &user, about, &origin, &compose)
        .await;
    Secret::new(outside.queued().pop().unwrap().letter.subject)
}

/// Follows the link of a notice.
pub(super) async fn follow(
    (store, outside): (&Arc<MemoryStore>, &Arc<Outside>),
    token: &Secret,
) -> Result<(), Failure> {
    let accounts = accounts_with_mail(store, outside);
    let found = accounts.secure_link(tenant(), token).await?;
    secure(store, &found).await
}

/// Sends a notice about an added factor to Jane, and opens its link.
async fn link(at: (&Arc<MemoryStore>, &Arc<Outside>), added: &AddedFactor) -> FoundLink {
    let token = token_of_notice(at, added).await;
    let accounts = accounts_with_mail(at.0, at.1);
    accounts.secure_link(tenant(), &token).await.unwrap()
}

async fn secure(store: &Arc<MemoryStore>, found: &FoundLink) -> Result<(), Failure> {
    let accounts = accounts_with_mail(store, &Arc::default());
    let sessions = sessions(store, &Arc::default());
    accounts.secure(tenant(), &sessions, found).await
}

async fn passkeys(store: &MemoryStore) -> usize {
    let id = fixtures::user_id(1);
    let found = store.list_passkeys(SINGLE, id, After::start()).await;
    found.unwrap().items.len()
}

async fn with_two_passkeys() -> Arc<MemoryStore> {
    let store = jane().await;
    for id in [1, 2] {
        let passkey = fixtures::passkey(&[id]);
        let inserted = store.insert_passkey(SINGLE, &passkey).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    store
}

#[tokio::test]
async fn securing_account_removes_reported_factor_once() {
    let (store, outside) = (with_two_passkeys().await, Arc::default());
    let found = link((&store, &outside), &AddedFactor::Passkey(vec![2])).await;
    secure(&store, &found).await.unwrap();
    assert!(is_shut_out(&store).await);
    assert_eq!(passkeys(&store).await, 1);
    let again = secure(&store, &found).await;
    assert!(matches!(
        again,
        Err(Failure::Refused(refusals::LINK_INVALID))
    ));

    let id = fixtures::user_id(1);
    let sealed = [totp_context(id).as_bytes(), &[7]].concat();
    let enrolled = store.replace_totp_secret(SINGLE, id, None, Some(&sealed), &[]);
    assert_eq!(enrolled.await.unwrap(), Race::Won);
    // An app that was set up later is another one.
    for (reported, is_left) in [([8], true), ([7], false)] {
        let found = link((&store, &outside), &AddedFactor::authenticator(&reported)).await;
        secure(&store, &found).await.unwrap();
        assert_eq!(stored(&store).await.sealed_totp_secret.is_some(), is_left);
    }
}

#[tokio::test]
async fn securing_account_cancels_requested_deletion() {
    let (store, outside) = (jane().await, Arc::default());
    let found = link((&store, &outside), &AddedFactor::None).await;
    let accounts = accounts_with_mail(&store, &Arc::default());
    let (user, session) = (stored(&store).await, fixtures::session(7));
    let sessions = sessions(&store, &Arc::default());
    let who = (&user, &session);
    let requested = accounts.request_deletion(tenant(), &sessions, who, Duration::from_secs(60));
    requested.await.unwrap();
    secure(&store, &found).await.unwrap();
    let scheduled = accounts.scheduled_deletion(tenant(), user.id).await;
    assert!(scheduled.unwrap().is_none());
}

#[tokio::test]
async fn former_address_ends_sessions_but_removes_no_factor() {
    let (store, outside) = (with_two_passkeys().await, Arc::default());
    let found = link((&store, &outside), &AddedFactor::Passkey(vec![2])).await;
    let changed = User {
        email: Email::parse("new@example.com").unwrap(),
        ..stored(&store).await
    };
    let event = fixtures::event();
    let updated = store.update_user(SINGLE, &changed, &event).await;
    assert_eq!(updated.unwrap(), Race::Won);
    let found = FoundLink {
        user: changed,
        ..found
    };
    assert!(!found.is_to_present_address());
    secure(&store, &found).await.unwrap();
    assert!(is_shut_out(&store).await);
    assert_eq!(passkeys(&store).await, 2);
}
