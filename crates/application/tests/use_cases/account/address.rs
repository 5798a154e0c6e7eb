//! Change of the email address.

use crate::admin::stored_events;
use crate::admin::users::{is_shut_out, jane};
use crate::composition::{accounts_with_mail, sessions};
use crate::fakes::Fakes;
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::{Accounts, Failure, Mail, Origin, refusals};
use countersign_domain::login::authentication::{Authentication, Methods};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{Letter, Message, Race, UserKey};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;
use std::time::Duration;

pub(super) const NEW: &str = "new@example.com";

/// Composes letters whose subject is the token.
pub(super) fn compose(mail: Mail<'_>, _: Option<&User>) -> Letter {
    match mail {
        Mail::AddressChange(link) => fixtures::letter(link.token.expose_secret(), "change"),
        Mail::Notice(notice) => fixtures::letter(notice.token.expose_secret(), "notice"),
        _ => fixtures::letter("", ""),
    }
}

pub(super) async fn stored(store: &MemoryStore) -> User {
    let key = UserKey::Id(fixtures::user_id(1));
    store.find_user(SINGLE, key).await.unwrap().unwrap()
}

pub(super) async fn request(
    accounts: &Accounts<Fakes<MemoryStore>>,
    session: &Session,
    typed: &str,
) -> Result<(), Failure> {
    let user = fixtures::user(1, "jane@example.com");
    let requested = accounts.request_address(tenant(), (&user, session), typed, None, &compose);
    requested.await
}

pub(super) fn token(message: &Message) -> Secret {
    Secret::new(message.letter.subject.clone())
}

