//! Writes of a browser sign-in, from the password to the code.

use crate::authorize::plain;
use crate::composition::{authorizations, sessions, sign_in};
use crate::stores::{store, with_session, with_user, without_attempts};
use crate::world::{Outside, password, tenant};
use countersign_application::{BrowserSessions, FirstFactor, Next, Origin, Page, Progress};
use countersign_domain::authorize::next_step::Done;
use countersign_ports::Race;
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

/// Returns a store that accepts one session and no other write.
fn for_one_session() -> MockStore {
    let mut store = store();
    with_user(&mut store, fixtures::user(1, "jane@example.com"));
    without_attempts(&mut store);
    store
        .expect_insert_session()
        .times(1)
        .withf(|_, session| {
            session.user == fixtures::user_id(1)
                && session.authentication == fixtures::authentication()
        })
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let jane = fixtures::user(1, "jane@example.com");
    with_session(&mut store, fixtures::session(7), jane);
    store
}

/// Signs Jane in with her password and gives consent if asked. Returns whether the consent page was shown.
async fn log_in(store: MockStore) -> bool {
    let (store, outside) = (Arc::new(store), Arc::new(Outside::default()));
    let authorizations = authorizations(&store, &outside);
    let request = plain(&authorizations).await;
    let nobody = BrowserSessions::default();
    let mut progress = Progress::default();
    let next = authorizations.next(tenant(), &request, &progress, &nobody);
    assert!(matches!(next.await.unwrap(), Next::Page(Page::LogIn)));

    let sign_in = sign_in(&store, &outside);
    let password = password();
    let proof = sign_in.by_password(tenant(), "jane@example.com", &password, &[], None);
    let FirstFactor::LoggedIn(proof) = proof.await.unwrap() else {
        panic!("unexpected second factor");
    };
    let sessions = sessions(&store, &outside);
    let begun = sessions.begin(
        tenant(),
        proof.user,
        proof.methods,
        &nobody,
        Origin::default(),
    );
    let mut browser = BrowserSessions::default();
    browser.put_first(begun.await.unwrap());
    let live = browser.live.first().unwrap();
    progress = Progress {
        session: Some(live.session.id),
        done: Done {
            logged_in: true,
            ..Done::default()
        },
    };
    let next = authorizations.next(tenant(), &request, &progress, &browser);
    let was_asked = match next.await.unwrap() {
        Next::Page(Page::Consent(session)) => {
            assert_eq!(session, live.session.id);
            authorizations
                .agree(tenant(), &request, live)
                .await
                .unwrap();
            progress.done.consented = true;
            let next = authorizations.next(tenant(), &request, &progress, &browser);
            assert!(matches!(next.await.unwrap(), Next::Code(_)));
            true
        }
        Next::Code(_) => false,
        other => panic!("{other:?}"),
    };
    let code = outside.codes().pop().unwrap();
    assert_eq!(code.authorization.session, Some(live.session.id));
    was_asked
}

#[tokio::test]
async fn sign_in_writes_only_the_session() {
    let mut store = for_one_session();
    store
        .expect_find_consent()
        .returning(|_, _, _| Box::pin(async { Ok(Some(fixtures::consent(1, "app"))) }));
    assert!(!log_in(store).await);
}

#[tokio::test]
async fn sign_in_with_first_consent_writes_session_and_consent() {
    let mut store = for_one_session();
    store
        .expect_find_consent()
        .returning(|_, _, _| Box::pin(async { Ok(None) }));
    store
        .expect_put_consent()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(()) }));
    assert!(log_in(store).await);
}
