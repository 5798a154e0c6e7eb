//! Sign-in with a code by email, and the first verification of an address.

use crate::composition::sign_in;
use crate::sign_in::{EMAIL, stored, with_app};
use crate::stores::{edit_user, store, with_user, without_attempts};
use crate::world::{Outside, SINGLE, tenant};
use countersign_application::{AttemptSource, Failure, FirstFactor, Mail, Visitor};
use countersign_domain::refusal::Refusal;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    DeviceRepository as _, EphemeralKind, GrantRepository as _, Letter, PasskeyRepository as _,
    Race, SessionRepository as _, UserKey, UserRepository as _,
};
use countersign_store_contract::fixtures;
use std::sync::Arc;

/// Composes messages whose text is the code, or nothing.
fn compose(mail: Mail<'_>, _: Option<&User>) -> Letter {
    let text = match mail {
        Mail::Code(code) => code.to_owned(),
        _ => String::new(),
    };
    fixtures::letter("subject", &text)
}

/// A browser without cookies.
fn visitor() -> Visitor<'static> {
    Visitor {
        devices: &[],
        sessions: &[],
        source: AttemptSource::default(),
        requested: None,
        compose: &compose,
    }
}

#[tokio::test]
async fn email_code_works_once_and_goes_only_to_known_users() {
    let store = stored(fixtures::user(1, EMAIL), &[]).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);

    let sent = sign_in.send_email_code(tenant(), "unknown@example.com", None, &compose);
    sent.await.unwrap();
    assert!(outside.mail().is_empty());
    let sent = sign_in.send_email_code(tenant(), " JANE@example.com", None, &compose);
    let login = sent.await.unwrap();
    let code = outside.mail().pop().unwrap().letter.text;
    let first = sign_in
        .by_email_code(tenant(), (&login, &code), &visitor())
        .await;
    assert!(matches!(first, Ok(FirstFactor::Suffices(_))));
    let again = sign_in
        .by_email_code(tenant(), (&login, &code), &visitor())
        .await;
    assert!(matches!(
        again,
        Err(Failure::Refused(Refusal::LoginStepUsed))
    ));
}

#[tokio::test]
async fn email_code_verifies_only_the_address_it_was_sent_to() {
    let unverified = User {
        email_verified: false,
        ..fixtures::user(1, EMAIL)
    };
    let store = stored(unverified.clone(), &[]).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);
    let login = sign_in
        .send_email_code(tenant(), EMAIL, None, &compose)
        .await
        .unwrap();
    let code = outside.mail().pop().unwrap().letter.text;
    let is_verified = async || {
        let user = store.find_user(SINGLE, UserKey::Id(unverified.id)).await;
        user.unwrap().unwrap().email_verified
    };
    let move_to = async |email| {
        let email = Email::parse(email).unwrap();
        edit_user(&store, unverified.id, |user| user.email = email).await;
    };
    move_to("other@example.com").await;
    let late = sign_in
        .by_email_code(tenant(), (&login, &code), &visitor())
        .await;
    assert!(matches!(
        late,
        Err(Failure::Refused(Refusal::LoginStepExpired))
    ));
    assert!(!is_verified().await);
    move_to(EMAIL).await;
    let login = sign_in
        .send_email_code(tenant(), EMAIL, None, &compose)
        .await
        .unwrap();
    let code = outside.mail().pop().unwrap().letter.text;
    let done = sign_in
        .by_email_code(tenant(), (&login, &code), &visitor())
        .await;
    assert!(matches!(done, Ok(FirstFactor::Suffices(proof)) if proof.user.email_verified));
    assert!(is_verified().await);
}