#[tokio::test]
async fn change_needs_recent_sign_in_and_an_address() {
    let accounts = accounts_with_mail(&jane().await, &Arc::default());
    let session = fixtures::session(7);
    let stale = Session {
        authentication: Authentication::new(Timestamp::from_unix_seconds(0), Methods::NONE),
        ..session.clone()
    };
    for (session, typed, refusal) in [
        (stale, NEW, Refusal::AuthenticationStale),
        (session, "unknown", refusals::EMAIL_MALFORMED),
    ] {
        let refused = request(&accounts, &session, typed).await;
        assert!(
            matches!(&refused, Err(Failure::Refused(own)) if *own == refusal),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn address_of_another_user_gets_no_link() {
    let store = jane().await;
    let joe = fixtures::user(2, "joe@example.com");
    let _ = store.insert_user(SINGLE, &joe, None).await.unwrap();
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&store, &outside);
    let session = fixtures::session(7);
    request(&accounts, &session, "joe@example.com")
        .await
        .unwrap();
    let queued = outside.queued();
    assert!(queued.len() == 1 && queued[0].is_withheld);
    // The link works for no user, even if its token leaks.
    let found = accounts.address_link(tenant(), &token(&queued[0])).await;
    let (found, origin) = (found.unwrap(), Origin::default());
    let changed = accounts.change_address(tenant(), &found, &origin, &compose);
    assert!(changed.await.is_err());
    assert_eq!(stored(&store).await.email.as_str(), "jane@example.com");
}

/// Changes the address of Jane. Returns the mails that were queued: the link to confirm, and the notice.
pub(super) async fn changed(store: &Arc<MemoryStore>, outside: &Arc<Outside>) -> Vec<Message> {
    let accounts = accounts_with_mail(store, outside);
    request(&accounts, &fixtures::session(7), NEW)
        .await
        .unwrap();
    let change = outside.queued().pop().unwrap();
    assert_eq!(change.recipient.as_str(), NEW);
    let found = accounts.address_link(tenant(), &token(&change)).await;
    let (found, origin) = (found.unwrap(), Origin::default());
    let changed = accounts.change_address(tenant(), &found, &origin, &compose);
    changed.await.unwrap();
    outside.queued()
}

/// Follows the link of the last mail.
pub(super) async fn undo(store: &Arc<MemoryStore>, outside: &Arc<Outside>) -> Result<(), Failure> {
    let notice = outside.queued().pop().unwrap();
    let accounts = accounts_with_mail(store, outside);
    let sessions = sessions(store, &Arc::default());
    let found = accounts
        .address_undo_link(tenant(), &token(&notice))
        .await?;
    accounts.undo_address(tenant(), &sessions, &found).await
}

pub(super) fn is_void<T>(outcome: &Result<T, Failure>) -> bool {
    matches!(outcome, Err(Failure::Refused(refusals::LINK_INVALID)))
}

#[tokio::test]
async fn former_address_undoes_change_and_ends_sessions() {
    let store = jane().await;
    let outside = Arc::default();
    let queued = changed(&store, &outside).await;
    let user = stored(&store).await;
    assert!(user.email.as_str() == NEW && user.email_verified);
    assert!(!is_shut_out(&store).await);
    // The link works once.
    let accounts = accounts_with_mail(&store, &outside);
    let again = accounts.address_link(tenant(), &token(&queued[0])).await;
    assert!(is_void(&again));

    let notice = queued.last().unwrap();
    assert_eq!(notice.recipient.as_str(), "jane@example.com");
    undo(&store, &outside).await.unwrap();
    assert_eq!(stored(&store).await.email.as_str(), "jane@example.com");
    assert!(is_shut_out(&store).await);
    assert!(is_void(&undo(&store, &outside).await));
    let events = stored_events(&store).await;
    let own = events.iter().filter(|event| event.operator.kind == "user");
    assert_eq!(own.count(), 2);
}

#[tokio::test]
async fn intruder_cannot_change_address_again_before_undo() {
    let store = jane().await;
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&store, &outside);
    let (session, second) = (fixtures::session(7), "second@example.com");
    request(&accounts, &session, second).await.unwrap();
    let second = outside.queued().pop().unwrap();
    changed(&store, &outside).await;
    // Neither with a link from before the change, nor with a new one.
    let early = accounts.address_link(tenant(), &token(&second)).await;
    assert!(is_void(&early));
    let user = stored(&store).await;
    let who = (&user, &session);
    let third = accounts.request_address(tenant(), who, "third@example.com", None, &compose);
    let refused = third.await;
    assert!(
        matches!(&refused, Err(Failure::Refused(own)) if *own == refusals::ADDRESS_CHANGED_RECENTLY),
        "{refused:?}"
    );
    undo(&store, &outside).await.unwrap();
    assert!(
        !stored(&store)
            .await
            .may_change_email(Duration::from_secs(60), fixtures::NOW)
    );
}

#[tokio::test]
async fn link_of_ended_session_changes_no_address() {
    let store = jane().await;
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&store, &outside);
    let session = fixtures::session(7);
    request(&accounts, &session, NEW).await.unwrap();
    let token = token(&outside.queued()[0]);
    let found = accounts.address_link(tenant(), &token).await.unwrap();
    let ended = store.end_session(SINGLE, session.id, fixtures::NOW);
    assert_eq!(ended.await.unwrap(), Race::Won);
    let origin = Origin::default();
    let changed = accounts.change_address(tenant(), &found, &origin, &compose);
    assert!(is_void(&changed.await));
    assert_eq!(stored(&store).await.email.as_str(), "jane@example.com");
}

#[tokio::test]
async fn owner_of_unverified_former_address_gets_no_undo_link() {
    for (is_self_registered, mails) in [(true, 1), (false, 2)] {
        let store = jane().await;
        edit(&store, |user| {
            user.email_verified = false;
            user.self_registered = is_self_registered;
        })
        .await;
        let queued = changed(&store, &Arc::default()).await;
        assert_eq!(queued.len(), mails, "{is_self_registered}");
    }
}

/// Changes the stored user, as an operator does.
pub(super) async fn edit(store: &MemoryStore, change: impl Fn(&mut User)) {
    let mut user = stored(store).await;
    change(&mut user);
    let event = fixtures::event();
    let updated = store.update_user(SINGLE, &user, &event);
    assert_eq!(updated.await.unwrap(), Race::Won);
}
