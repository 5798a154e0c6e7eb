//! First factors, rate limits and the next step.

use crate::composition::sign_in;
use crate::stores::{edit_user, store, with_user, without_attempts, without_totals};
use crate::world::{Outside, SINGLE, password, tenant, with_mfa};
use countersign_application::{Failure, FirstFactor, Mail, SignIn, Visitor};
use countersign_domain::login::attempts::Target;
use countersign_domain::login::authentication::{Method, Methods};
use countersign_domain::login::credential::Device;
use countersign_domain::login::interaction::PendingLogin;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    DeviceRepository as _, Ephemera as _, EphemeralKey, EphemeralKind, GrantRepository as _,
    PasskeyRepository as _, Race, SessionRepository as _, UserKey, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const EMAIL: &str = "jane@example.com";
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Returns the key of a target's attempts in the current window.
fn attempts_in(target: &Target<'_>) -> EphemeralKey {
    let window = target.window(fixtures::NOW);
    EphemeralKey {
        expires_at: window.ends,
        kind: EphemeralKind::Attempts,
        id: *window.name.as_bytes(),
    }
}

/// Returns the keys that a sign-in of [`EMAIL`] counts against.
fn both_targets() -> [EphemeralKey; 2] {
    [Target::Account(EMAIL), Target::Address(ADDRESS)].map(|target| attempts_in(&target))
}

fn with_app() -> User {
    User {
        sealed_totp_secret: Some(Vec::new()),
        ..fixtures::user(1, EMAIL)
    }
}

/// Composes messages whose text is the code, or nothing.
fn compose(mail: Mail<'_>) -> (String, String) {
    let text = match mail {
        Mail::Code(code) => code.to_owned(),
        Mail::AddressVerified => String::new(),
    };
    ("subject".to_owned(), text)
}

/// A browser without cookies.
fn visitor() -> Visitor<'static> {
    Visitor {
        devices: &[],
        sessions: &[],
        address: None,
        requested: None,
        compose: &compose,
    }
}

/// Signs in as `email` with the correct or a wrong password.
async fn try_password(
    store: MockStore,
    email: &str,
    is_right: bool,
) -> Result<FirstFactor, Failure> {
    let secret = if is_right {
        password()
    } else {
        Secret::new("a guess")
    };
    let sign_in = sign_in(&Arc::new(store), &Arc::default());
    sign_in
        .by_password(tenant(), email, &secret, &[], Some(ADDRESS))
        .await
}

/// Users who share an address must not lock each other out by signing in.
#[tokio::test]
async fn correct_password_gives_its_attempt_back() {
    let mut store = store();
    without_totals(&mut store);
    with_user(&mut store, fixtures::user(1, EMAIL));
    let mut order = mockall::Sequence::new();
    for n in [1, -1] {
        store
            .expect_add()
            .times(1)
            .in_sequence(&mut order)
            .withf(move |_, keys, by, _| *keys == both_targets() && *by == n)
            .returning(|_, _, _, _| Box::pin(async { Ok(vec![1, 1]) }));
    }
    let done = try_password(store, EMAIL, true).await;
    assert!(matches!(done, Ok(FirstFactor::Suffices(_))));
}

#[tokio::test]
async fn failed_sign_in_counts_for_account_and_address() {
    let disabled = User {
        enabled: false,
        ..fixtures::user(1, EMAIL)
    };
    let unknown = (None, EMAIL);
    for ((user, email), is_right) in [
        ((Some(fixtures::user(1, EMAIL)), EMAIL), false),
        ((Some(disabled), EMAIL), true),
        (unknown, false),
        ((None, "no address"), false),
    ] {
        let mut store = store();
        without_totals(&mut store);
        store.expect_find_user().returning(move |_, _| {
            let user = user.clone();
            Box::pin(async { Ok(user) })
        });
        let targets = [Target::Account(email), Target::Address(ADDRESS)];
        let counted = targets.map(|target| attempts_in(&target));
        store
            .expect_add()
            .times(1)
            .withf(move |_, keys, n, _| *keys == counted && *n == 1)
            .returning(|_, _, _, _| Box::pin(async { Ok(vec![1, 1]) }));
        let failed = try_password(store, email, is_right).await;
        assert!(matches!(
            failed,
            Err(Failure::Refused(Refusal::LoginFailed))
        ));
    }
}

/// Otherwise the answer would reveal a right guess, also to guesses that arrive at the same time.
#[tokio::test]
async fn over_limit_right_and_wrong_password_get_same_answer() {
    for (target, most) in [
        (Target::Account(EMAIL), 10),
        (Target::Address(ADDRESS), 100),
    ] {
        let counted = attempts_in(&target);
        for (with_this_one, is_right) in [(most, true), (most + 1, true), (most + 1, false)] {
            let mut store = store();
            // Concurrent requests read the totals before any of them is counted.
            without_totals(&mut store);
            store.expect_add().returning(move |_, keys, _, _| {
                let total = |key: &EphemeralKey| if *key == counted { with_this_one } else { 1 };
                let totals = keys.iter().map(total).collect();
                Box::pin(async { Ok(totals) })
            });
            if with_this_one <= most {
                with_user(&mut store, fixtures::user(1, EMAIL));
                assert!(try_password(store, EMAIL, is_right).await.is_ok());
            } else {
                // The store expects no user lookup.
                let refused = try_password(store, EMAIL, is_right).await;
                let wait = target.window(fixtures::NOW).ends.since(fixtures::NOW);
                assert!(matches!(refused, Err(Failure::TooManyAttempts(own)) if own == wait));
            }
        }
    }
}

