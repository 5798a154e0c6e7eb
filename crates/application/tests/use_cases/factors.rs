//! Second factors that users enroll and remove.

use crate::composition::accounts;
use crate::fakes::Fixed;
use crate::stores::disable;
use crate::world::{SINGLE, tenant, with_mfa};
use countersign_application::{Accounts, Failure};
use countersign_domain::login::authentication::{Authentication, Methods};
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    After, DeviceRepository as _, PasskeyRepository as _, Race, RecoveryCodeRepository as _,
    UserKey, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

const CODE: &str = "123456";

fn jane() -> User {
    fixtures::user(1, "jane@example.com")
}

fn fresh() -> Session {
    fixtures::session(7)
}

/// A session of somebody who left the browser open.
fn stale() -> Session {
    Session {
        authentication: Authentication::new(Timestamp::from_unix_seconds(0), Methods::NONE),
        ..fresh()
    }
}

async fn account() -> (Arc<MemoryStore>, Accounts<MemoryStore, Fixed>) {
    let store = Arc::new(MemoryStore::default());
    let _ = store.insert_user(SINGLE, &jane(), None).await.unwrap();
    let accounts = accounts(&store);
    (store, accounts)
}

async fn stored(store: &MemoryStore) -> User {
    let user = store
        .find_user(SINGLE, UserKey::Id(jane().id))
        .await
        .unwrap();
    user.unwrap()
}

fn refused<T>(answer: Result<T, Failure>) -> Option<Refusal> {
    match answer {
        Err(Failure::Refused(refusal)) => Some(refusal),
        Err(other) => panic!("{other:?}"),
        Ok(_) => None,
    }
}

/// Sets the app up, and gives the recovery codes.
async fn enroll(store: &MemoryStore, accounts: &Accounts<MemoryStore, Fixed>) -> Vec<String> {
    let (jane, session) = (stored(store).await, fresh());
    let begun = accounts
        .begin_authenticator(tenant(), &jane, &session)
        .unwrap();
    let finished = accounts.finish_authenticator(tenant(), &jane, &session, &begun.state, CODE);
    finished.await.unwrap();
    let codes = accounts.recovery_codes(tenant(), &stored(store).await, &begun.state);
    codes.unwrap().unwrap()
}

#[tokio::test]
async fn an_authenticator_app_is_stored_with_its_first_right_code_and_recovery_codes_come_with_it()
{
    let (store, accounts) = account().await;
    let (user, session) = (jane(), fresh());
    let begun = accounts
        .begin_authenticator(tenant(), &user, &session)
        .unwrap();
    let wrong = accounts.finish_authenticator(tenant(), &user, &session, &begun.state, "0");
    assert_eq!(refused(wrong.await), Some(Refusal::OneTimeCodeWrong));
    assert!(matches!(
        accounts.recovery_codes(tenant(), &user, &begun.state),
        Ok(None)
    ));
    let cut_off = accounts.finish_authenticator(tenant(), &user, &session, b"secret", CODE);
    assert_eq!(refused(cut_off.await), Some(Refusal::LoginStepExpired));
    assert!(stored(&store).await.sealed_totp_secret.is_none());
    assert_eq!(enroll(&store, &accounts).await.len(), 10);
    assert!(stored(&store).await.sealed_totp_secret.is_some());
    assert_eq!(
        store.count_recovery_codes(SINGLE, jane().id).await.unwrap(),
        1,
        "all are the same here"
    );
    let again = accounts.begin_authenticator(tenant(), &stored(&store).await, &fresh());
    assert_eq!(refused(again), Some(Refusal::FactorPresent));
}

#[tokio::test]
async fn codes_tried_while_enrolling_are_counted_with_those_of_logins() {
    let (_, accounts) = account().await;
    let (session, user) = (fresh(), jane());
    let begun = accounts
        .begin_authenticator(tenant(), &user, &session)
        .unwrap();
    let attempt =
        |code| accounts.finish_authenticator(tenant(), &user, &session, &begun.state, code);
    for _ in 0..20 {
        assert_eq!(refused(attempt("0").await), Some(Refusal::OneTimeCodeWrong));
    }
    let exhausted = Some(Refusal::OneTimeCodesExhausted);
    assert_eq!(refused(attempt(CODE).await), exhausted);
}

