//! Password hashing with Argon2id (RFC 9106).

use crate::remembered::Remembered;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use countersign_domain::secret::Secret;
use countersign_ports::{Entropy, PasswordHasher, PasswordsBusy};
use std::fmt;
use std::sync::Arc;
use std::thread;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Maximum number of passwords that wait for a core. A check takes about 20 ms, so the last one waits a few seconds.
const MOST_WAITING: usize = 256;

/// Hash of no password, with the default parameters. Checking against it costs the same work for an unknown user.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Argon2id with 19 MiB, two passes, and one lane, on tokio's blocking threads. Runs at most one check per core at a
/// time. Needs a tokio runtime.
///
/// Remembers a correct password as a keyed digest, so that the next check is cheap.
pub struct Argon2Passwords {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
    remembered: Remembered,
}

impl Argon2Passwords {
    /// Creates a hasher. Takes the key of the digests from `entropy`.
    #[must_use]
    pub fn new(entropy: &dyn Entropy) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::with_limits(entropy, cores, MOST_WAITING)
    }

    fn with_limits(entropy: &dyn Entropy, running: usize, waiting: usize) -> Self {
        Self {
            admitted: Arc::new(Semaphore::new(running + waiting)),
            running: Arc::new(Semaphore::new(running)),
            remembered: Remembered::new(entropy),
        }
    }

    /// Runs `work` when a core is free. Holds the core until the work is done, even if the caller has given up.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordsBusy> + Send + 'static,
    ) -> Result<T, PasswordsBusy> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| PasswordsBusy)?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| PasswordsBusy)?;
        let work = move || {
            let result = work();
            drop((running, admitted));
            result
        };
        spawn_blocking(work).await.map_err(|_| PasswordsBusy)?
    }
}

impl fmt::Debug for Argon2Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2Passwords").finish_non_exhaustive()
    }
}

impl PasswordHasher for Argon2Passwords {
    async fn hash(&self, password: &Secret) -> Result<String, PasswordsBusy> {
        let password = password.clone();
        self.run(move || {
            let hash = argon2().hash_password(password.expose_secret().as_bytes());
            // Only memory allocation can fail.
            hash.map(|hash| hash.to_string()).map_err(|_| PasswordsBusy)
        })
        .await
    }

    async fn verify(&self, password: &Secret, hash: Option<&str>) -> Result<bool, PasswordsBusy> {
        let mark = hash.map(|hash| self.remembered.mark(hash, password.expose_secret()));
        if mark.is_some_and(|mark| self.remembered.contains(mark)) {
            return Ok(true);
        }
        let (password, hash) = (password.clone(), hash.map(String::from));
        let right = self
            .run(move || is_right(password.expose_secret(), hash.as_deref()))
            .await?;
        if let (true, Some(mark)) = (right, mark) {
            self.remembered.insert(mark);
        }
        Ok(right)
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Checks a password with the parameters of the stored hash. An imported hash may have other parameters.
fn is_right(password: &str, hash: Option<&str>) -> Result<bool, PasswordsBusy> {
    let password = password.as_bytes();
    let complete = |hash: &PasswordHash| hash.salt.is_some() && hash.hash.is_some();
    let stored = hash.and_then(|hash| PasswordHash::new(hash).ok().filter(complete));
    match stored.map(|stored| argon2().verify_password(password, &stored)) {
        Some(Ok(())) => Ok(true),
        Some(Err(Error::PasswordInvalid)) => Ok(false),
        Some(Err(Error::OutOfMemory)) => Err(PasswordsBusy),
        // No usable hash: do the same work with the dummy.
        Some(Err(_)) | None => match argon2().verify_password(password, DUMMY) {
            Err(Error::OutOfMemory) => Err(PasswordsBusy),
            _ => Ok(false),
        },
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn dummy_hash_has_default_parameters() {
        let dummy = PasswordHash::new(DUMMY).unwrap();
        let real = argon2().hash_password(b"password").unwrap();
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

    #[tokio::test]
    async fn core_is_held_until_work_ends_after_caller_aborts() {
        let passwords = Arc::new(Argon2Passwords::with_limits(&SystemEntropy::new(), 1, 0));
        let (started, is_running) = oneshot::channel();
        let (finish, finished) = mpsc::channel();
        let work = move || {
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
        assert_eq!(passwords.run(|| Ok(())).await, Err(PasswordsBusy));
        finish.send(()).unwrap();
        assert!(passwords.running.acquire().await.is_ok());
    }
}