/// Otherwise an address over its limit could lock out any number of accounts, without a single guess.
#[tokio::test]
async fn rejected_attempt_counts_for_no_target() {
    let store = stored(fixtures::user(1, EMAIL), &[]).await;
    let sign_in = sign_in(&store, &Arc::default());
    let address = attempts_in(&Target::Address(ADDRESS));
    let _ = store
        .add(SINGLE, &[address], 100, fixtures::NOW)
        .await
        .unwrap();
    for _ in 0..12 {
        let guess = Secret::new("a guess");
        let refused = sign_in.by_password(tenant(), EMAIL, &guess, &[], Some(ADDRESS));
        assert!(matches!(refused.await, Err(Failure::TooManyAttempts(_))));
    }
    let password = password();
    let elsewhere = sign_in.by_password(tenant(), EMAIL, &password, &[], None);
    assert!(elsewhere.await.is_ok());
}

async fn stored(user: User, devices: &[Device]) -> Arc<MemoryStore> {
    let store = MemoryStore::default();
    let _ = store.insert_user(SINGLE, &user, None).await.unwrap();
    for device in devices {
        let _ = store.insert_device(SINGLE, device).await.unwrap();
    }
    Arc::new(store)
}

type Logins = SignIn<crate::fakes::Fakes<MemoryStore>>;

async fn half_done(sign_in: &Logins) -> Option<PendingLogin> {
    half_done_in(tenant(), sign_in).await
}

async fn half_done_in(tenant: &Tenant, sign_in: &Logins) -> Option<PendingLogin> {
    let devices = [fixtures::device_id(1)];
    let password = password();
    let first = sign_in.by_password(tenant, EMAIL, &password, &devices, None);
    match first.await.unwrap() {
        FirstFactor::NeedsSecondFactor(login) => Some(login),
        FirstFactor::Suffices(proof) => {
            let remembered = Methods::NONE
                .with(Method::PASSWORD)
                .with(Method::REMEMBERED_DEVICE);
            assert!(proof.user.sealed_totp_secret.is_none() || proof.methods == remembered);
            None
        }
    }
}

#[tokio::test]
async fn authenticator_app_is_required_unless_device_is_trusted() {
    let device = fixtures::device(1);
    let of_joe = Device {
        user: fixtures::user_id(2),
        ..device.clone()
    };
    let expired = Device {
        expires_at: fixtures::NOW,
        ..device.clone()
    };
    let another = fixtures::device(2);
    for (device, is_asked) in [
        (device, false),
        (of_joe, true),
        (expired, true),
        (another, true),
    ] {
        let store = stored(with_app(), &[device]).await;
        let sign_in = sign_in(&store, &Arc::default());
        assert_eq!(half_done(&sign_in).await.is_some(), is_asked);
    }
}

#[tokio::test]
async fn passkey_is_required_if_policy_requires_second_factor() {
    use countersign_ports::PasskeyRepository as _;
    let store = stored(fixtures::user(1, EMAIL), &[]).await;
    let sign_in = sign_in(&store, &Arc::default());
    let strict = with_mfa(MfaPolicy::Required);
    let asked = half_done_in(&strict, &sign_in).await;
    assert!(asked.is_none(), "a passkey must be enrolled first");
    let _ = store
        .insert_passkey(SINGLE, &fixtures::passkey(b"phone"))
        .await
        .unwrap();
    assert!(half_done_in(&strict, &sign_in).await.is_some());
    assert!(half_done(&sign_in).await.is_none());
}

#[tokio::test]
async fn email_code_works_once_and_goes_only_to_known_users() {
    let store = stored(fixtures::user(1, EMAIL), &[]).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);

    let sent = sign_in.send_email_code(tenant(), "nobody@example.com", None, &compose);
    sent.await.unwrap();
    assert!(outside.mail().is_empty());
    let sent = sign_in.send_email_code(tenant(), " JANE@example.com", None, &compose);
    let login = sent.await.unwrap();
    let code = outside.mail().pop().unwrap().text;
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
    let code = outside.mail().pop().unwrap().text;
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
    let code = outside.mail().pop().unwrap().text;
    let done = sign_in
        .by_email_code(tenant(), (&login, &code), &visitor())
        .await;
    assert!(matches!(done, Ok(FirstFactor::Suffices(proof)) if proof.user.email_verified));
    assert!(is_verified().await);
}

/// A registrant prepares an account under the address of somebody else, and waits for the owner to use it.
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
        let mut grant = fixtures::grant(1);
        grant.authorization.subject = user.id.into();
        let _ = store.establish(SINGLE, &grant).await.unwrap();
        let passkey = fixtures::passkey(b"phone");
        let _ = store.insert_passkey(SINGLE, &passkey).await.unwrap();
        let outside = Arc::new(Outside::default());
        let sign_in = sign_in(&store, &outside);
        let login = sign_in.send_email_code(tenant(), EMAIL, None, &compose);
        let login = login.await.unwrap();
        let code = outside.mail().pop().unwrap().text;
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
        let found = store.find_grant(SINGLE, grant.id).await.unwrap().unwrap();
        assert_eq!(found.revoked_at.is_none(), kept);
        let messages = if self_registered { 2 } else { 1 };
        assert_eq!(outside.mail().len(), messages, "the owner is told");
    }
}

#[tokio::test]
async fn email_code_does_not_rewrite_verified_address() {
    let mut store = store();
    without_attempts(&mut store);
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
    let code = outside.mail().pop().unwrap().text;
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
    let code = outside.mail().pop().unwrap().text;
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
