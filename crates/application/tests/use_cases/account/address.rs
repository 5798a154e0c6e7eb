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
use countersign_ports::{Letter, Message, UserKey, UserRepository as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

const NEW: &str = "new@example.com";

/// Composes letters whose subject is the token.
fn compose(mail: Mail<'_>, _: Option<&User>) -> Letter {
    match mail {
        Mail::AddressChange(link) => fixtures::letter(link.token.expose_secret(), "change"),
        Mail::Notice(notice) => fixtures::letter(notice.token.expose_secret(), "notice"),
        _ => fixtures::letter("", ""),
    }
}

async fn stored(store: &MemoryStore) -> User {
    let key = UserKey::Id(fixtures::user_id(1));
    store.find_user(SINGLE, key).await.unwrap().unwrap()
}

async fn request(
    accounts: &Accounts<Fakes<MemoryStore>>,
    session: &Session,
    typed: &str,
) -> Result<(), Failure> {
    let user = fixtures::user(1, "jane@example.com");
    let requested = accounts.request_address(tenant(), (&user, session), typed, None, &compose);
    requested.await
}

fn token(message: &Message) -> Secret {
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

#[tokio::test]
async fn former_address_undoes_change_and_ends_sessions() {
    let store = jane().await;
    let outside = Arc::new(Outside::default());
    let accounts = accounts_with_mail(&store, &outside);
    request(&accounts, &fixtures::session(7), NEW)
        .await
        .unwrap();
    let change = outside.queued().pop().unwrap();
    assert_eq!(change.recipient.as_str(), NEW);
    let found = accounts.address_link(tenant(), &token(&change)).await;
    let (found, origin) = (found.unwrap(), Origin::default());
    assert_eq!(stored(&store).await.email.as_str(), "jane@example.com");
    let changed = accounts.change_address(tenant(), &found, &origin, &compose);
    changed.await.unwrap();
    let user = stored(&store).await;
    assert!(user.email.as_str() == NEW && user.email_verified);
    assert!(!is_shut_out(&store).await);
    // The link works once.
    let again = accounts.change_address(tenant(), &found, &origin, &compose);
    assert!(matches!(
        again.await,
        Err(Failure::Refused(refusals::LINK_INVALID))
    ));

    let notice = outside.queued().pop().unwrap();
    assert_eq!(notice.recipient.as_str(), "jane@example.com");
    let found = accounts.address_undo_link(tenant(), &token(&notice)).await;
    let (found, sessions) = (found.unwrap(), sessions(&store, &Arc::default()));
    let undone = accounts.undo_address(tenant(), &sessions, &found);
    undone.await.unwrap();
    assert_eq!(stored(&store).await.email.as_str(), "jane@example.com");
    assert!(is_shut_out(&store).await);
    let events = stored_events(&store).await;
    let own = events.iter().filter(|event| event.operator.kind == "user");
    assert_eq!(own.count(), 2);
}
