//! First factors, rate limits and the next step.

use crate::composition::sign_in;
use crate::stores::{counted, store};
use crate::world::{SINGLE, password, tenant, with_mfa};
use countersign_application::{AttemptSource, Failure, FirstFactor, SignIn};
use countersign_domain::login::attempts::Target;
use countersign_domain::login::authentication::{Method, Methods};
use countersign_domain::login::credential::Device;
use countersign_domain::login::interaction::PendingLogin;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::{
    Attempt, Counter, DeviceRepository as _, Ephemera as _, EphemeralKey, EphemeralKind, Race,
    UserRepository as _,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

pub(crate) const EMAIL: &str = "jane@example.com";
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const FROM_ADDRESS: AttemptSource<'_> = AttemptSource {
    address: Some(ADDRESS),
    device: None,
};
/// No address and no device.
pub(crate) const NOWHERE: AttemptSource<'_> = AttemptSource {
    address: None,
    device: None,
};

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

pub(crate) fn with_app() -> User {
    User {
        sealed_totp_secret: Some(Vec::new()),
        ..fixtures::user(1, EMAIL)
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
        .by_password(tenant(), email, &secret, &[], FROM_ADDRESS)
        .await
}

/// Returns whether these are the counters of these targets, with their limits.
fn are_of(counters: &[Counter], targets: &[Target<'_>]) -> bool {
    let counters = counters.iter().map(|counter| (counter.key, counter.limit));
    let expected = targets.iter().map(|target| {
        let limit = target.window(fixtures::NOW).limit();
        (attempts_in(target), u64::from(limit))
    });
    counters.eq(expected)
}

/// Users who share an address must not lock each other out by signing in.
#[tokio::test]
async fn correct_password_gives_its_attempt_back() {
    let mut store = store();
    let mut order = mockall::Sequence::new();
    store
        .expect_count_attempt()
        .times(1)
        .in_sequence(&mut order)
        .withf(|_, counters, email, _| {
            let targets = [Target::Account(EMAIL), Target::Address(ADDRESS)];
            are_of(counters, &targets) && email.is_some_and(|email| email.as_str() == EMAIL)
        })
        .returning(|_, _, _, _| {
            let user = Some(fixtures::user(1, EMAIL));
            Box::pin(async { Ok(counted(vec![1, 1], user)) })
        });
    store
        .expect_add()
        .times(1)
        .in_sequence(&mut order)
        .withf(|_, keys, n, _| *keys == both_targets() && *n == -1)
        .returning(|_, _, _, _| Box::pin(async { Ok(vec![0, 0]) }));
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
        // The store expects no `add` that takes the attempt back.
        store
            .expect_count_attempt()
            .times(1)
            .withf(move |_, counters, _, _| {
                are_of(
                    counters,
                    &[Target::Account(email), Target::Address(ADDRESS)],
                )
            })
            .returning(move |_, _, _, _| {
                let user = user.clone();
                Box::pin(async { Ok(counted(vec![1, 1], user)) })
            });
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
        let key = attempts_in(&target);
        for (with_this_one, is_right) in [(most, true), (most + 1, true), (most + 1, false)] {
            let mut store = store();
            // Concurrent requests find the totals below their limits before any of them is counted.
            store
                .expect_count_attempt()
                .returning(move |_, counters, _, _| {
                    let is_it = |counter: &Counter| counter.key == key;
                    let total = |counter| if is_it(counter) { with_this_one } else { 1 };
                    let totals = counters.iter().map(total).collect();
                    let user = Some(fixtures::user(1, EMAIL));
                    Box::pin(async { Ok(counted(totals, user)) })
                });
            store
                .expect_add()
                .times(1)
                .withf(|_, keys, n, _| *keys == both_targets() && *n == -1)
                .returning(|_, _, _, _| Box::pin(async { Ok(vec![0, 0]) }));
            let tried = try_password(store, EMAIL, is_right).await;
            if with_this_one <= most {
                assert!(tried.is_ok());
            } else {
                let wait = target.window(fixtures::NOW).ends.since(fixtures::NOW);
                assert!(matches!(tried, Err(Failure::TooManyAttempts(own)) if own == wait));
            }
        }
    }
}

/// A flood of attempts with invented addresses must not fill the store.
#[tokio::test]
async fn attempt_of_address_over_its_limit_writes_nothing() {
    let mut store = store();
    let over = attempts_in(&Target::Address(ADDRESS));
    store
        .expect_count_attempt()
        .returning(move |_, counters, _, _| {
            let total = |counter: &Counter| if counter.key == over { 100 } else { 0 };
            let attempt = Attempt {
                counted: Race::Lost,
                ..counted(counters.iter().map(total).collect(), None)
            };
            Box::pin(async { Ok(attempt) })
        });
    // The store expects no `add`.
    let refused = try_password(store, "invented@example.com", true).await;
    assert!(matches!(refused, Err(Failure::TooManyAttempts(_))));
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
        let refused = sign_in.by_password(tenant(), EMAIL, &guess, &[], FROM_ADDRESS);
        assert!(matches!(refused.await, Err(Failure::TooManyAttempts(_))));
    }
    let password = password();
    let elsewhere = sign_in.by_password(tenant(), EMAIL, &password, &[], NOWHERE);
    assert!(elsewhere.await.is_ok());
}

pub(crate) async fn stored(user: User, devices: &[Device]) -> Arc<MemoryStore> {
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
    let first = sign_in.by_password(tenant, EMAIL, &password, &devices, NOWHERE);
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
