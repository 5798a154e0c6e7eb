//! Second factors and passkey sign-ins.

use crate::composition::sign_in;
use crate::fakes::Fixed;
use crate::stores::{disable, set_password, store, with_user};
use crate::world::{At, SINGLE, tenant};
use countersign_application::{Failure, Proof, SignIn, refusals};
use countersign_domain::login::authentication::{Method, Methods};
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::interaction::PendingLogin;
use countersign_domain::login::recovery_code;
use countersign_domain::refusal::Refusal;
use countersign_domain::user::User;
use countersign_ports::{
    PasskeyRepository as _, Race, RecoveryCodeRepository as _, SessionRepository as _, Store,
    UserRepository as _,
};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

const CODE: &str = "123456";

type Logins = SignIn<crate::fakes::Fakes<MemoryStore>>;

fn jane() -> User {
    User {
        sealed_totp_secret: Some(format!("totp:{}secret", fixtures::user_id(1)).into_bytes()),
        ..fixtures::user(1, "jane@example.com")
    }
}

/// Creates Jane with an authenticator app, a recovery code and session 7, and Joe with a passkey.
async fn people() -> (Arc<MemoryStore>, Logins) {
    let store = Arc::new(MemoryStore::default());
    for user in [jane(), fixtures::user(2, "joe@example.com")] {
        let _ = store.insert_user(SINGLE, &user, None).await.unwrap();
    }
    let digest = recovery_code::digest("ABCD-EFGH");
    store
        .replace_recovery_codes(SINGLE, fixtures::user_id(1), &[digest])
        .await
        .unwrap();
    let of_joe = Passkey {
        user: fixtures::user_id(2),
        ..fixtures::passkey(b"phone")
    };
    let _ = store.insert_passkey(SINGLE, &of_joe).await.unwrap();
    let _ = store
        .insert_session(SINGLE, &fixtures::session(7))
        .await
        .unwrap();
    let sign_in = sign_in(&store, &Arc::default());
    (store, sign_in)
}

