//! Writes of a browser sign-in, from the password to the code.

use crate::authorize::{interaction, plain};
use crate::composition::{authorizations, sessions, sign_in};
use crate::sign_in::NOWHERE;
use crate::stores::{store, with_session, without_attempts};
use crate::world::{Outside, password, tenant};
use countersign_application::{BrowserSessions, FirstFactor, Origin};
use countersign_domain::login::interaction::{Outcome, Page, Step};
use countersign_ports::Race;
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

/// Returns a store that accepts one session and no other write.
fn for_one_session() -> MockStore {
    let mut store = store();
    without_attempts(&mut store, Some(fixtures::user(1, "jane@example.com")));
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
    let signed_out = BrowserSessions::default();
    let mut interaction = interaction();
    let next = authorizations.next(tenant(), &interaction, Some(request.facts()), &signed_out);
    assert_eq!(next.await.unwrap().0, Step::Show(Page::SignIn));

    let sign_in = sign_in(&store, &outside);
    let password = password();
    let proof = sign_in.by_password(tenant(), "jane@example.com", &password, &[], NOWHERE);
    let FirstFactor::Suffices(proof) = proof.await.unwrap() else {
        panic!("unexpected second factor");
    };
    let sessions = sessions(&store, &outside);
    let begun = sessions.begin(tenant(), *proof, &signed_out, Origin::default());
    let mut browser = BrowserSessions::default();
    browser.put_first(begun.await.unwrap());
    let live = browser.live.first().unwrap();
    interaction.signed_in(live.session.id);
    let next = authorizations.next(tenant(), &interaction, Some(request.facts()), &browser);
    let (mut step, _) = next.await.unwrap();
    let was_asked = step == Step::Show(Page::Consent);
    if was_asked {
        let agreed = authorizations.agree(tenant(), (&*request.client, &request.to_agree_to), live);
        agreed.await.unwrap();
        interaction.done.consented = true;
        let next = authorizations.next(tenant(), &interaction, Some(request.facts()), &browser);
        step = next.await.unwrap().0;
    }
    assert_eq!(step, Step::Done(Outcome::Code));
    let _sealed = authorizations.code(tenant(), &request, live);
    let code = outside.codes().pop().unwrap();
    assert_eq!(code.authorization().session, Some(live.session.id));
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
