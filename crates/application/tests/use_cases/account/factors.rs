//! Enrollment and removal of second factors.

use crate::composition::accounts;
use crate::fakes::Fakes;
use crate::stores::disable;
use crate::world::{SINGLE, tenant, with_mfa};
use countersign_application::refusals;
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
    SessionRepository as _, UserKey, UserRepository as _,
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

/// Returns a session without a recent sign-in.
fn stale() -> Session {
    Session {
        authentication: Authentication::new(Timestamp::from_unix_seconds(0), Methods::NONE),
        ..fresh()
    }
}

async fn account() -> (Arc<MemoryStore>, Accounts<Fakes<MemoryStore>>) {
    let store = Arc::new(MemoryStore::default());
    let _ = store.insert_user(SINGLE, &jane(), None).await.unwrap();
    let _ = store.insert_session(SINGLE, &fresh()).await.unwrap();
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

/// Sets up an authenticator app and returns the recovery codes.
async fn enroll(store: &MemoryStore, accounts: &Accounts<Fakes<MemoryStore>>) -> Vec<String> {
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
async fn authenticator_app_is_stored_after_first_correct_code() {
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
        "all fake codes are equal"
    );
    let again = accounts.begin_authenticator(tenant(), &stored(&store).await, &fresh());
    assert_eq!(refused(again), Some(refusals::FACTOR_PRESENT));
}

#[tokio::test]
async fn enrollment_attempts_count_toward_user_limit() {
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
async fn guesses_of_signed_in_user_count_toward_user_limit() {
    for removes in [true, false] {
        let (store, accounts) = account().await;
        enroll(&store, &accounts).await;
        let (user, session) = (stored(&store).await, fresh());
        let guess = async || {
            if removes {
                let removed = accounts.remove_authenticator(tenant(), &user, &session, "0");
                refused(removed.await)
            } else {
                let renewed = accounts.renew_recovery_codes(tenant(), &user, &session, "0");
                refused(renewed.await)
            }
        };
        // The enrollment was an attempt, too.
        for _ in 0..19 {
            assert_eq!(guess().await, Some(Refusal::OneTimeCodeWrong));
        }
        assert_eq!(guess().await, Some(Refusal::OneTimeCodesExhausted));
    }
}

#[tokio::test]
async fn removing_app_removes_recovery_codes_and_trusted_devices() {
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
    // The code of this minute is already used, so use a recovery code.
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
async fn concurrent_enrollment_is_not_overwritten() {
    let (store, accounts) = account().await;
    let other = Some(b"of another".to_vec());
    let set = store
        .reset_factors(SINGLE, jane().id, other.as_deref(), &fixtures::event())
        .await;
    assert_eq!(set.unwrap(), Race::Won);
    let (user, session) = (jane(), fresh());
    let begun = accounts
        .begin_authenticator(tenant(), &user, &session)
        .unwrap();
    let finished = accounts.finish_authenticator(tenant(), &user, &session, &begun.state, CODE);
    assert_eq!(refused(finished.await), Some(refusals::FACTOR_PRESENT));
    assert_eq!(stored(&store).await.sealed_totp_secret, other);
    assert_eq!(
        store.count_recovery_codes(SINGLE, user.id).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn concurrently_disabled_user_keeps_app() {
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
async fn changing_factors_requires_recent_sign_in() {
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
async fn last_required_factor_cannot_be_removed() {
    let (store, accounts) = account().await;
    let strict = with_mfa(MfaPolicy::Required);
    let (user, session) = (jane(), fresh());
    let finish = |id| accounts.finish_passkey(&strict, &user, &session, b"state", id, "Phone");
    finish("phone").await.unwrap();
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

/// A reset of the account ends the sessions. A factor or password that was on the way must not survive it.
#[tokio::test]
async fn factor_stored_after_session_ended_is_removed() {
    let (store, accounts) = account().await;
    let (user, session) = (jane(), fresh());
    let begun = accounts
        .begin_authenticator(tenant(), &user, &session)
        .unwrap();
    let ended = store.end_session(SINGLE, session.id, fixtures::NOW).await;
    assert_eq!(ended.unwrap(), Race::Won);
    let passkey = accounts.finish_passkey(tenant(), &user, &session, b"state", "phone", "Phone");
    assert_eq!(refused(passkey.await), Some(refusals::PASSKEY_REFUSED));
    let found = store.find_passkey(SINGLE, b"phone").await.unwrap();
    assert!(found.is_none());
    let app = accounts.finish_authenticator(tenant(), &user, &session, &begun.state, CODE);
    assert_eq!(refused(app.await), Some(Refusal::LoginStepExpired));
    let left = stored(&store).await;
    assert!(left.sealed_totp_secret.is_none());
    assert_eq!(
        store.count_recovery_codes(SINGLE, user.id).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn passkey_is_enrolled_once_by_its_owner() {
    let (_, accounts) = account().await;
    let session = fresh();
    let finish = async |tenant: &Tenant, number| {
        let user = fixtures::user(number, "jane@example.com");
        let finished = accounts.finish_passkey(tenant, &user, &session, b"state", "phone", "Phone");
        refused(finished.await)
    };
    let refusal = Some(refusals::PASSKEY_REFUSED);
    assert_eq!(
        finish(tenant(), 2).await,
        refusal,
        "started by another user"
    );
    assert_eq!(finish(tenant(), 1).await, None);
    assert_eq!(finish(tenant(), 1).await, refusal, "duplicate ID");
    let off = with_mfa(MfaPolicy::Off);
    assert_eq!(finish(&off, 1).await, Some(Refusal::FactorsOff));
}
