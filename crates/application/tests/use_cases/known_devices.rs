//! Guesses of strangers and sign-ins from known devices.

use crate::composition::sign_in;
use crate::sign_in::{EMAIL, NOWHERE, stored};
use crate::world::{Outside, password, tenant};
use countersign_application::{AttemptSource, Failure, FirstFactor, Mail, SignIn, Visitor};
use countersign_domain::login::known_device::KnownDevice;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use countersign_ports::Letter;
use countersign_store_contract::{MemoryStore, fixtures};
use std::net::IpAddr;
use std::sync::Arc;

type Logins = SignIn<crate::fakes::Fakes<MemoryStore>>;

fn jane() -> User {
    fixtures::user(1, EMAIL)
}

/// Returns a device on which these users have signed in.
fn device_of(users: &[User]) -> KnownDevice {
    let unused = KnownDevice::new([5; 16], Vec::new());
    users.iter().fold(unused, KnownDevice::signed_in)
}

fn on(device: &KnownDevice) -> AttemptSource<'_> {
    AttemptSource {
        address: None,
        device: Some(device),
    }
}

fn from_address(device: &KnownDevice) -> AttemptSource<'_> {
    AttemptSource {
        address: Some(IpAddr::from([192, 0, 2, 1])),
        ..on(device)
    }
}

/// Guesses a password ten times.
async fn guess(sign_in: &Logins, source: AttemptSource<'_>) {
    let wrong = Secret::new("a guess");
    for _ in 0..10 {
        let refused = sign_in.by_password(tenant(), EMAIL, &wrong, &[], source);
        let refused = refused.await;
        assert!(matches!(
            refused,
            Err(Failure::Refused(Refusal::LoginFailed))
        ));
    }
}

/// Signs in with the right password.
async fn signs_in(sign_in: &Logins, source: AttemptSource<'_>) -> bool {
    let password = password();
    let answer = sign_in.by_password(tenant(), EMAIL, &password, &[], source);
    match answer.await {
        Ok(_) => true,
        Err(Failure::TooManyAttempts(_)) => false,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn guesses_of_stranger_lock_out_unknown_devices_only() {
    let store = stored(jane(), &[]).await;
    let sign_in = sign_in(&store, &Arc::default());
    guess(&sign_in, NOWHERE).await;
    assert!(!signs_in(&sign_in, NOWHERE).await);
    let of_joe = device_of(&[fixtures::user(2, "joe@example.com")]);
    assert!(!signs_in(&sign_in, on(&of_joe)).await);
    assert!(signs_in(&sign_in, on(&device_of(&[jane()]))).await);
}

#[tokio::test]
async fn known_device_has_ten_guesses_of_its_own() {
    let store = stored(jane(), &[]).await;
    let sign_in = sign_in(&store, &Arc::default());
    let device = device_of(&[jane()]);
    guess(&sign_in, on(&device)).await;
    assert!(!signs_in(&sign_in, on(&device)).await);
    let other = KnownDevice::new([6; 16], Vec::new()).signed_in(&jane());
    assert!(signs_in(&sign_in, on(&other)).await);
    assert!(signs_in(&sign_in, NOWHERE).await);
}

#[tokio::test]
async fn guesses_from_known_device_count_for_its_address() {
    let store = stored(jane(), &[]).await;
    let sign_in = sign_in(&store, &Arc::default());
    for number in 10..20 {
        let device = KnownDevice::new([number; 16], Vec::new()).signed_in(&jane());
        guess(&sign_in, from_address(&device)).await;
    }
    let another = device_of(&[jane()]);
    assert!(!signs_in(&sign_in, from_address(&another)).await);
    assert!(signs_in(&sign_in, on(&another)).await);
}

#[tokio::test]
async fn password_change_makes_device_unknown() {
    let store = stored(jane(), &[]).await;
    let sign_in = sign_in(&store, &Arc::default());
    let with_former_password = User {
        password_hash: Some("former".to_owned()),
        ..jane()
    };
    let device = device_of(&[with_former_password]);
    guess(&sign_in, NOWHERE).await;
    assert!(!signs_in(&sign_in, on(&device)).await);
}

fn compose(mail: Mail<'_>, _: Option<&User>) -> Letter {
    let text = match mail {
        Mail::Code(code) => code.to_owned(),
        _ => String::new(),
    };
    fixtures::letter("subject", &text)
}

#[tokio::test]
async fn emailed_code_works_on_known_device_despite_guesses() {
    let store = stored(jane(), &[]).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);
    guess(&sign_in, NOWHERE).await;
    let device = device_of(&[jane()]);
    let visitor = |source| Visitor {
        devices: &[],
        sessions: &[],
        source,
        requested: None,
        compose: &compose,
    };
    let sent = sign_in.send_email_code(tenant(), EMAIL, None, &compose);
    let login = sent.await.unwrap();
    let code = outside.mail().pop().unwrap().letter.text;
    let answer = (&login, code.as_str());
    let (elsewhere, known) = (visitor(NOWHERE), visitor(on(&device)));
    let elsewhere = sign_in.by_email_code(tenant(), answer, &elsewhere).await;
    assert!(matches!(elsewhere, Err(Failure::TooManyAttempts(_))));
    let known = sign_in.by_email_code(tenant(), answer, &known);
    assert!(matches!(known.await, Ok(FirstFactor::Suffices(_))));
}

/// A stranger who registered an address knows the password, and could make any number of devices known.
#[tokio::test]
async fn registrant_guesses_code_of_unverified_address_ten_times_at_most() {
    let registrant = User {
        email_verified: false,
        self_registered: true,
        ..jane()
    };
    let store = stored(registrant.clone(), &[]).await;
    let outside = Arc::new(Outside::default());
    let sign_in = sign_in(&store, &outside);
    let sent = sign_in.send_email_code(tenant(), EMAIL, None, &compose);
    let login = sent.await.unwrap();
    guess(&sign_in, NOWHERE).await;
    let device = device_of(&[registrant]);
    let refused = sign_in.verify_address(tenant(), (&login, "0"), on(&device));
    assert!(matches!(refused.await, Err(Failure::TooManyAttempts(_))));
}
