//! Password hashing with Argon2id (RFC 9106), and the strength of new passwords.

mod breached;
mod memory;
mod remembered;
mod strength;

pub use breached::BreachRanges;

use argon2::password_hash::Error;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use countersign_domain::login::weakness::Weakness;
use countersign_domain::secret::Secret;
use countersign_ports::{Entropy, PasswordHasher, PasswordsBusy};
use memory::{Memory, OutOfMemory};
use remembered::Remembered;
use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Maximum number of passwords that wait for a core. A check takes about 20 ms, so the last one waits a few seconds.
const MOST_WAITING: usize = 256;

/// Maximum time to wait for a core. Later, most users have given up.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Hash of no password, with the default parameters. Checking against it costs the same work for an unknown user.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Argon2id with 19 MiB, two passes, and one lane, on tokio's blocking threads. Runs at most one check per core at a
/// time, so the memory is bounded, too: 19 MiB per core under load, and none when idle. Needs a tokio runtime.
///
/// Remembers a correct password as a keyed digest, so that the next check is cheap.
pub struct Argon2Passwords {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
    memory: Memory,
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
            memory: Memory::default(),
            remembered: Remembered::new(entropy),
        }
    }

    /// Runs `work` when a core is free. Holds the core until the work is done, even if the caller has given up.
    ///
    /// Fails if too many callers wait, or if no core is free in time.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Memory) -> Result<T, PasswordsBusy> + Send + 'static,
    ) -> Result<T, PasswordsBusy> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| PasswordsBusy)?;
        let running = timeout(LONGEST_WAIT, Arc::clone(&self.running).acquire_owned());
        let running = running
            .await
            .map_err(|_| PasswordsBusy)?
            .map_err(|_| PasswordsBusy)?;
        let memory = self.memory.clone();
        let work = move || {
            let result = work(&memory);
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
    async fn weakness(
        &self,
        password: &Secret,
        about: Vec<String>,
    ) -> Result<Option<Weakness>, PasswordsBusy> {
        let password = password.clone();
        self.run(move |_| Ok(password_weakness(&password, &about)))
            .await
    }

    async fn hash(&self, password: &Secret) -> Result<String, PasswordsBusy> {
        let password = password.clone();
        self.run(move |memory| {
            let hash = hashed(password.expose_secret().as_bytes(), memory);
            // Only memory allocation and the random number generator can fail.
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
            .run(move |memory| is_right(password.expose_secret(), hash.as_deref(), memory))
            .await?;
        if let (true, Some(mark)) = (right, mark) {
            self.remembered.insert(mark);
        }
        Ok(right)
    }
}

/// Returns why a new password is weak, on the current thread. See [`PasswordHasher::weakness`].
#[must_use]
pub fn password_weakness(password: &Secret, about: &[String]) -> Option<Weakness> {
    strength::weakness_of(password.expose_secret(), about)
}

/// Hashes a password with the default parameters and a random salt.
fn hashed(password: &[u8], memory: &Memory) -> Result<PasswordHash, Error> {
    let params = Params::DEFAULT;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let salt = Salt::generate();
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        hash: Some(output(&argon2, password, &salt, memory)?),
        salt: Some(salt),
    })
}

/// Checks a password with the parameters of the stored hash. An imported hash may have other parameters.
fn is_right(password: &str, hash: Option<&str>, memory: &Memory) -> Result<bool, PasswordsBusy> {
    let password = password.as_bytes();
    match hash.and_then(|hash| matches(password, hash, memory).transpose()) {
        Some(Ok(is_right)) => Ok(is_right),
        Some(Err(Error::OutOfMemory)) => Err(PasswordsBusy),
        // No usable hash: do the same work with the dummy.
        Some(Err(_)) | None => match matches(password, DUMMY, memory) {
            Err(Error::OutOfMemory) => Err(PasswordsBusy),
            _ => Ok(false),
        },
    }
}

/// Compares in constant time, as [`Output`] does. Returns `None` for a hash without salt or output.
fn matches(password: &[u8], hash: &str, memory: &Memory) -> Result<Option<bool>, Error> {
    let stored = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Ok(None);
    };
    let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
    let version = stored.version.map(Version::try_from).transpose()?;
    let params = Params::try_from(&stored)?;
    let argon2 = Argon2::new(algorithm, version.unwrap_or_default(), params);
    Ok(Some(output(&argon2, password, salt, memory)? == *expected))
}

fn output(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    memory: &Memory,
) -> Result<Output, Error> {
    let length = argon2.params().output_len();
    let mut bytes = [0; Output::MAX_LENGTH];
    let bytes = bytes
        .get_mut(..length.unwrap_or(Params::DEFAULT_OUTPUT_LEN))
        .ok_or(Error::OutputSize)?;
    memory
        .with(argon2.params().block_count(), |blocks| {
            argon2.hash_password_into_with_memory(password, salt, bytes, blocks)
        })
        .map_err(|OutOfMemory| Error::OutOfMemory)??;
    Ok(Output::new(bytes)?)
}

#[cfg(test)]
mod tests;
