//! Passwords under argon2id (RFC 9106).

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

/// How many passwords may wait for a core. A check takes some 20 ms, so that the last of them waits a few
/// seconds: no longer than a person does.
const MOST_WAITING: usize = 256;

/// No password's hash, of the same parameters as every other: checking against it is the work that an
/// unknown user costs.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Argon2id with 19 MiB, two passes and one lane, on tokio's blocking threads, no more at a time than
/// there are cores. Needs a tokio runtime.
///
/// A password that was right is remembered as a keyed digest, so that the next check of it is cheap.
pub struct Argon2Passwords {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
    remembered: Remembered,
}

impl Argon2Passwords {
    /// Takes the key for what it remembers from `entropy`.
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

    /// Runs `work` when it is its turn. The turn lasts until the work is done, even if nobody waits for
    /// it any more.
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
            // What can fail is memory.
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

/// The parameters of a stored hash are its own: an imported one may have others.
fn is_right(password: &str, hash: Option<&str>) -> Result<bool, PasswordsBusy> {
    let password = password.as_bytes();
    let complete = |hash: &PasswordHash| hash.salt.is_some() && hash.hash.is_some();
    let stored = hash.and_then(|hash| PasswordHash::new(hash).ok().filter(complete));
    match stored.map(|stored| argon2().verify_password(password, &stored)) {
        Some(Ok(())) => Ok(true),
        Some(Err(Error::PasswordInvalid)) => Ok(false),
        Some(Err(Error::OutOfMemory)) => Err(PasswordsBusy),
        // No hash, or none of ours: no work was done yet.
        Some(Err(_)) | None => match argon2().verify_password(password, DUMMY) {
            Err(Error::OutOfMemory) => Err(PasswordsBusy),
            _ => Ok(false),
        },
    }
}