fn refusal(answer: Result<Proof, Failure>) -> Refusal {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn time_code_works_once_and_adds_method() {
    let (_, sign_in) = people().await;
    let login = sign_in.step_up(tenant(), &jane(), &fixtures::session(7));
    let proof = sign_in.by_time_code(tenant(), &login, CODE).await.unwrap();
    let both = Methods::NONE.with(Method::PASSWORD).with(Method::TIME_CODE);
    assert_eq!((proof.user.id, proof.methods), (fixtures::user_id(1), both));
    let again = sign_in.by_time_code(tenant(), &login, CODE).await;
    assert_eq!(refusal(again), Refusal::OneTimeCodeWrong);
}

#[tokio::test]
async fn recovery_code_works_once() {
    let (store, sign_in) = people().await;
    let login = sign_in.step_up(tenant(), &jane(), &fixtures::session(7));
    sign_in
        .by_recovery_code(tenant(), &login, "abcd efgh")
        .await
        .unwrap();
    let left = store
        .count_recovery_codes(SINGLE, fixtures::user_id(1))
        .await;
    assert_eq!(left.unwrap(), 0);
    let again = sign_in
        .by_recovery_code(tenant(), &login, "abcd efgh")
        .await;
    assert_eq!(refusal(again), Refusal::OneTimeCodeWrong);
}

#[tokio::test]
async fn sixth_guess_is_rejected_even_if_correct() {
    let (_, sign_in) = people().await;
    let login = sign_in.step_up(tenant(), &jane(), &fixtures::session(7));
    for guess in 0..5 {
        let wrong = match guess % 2 {
            0 => sign_in.by_time_code(tenant(), &login, "000000").await,
            _ => sign_in.by_recovery_code(tenant(), &login, "0").await,
        };
        assert_eq!(refusal(wrong), Refusal::OneTimeCodeWrong);
    }
    let right = sign_in.by_time_code(tenant(), &login, CODE).await;
    assert_eq!(refusal(right), Refusal::LoginEnded);
}

#[tokio::test]
async fn pending_login_ends_with_expiry_session_or_user() {
    let (store, mut sign_in) = people().await;
    let of_session = sign_in.step_up(tenant(), &jane(), &fixtures::session(7));
    let login = PendingLogin {
        session: None,
        ..of_session.clone()
    };
    sign_in.clock = Arc::new(At(login.expires_at));
    let late = sign_in.by_time_code(tenant(), &login, CODE).await;
    assert_eq!(refusal(late), Refusal::LoginStepExpired);
    sign_in.clock = Arc::new(Fixed);
    let ended = store.end_session(SINGLE, fixtures::session_id(7), fixtures::NOW);
    let _ = ended.await.unwrap();
    let logged_out = sign_in.by_time_code(tenant(), &of_session, CODE).await;
    assert_eq!(refusal(logged_out), Refusal::LoginStepExpired);
    disable(&store, jane().id).await;
    let shut_out = sign_in.by_time_code(tenant(), &login, CODE).await;
    assert_eq!(refusal(shut_out), Refusal::LoginFailed);
}

#[tokio::test]
async fn password_change_ends_pending_login() {
    let (store, sign_in) = people().await;
    let login = PendingLogin {
        session: None,
        ..sign_in.step_up(tenant(), &jane(), &fixtures::session(7))
    };
    set_password(&store, jane().id, "another").await;
    assert!(sign_in.by_time_code(tenant(), &login, CODE).await.is_err());
}

async fn by_passkey<S: Store>(
    sign_in: &SignIn<crate::fakes::Fakes<S>>,
    login: Option<PendingLogin>,
    id: &str,
) -> Result<Proof, Failure> {
    let (_, ceremony) = sign_in.ask_for_passkey(tenant(), login).await?;
    sign_in.by_passkey(tenant(), &ceremony, id).await
}

#[tokio::test]
async fn passkey_alone_signs_in_once_per_ceremony() {
    let (store, sign_in) = people().await;
    let asked = sign_in.ask_for_passkey(tenant(), None).await;
    let (_, ceremony) = asked.unwrap();
    let proof = sign_in
        .by_passkey(tenant(), &ceremony, "phone")
        .await
        .unwrap();
    assert_eq!(proof.user.id, fixtures::user_id(2));
    assert_eq!(proof.methods, Methods::NONE.with(Method::PASSKEY));
    let used = store.find_passkey(SINGLE, b"phone").await.unwrap().unwrap();
    assert_eq!(used.last_used_at, Some(fixtures::NOW));
    let again = sign_in.by_passkey(tenant(), &ceremony, "phone").await;
    assert_eq!(refusal(again), Refusal::LoginStepUsed);
}

#[tokio::test]
async fn passkey_of_another_user_is_rejected() {
    let (_, sign_in) = people().await;
    let login = sign_in.step_up(tenant(), &jane(), &fixtures::session(7));
    let of_jane = Some(login);
    let taken = by_passkey(&sign_in, of_jane, "phone").await;
    assert_eq!(refusal(taken), Refusal::LoginFailed);
    let unknown = by_passkey(&sign_in, None, "unknown").await;
    assert_eq!(refusal(unknown), refusals::PASSKEY_UNKNOWN);
}

#[tokio::test]
async fn passkey_with_wrong_user_handle_is_rejected() {
    let (_, sign_in) = people().await;
    let mixed_up = by_passkey(&sign_in, None, "phone of 1").await;
    assert_eq!(refusal(mixed_up), Refusal::LoginFailed);
    let owner = by_passkey(&sign_in, None, "phone of 2").await;
    assert_eq!(owner.unwrap().user.id, fixtures::user_id(2));
}

#[tokio::test]
async fn concurrently_removed_passkey_is_rejected() {
    let mut store = store();
    with_user(&mut store, fixtures::user(1, "jane@example.com"));
    store.expect_find_passkey().returning(|_, id| {
        let passkey = fixtures::passkey(id);
        Box::pin(async { Ok(Some(passkey)) })
    });
    store
        .expect_insert()
        .times(1)
        .returning(|_, _, _, _| Box::pin(async { Ok(Race::Won) }));
    store
        .expect_update_passkey()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    let sign_in = sign_in(&Arc::new(store), &Arc::default());
    let removed = by_passkey(&sign_in, None, "phone").await;
    assert_eq!(refusal(removed), Refusal::LoginFailed);
}

#[tokio::test]
async fn pending_login_requires_session_of_same_user() {
    let (_, sign_in) = people().await;
    let of_joe_in_the_session_of_jane = PendingLogin {
        user: fixtures::user_id(2),
        ..sign_in.step_up(tenant(), &jane(), &fixtures::session(7))
    };
    let whose = sign_in
        .user_of(tenant(), &of_joe_in_the_session_of_jane)
        .await;
    let expired = Refusal::LoginStepExpired;
    assert!(matches!(whose, Err(Failure::Refused(refusal)) if refusal == expired));
}

#[tokio::test]
async fn passkey_requires_enabled_user_and_unexpired_ceremony() {
    let (store, mut sign_in) = people().await;
    let asked = sign_in.ask_for_passkey(tenant(), None).await;
    let (_, ceremony) = asked.unwrap();
    disable(&store, fixtures::user_id(2)).await;
    let shut_out = sign_in.by_passkey(tenant(), &ceremony, "phone").await;
    assert_eq!(refusal(shut_out), Refusal::LoginFailed);
    sign_in.clock = Arc::new(At(ceremony.expires_at));
    let late = sign_in.by_passkey(tenant(), &ceremony, "phone").await;
    assert_eq!(refusal(late), Refusal::LoginStepExpired);
}
