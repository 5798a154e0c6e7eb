use super::*;
use crate::SystemEntropy;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

fn passwords() -> Argon2Passwords {
    Argon2Passwords::new(&SystemEntropy::new())
}

/// "password" hashed with Argon2i, version 16, 256 KiB; from the tests of the reference implementation.
const IMPORTED: &str =
    "$argon2i$v=16$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY";

#[tokio::test]
async fn hash_verifies_only_its_password() {
    let (passwords, password) = (passwords(), Secret::new("correct horse"));
    let hash = passwords.hash(&password).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_ne!(passwords.hash(&password).await.unwrap(), hash);
    let wrong = Secret::new("Correct horse");
    assert_eq!(passwords.verify(&wrong, Some(&hash)).await, Ok(false));
    assert_eq!(passwords.verify(&password, Some(&hash)).await, Ok(true));
    assert_eq!(passwords.verify(&wrong, Some(&hash)).await, Ok(false));
}

#[tokio::test]
async fn imported_hash_is_checked_with_its_own_parameters() {
    let passwords = passwords();
    let (right, wrong) = (Secret::new("password"), Secret::new("passwort"));
    assert_eq!(passwords.verify(&right, Some(IMPORTED)).await, Ok(true));
    assert_eq!(passwords.verify(&wrong, Some(IMPORTED)).await, Ok(false));
}

#[tokio::test]
async fn missing_or_malformed_hash_costs_same_work_and_fails() {
    let (passwords, password) = (passwords(), Secret::new("password"));
    let real = passwords.hash(&Secret::new("other")).await.unwrap();
    // The fastest of three, because other tests run at the same time.
    let quickest = async |hash: Option<&str>| {
        let mut quickest = Duration::MAX;
        for _ in 0..3 {
            let start = Instant::now();
            assert_eq!(passwords.verify(&password, hash).await, Ok(false));
            quickest = quickest.min(start.elapsed());
        }
        quickest
    };
    let expected = quickest(Some(&real)).await;
    let without_output = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ";
    let of_another_kind = "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA";
    for hash in [
        None,
        Some(""),
        Some("secret"),
        Some(without_output),
        Some(of_another_kind),
    ] {
        let took = quickest(hash).await;
        assert!(took * 4 > expected, "{hash:?}: {took:?} of {expected:?}");
    }
}

#[tokio::test]
async fn dummy_hash_has_default_parameters() {
    let dummy = PasswordHash::new(DUMMY).unwrap();
    let real =
        PasswordHash::new(&passwords().hash(&Secret::new("password")).await.unwrap()).unwrap();
    assert_eq!(
        (dummy.algorithm, dummy.version, &dummy.params),
        (real.algorithm, real.version, &real.params)
    );
    assert_eq!(
        dummy.hash.map(|hash| hash.len()),
        real.hash.map(|hash| hash.len())
    );
}

#[tokio::test]
async fn remembered_password_is_not_hashed_again() {
    let passwords = passwords();
    let (right, wrong) = (Secret::new("password"), Secret::new("passwort"));
    assert_eq!(passwords.verify(&right, Some(IMPORTED)).await, Ok(true));
    assert_eq!(passwords.verify(&wrong, Some(IMPORTED)).await, Ok(false));
    passwords.admitted.close();
    assert_eq!(passwords.verify(&right, Some(IMPORTED)).await, Ok(true));
    for hash in [Some(IMPORTED), None] {
        assert_eq!(passwords.verify(&wrong, hash).await, Err(PasswordsBusy));
    }
}

#[tokio::test]
async fn waiter_over_limit_is_rejected_and_others_proceed() {
    let passwords = Arc::new(Argon2Passwords::with_limits(&SystemEntropy::new(), 1, 2));
    let turn = passwords.running.acquire().await.unwrap();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let passwords = Arc::clone(&passwords);
            tokio::spawn(async move { passwords.hash(&Secret::new("password")).await })
        })
        .collect();
    while passwords.admitted.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    let one_more = passwords.hash(&Secret::new("password")).await;
    assert_eq!(one_more, Err(PasswordsBusy));
    drop(turn);
    for waiter in waiting {
        assert!(waiter.await.unwrap().is_ok());
    }
    assert!(passwords.hash(&Secret::new("password")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn caller_that_waits_too_long_is_rejected() {
    let passwords = Argon2Passwords::with_limits(&SystemEntropy::new(), 1, 2);
    let turn = passwords.running.acquire().await.unwrap();
    let late = passwords.hash(&Secret::new("password")).await;
    assert_eq!(late, Err(PasswordsBusy));
    drop(turn);
    assert_eq!(passwords.admitted.available_permits(), 3);
}

#[tokio::test]
async fn core_is_held_until_work_ends_after_caller_aborts() {
    let passwords = Arc::new(Argon2Passwords::with_limits(&SystemEntropy::new(), 1, 0));
    let (started, is_running) = oneshot::channel();
    let (finish, finished) = mpsc::channel();
    let work = move |_: &Memory| {
        started.send(()).map_err(|()| PasswordsBusy)?;
        finished.recv().map_err(|_| PasswordsBusy)
    };
    let asking = tokio::spawn({
        let passwords = Arc::clone(&passwords);
        async move { passwords.run(work).await }
    });
    is_running.await.unwrap();
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    assert_eq!(passwords.run(|_| Ok(())).await, Err(PasswordsBusy));
    finish.send(()).unwrap();
    assert!(passwords.running.acquire().await.is_ok());
}