/// A registrant prepares an account under the address of another person, and waits for the owner to use it.
#[tokio::test]
async fn first_verification_of_registered_address_ends_everything_before() {
    for self_registered in [true, false] {
        let user = User {
            email_verified: false,
            self_registered,
            ..with_app()
        };
        let device = fixtures::device(1);
        let store = stored(user.clone(), std::slice::from_ref(&device)).await;
        let session = fixtures::session(1);
        let _ = store.insert_session(SINGLE, &session).await.unwrap();
        let grant = fixtures::changed_grant(&fixtures::grant(1), |facts| {
            facts.authorization.subject = user.id.into();
        });
        let _ = store.establish(SINGLE, &grant).await.unwrap();
        let passkey = fixtures::passkey(b"phone");
        let _ = store.insert_passkey(SINGLE, &passkey).await.unwrap();
        let outside = Arc::new(Outside::default());
        let sign_in = sign_in(&store, &outside);
        let login = sign_in.send_email_code(tenant(), EMAIL, None, &compose);
        let login = login.await.unwrap();
        let code = outside.mail().pop().unwrap().letter.text;
        let visitor = visitor();
        let first = sign_in.by_email_code(tenant(), (&login, &code), &visitor);
        let first = first.await.unwrap();
        assert_eq!(
            matches!(first, FirstFactor::Suffices(_)),
            self_registered,
            "the owner is not asked for the factor of the registrant"
        );

        let kept = !self_registered;
        let now = store
            .find_user(SINGLE, UserKey::Id(user.id))
            .await
            .unwrap()
            .unwrap();
        assert!(now.email_verified);
        assert_eq!(now.password_hash.is_some(), kept);
        assert_eq!(now.sealed_totp_secret.is_some(), kept);
        let found = store.find_device(SINGLE, device.id).await.unwrap();
        assert_eq!(found.is_some(), kept);
        let found = store.find_passkey(SINGLE, &passkey.id).await.unwrap();
        assert_eq!(found.is_some(), kept);
        let (found, _) = store
            .find_session(SINGLE, session.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.ended_at.is_none(), kept);
        let found = store.find_grant(SINGLE, grant.id()).await.unwrap().unwrap();
        assert_eq!(found.facts().revoked_at.is_none(), kept);
        let messages = if self_registered { 2 } else { 1 };
        assert_eq!(outside.mail().len(), messages, "the owner is told");
    }
}

#[tokio::test]
async fn email_code_does_not_rewrite_verified_address() {
    let mut store = store();
    without_attempts(&mut store, Some(fixtures::user(1, EMAIL)));
    with_user(&mut store, fixtures::user(1, EMAIL));
    store
        .expect_insert()
        .times(1)
        .withf(|_, key, _, _| key.kind == EphemeralKind::SignInStep)
        .returning(|_, _, _, _| Box::pin(async { Ok(Race::Won) }));
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&Arc::new(store), &outside);
    let login = sign_in
        .send_email_code(tenant(), EMAIL, None, &compose)
        .await
        .unwrap();
    let code = outside.mail().pop().unwrap().letter.text;
    let done = sign_in
        .by_email_code(tenant(), (&login, &code), &visitor())
        .await;
    assert!(matches!(done, Ok(FirstFactor::Suffices(_))));
}

#[tokio::test]
async fn sixth_email_code_attempt_is_rejected_even_if_correct() {
    let store = stored(fixtures::user(1, EMAIL), &[]).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);
    let login = sign_in
        .send_email_code(tenant(), EMAIL, None, &compose)
        .await
        .unwrap();
    for _ in 0..5 {
        let wrong = sign_in
            .by_email_code(tenant(), (&login, "0"), &visitor())
            .await;
        assert!(matches!(
            wrong,
            Err(Failure::Refused(Refusal::OneTimeCodeWrong))
        ));
    }
    let code = outside.mail().pop().unwrap().letter.text;
    let late = sign_in
        .by_email_code(tenant(), (&login, &code), &visitor())
        .await;
    assert!(matches!(late, Err(Failure::Refused(Refusal::LoginEnded))));
}

#[tokio::test]
async fn email_codes_are_rate_limited_by_mailbox() {
    let store = stored(fixtures::user(1, EMAIL), &[]).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);
    let send = || sign_in.send_email_code(tenant(), EMAIL, None, &compose);
    for _ in 0..5 {
        send().await.unwrap();
    }
    assert!(matches!(send().await, Err(Failure::TooManyAttempts(_))));
    assert_eq!(outside.mail().len(), 5);
}