#[tokio::test]
async fn an_app_that_is_removed_takes_recovery_codes_and_remembered_devices_along() {
    let (store, accounts) = account().await;
    let codes = enroll(&store, &accounts).await;
    let _ = store
        .insert_device(SINGLE, &fixtures::device(1))
        .await
        .unwrap();
    let jane = stored(&store).await;
    let wrong = accounts
        .remove_authenticator(tenant(), &jane, &fresh(), "0")
        .await;
    assert_eq!(refused(wrong), Some(Refusal::OneTimeCodeWrong));
    assert!(stored(&store).await.sealed_totp_secret.is_some());
    // The code of this minute was used up; a recovery code does as well.
    let code = codes.first().unwrap();
    accounts
        .remove_authenticator(tenant(), &jane, &fresh(), code)
        .await
        .unwrap();
    assert!(stored(&store).await.sealed_totp_secret.is_none());
    assert_eq!(
        store.count_recovery_codes(SINGLE, jane.id).await.unwrap(),
        0
    );
    assert!(
        store
            .list_devices(SINGLE, jane.id, After::start())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn an_app_that_was_set_up_at_the_same_moment_stays() {
    let (store, accounts) = account().await;
    let other = Some(b"of another".to_vec());
    let set = store
        .set_totp_secret(SINGLE, jane().id, other.as_deref(), &fixtures::event())
        .await;
    assert_eq!(set.unwrap(), Race::Won);
    let (user, session) = (jane(), fresh());
    let begun = accounts
        .begin_authenticator(tenant(), &user, &session)
        .unwrap();
    let finished = accounts.finish_authenticator(tenant(), &user, &session, &begun.state, CODE);
    assert_eq!(refused(finished.await), Some(Refusal::FactorPresent));
    assert_eq!(stored(&store).await.sealed_totp_secret, other);
    assert_eq!(
        store.count_recovery_codes(SINGLE, user.id).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_user_who_was_disabled_at_the_same_moment_stays_disabled_and_keeps_the_app() {
    let (store, accounts) = account().await;
    let codes = enroll(&store, &accounts).await;
    let _ = store
        .insert_device(SINGLE, &fixtures::device(1))
        .await
        .unwrap();
    let read_before = stored(&store).await;
    disable(&store, read_before.id).await;
    let code = codes.first().unwrap();
    let session = fresh();
    let removed = accounts.remove_authenticator(tenant(), &read_before, &session, code);
    assert_eq!(refused(removed.await), Some(Refusal::OneTimeCodeWrong));
    let stored = stored(&store).await;
    assert!(!stored.enabled && stored.sealed_totp_secret.is_some());
    assert_eq!(
        store
            .list_devices(SINGLE, stored.id, After::start())
            .await
            .unwrap()
            .items
            .len(),
        1
    );
}

#[tokio::test]
async fn whoever_finds_a_browser_open_changes_no_factor() {
    let (store, accounts) = account().await;
    let stale_login = Some(Refusal::AuthenticationStale);
    let (user, session) = (jane(), stale());
    let begun = accounts.begin_authenticator(tenant(), &user, &session);
    assert_eq!(refused(begun), stale_login);
    let finished = accounts.finish_authenticator(tenant(), &user, &session, b"secret", CODE);
    assert_eq!(refused(finished.await), stale_login);
    let removed = accounts.remove_authenticator(tenant(), &user, &session, CODE);
    assert_eq!(refused(removed.await), stale_login);
    let renewed = accounts.renew_recovery_codes(tenant(), &user, &session, CODE);
    assert_eq!(refused(renewed.await), stale_login);
    let begun = accounts.begin_passkey(tenant(), &user, &session);
    assert_eq!(refused(begun.await), stale_login);
    let finished = accounts.finish_passkey(tenant(), &user, &session, b"state", "phone", "Phone");
    assert_eq!(refused(finished.await), stale_login);
    let _ = store
        .insert_passkey(SINGLE, &fixtures::passkey(b"phone"))
        .await
        .unwrap();
    let removed = accounts.remove_passkey(tenant(), &user, &session, b"phone");
    assert_eq!(refused(removed.await), stale_login);
}

#[tokio::test]
async fn where_everybody_has_a_second_factor_the_last_one_stays_and_nobody_goes_on_without() {
    let (store, accounts) = account().await;
    assert!(!accounts.has_to_enroll(tenant(), &jane()).await.unwrap());
    let strict = with_mfa(MfaPolicy::Required);
    assert!(accounts.has_to_enroll(&strict, &jane()).await.unwrap());
    let (user, session) = (jane(), fresh());
    let finish = |id| accounts.finish_passkey(&strict, &user, &session, b"state", id, "Phone");
    finish("phone").await.unwrap();
    assert!(!accounts.has_to_enroll(&strict, &user).await.unwrap());
    let last = accounts
        .remove_passkey(&strict, &user, &session, b"phone")
        .await;
    assert_eq!(refused(last), Some(Refusal::FactorDemanded));
    finish("key").await.unwrap();
    assert!(
        accounts
            .remove_passkey(&strict, &user, &session, b"phone")
            .await
            .unwrap()
    );
    assert!(
        store
            .find_passkey(SINGLE, b"phone")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_passkey_is_enrolled_once_by_its_owner_where_factors_are_on() {
    let (_, accounts) = account().await;
    let session = fresh();
    let finish = async |tenant: &Tenant, number| {
        let user = fixtures::user(number, "jane@example.com");
        let finished = accounts.finish_passkey(tenant, &user, &session, b"state", "phone", "Phone");
        refused(finished.await)
    };
    let refusal = Some(Refusal::PasskeyRefused);
    assert_eq!(
        finish(tenant(), 2).await,
        refusal,
        "begun for somebody else"
    );
    assert_eq!(finish(tenant(), 1).await, None);
    assert_eq!(finish(tenant(), 1).await, refusal, "its id is taken");
    let off = with_mfa(MfaPolicy::Off);
    assert_eq!(finish(&off, 1).await, Some(Refusal::FactorsOff));
}
