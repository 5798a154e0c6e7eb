//! Making signing keys, and replacing them without a token that cannot be checked.

use crate::failure::Failure;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::signing_key::{SigningKey, Takeover};
use countersign_domain::time::Timestamp;
use countersign_ports::{KeyChange, Race, SigningError, SigningKeyRepository};
use std::time::Duration;

/// Makes a new key for an algorithm, created at the first time and signing from the second.
pub type MakeSigningKey<'a> = dyn Fn(SigningAlgorithm, Timestamp, Timestamp) -> Result<SigningKey, SigningError>
    + Send
    + Sync
    + 'a;

/// Sees to it that each asymmetric algorithm has a key: makes the missing ones, to sign at once. Several
/// servers may start at the same time; the keys of one of them stay.
pub async fn ensure_signing_keys<S>(
    store: &S,
    make: &MakeSigningKey<'_>,
    now: Timestamp,
) -> Result<(), Failure>
where
    S: SigningKeyRepository,
{
    loop {
        let (seen, keys) = store.list_signing_keys().await?;
        let has = |algorithm| {
            keys.iter().any(|key| {
                key.algorithm == algorithm && key.client.is_none() && key.is_published(now)
            })
        };
        let missing = SigningAlgorithm::ASYMMETRIC
            .iter()
            .filter(|algorithm| !has(**algorithm));
        let add = missing
            .map(|algorithm| make(*algorithm, now, now))
            .collect::<Result<Vec<_>, _>>()?;
        if add.is_empty() {
            return Ok(());
        }
        if store
            .change_signing_keys(&KeyChange {
                seen,
                add,
                retire: Vec::new(),
            })
            .await?
            == Race::Won
        {
            return Ok(());
        }
    }
}

/// Announces a new key for each of `algorithms` and sets the date for the ones before it ([`Takeover`]).
/// Answers the new keys.
pub async fn rotate_signing_keys<S>(
    store: &S,
    make: &MakeSigningKey<'_>,
    algorithms: &[SigningAlgorithm],
    announcement: Duration,
    now: Timestamp,
) -> Result<Vec<SigningKey>, Failure>
where
    S: SigningKeyRepository,
{
    let takeover = Takeover::planned(now, announcement);
    loop {
        let (seen, keys) = store.list_signing_keys().await?;
        let add = algorithms
            .iter()
            .map(|algorithm| make(*algorithm, now, takeover.signs_from))
            .collect::<Result<Vec<_>, _>>()?;
        let retire = keys
            .iter()
            .filter(|key| {
                algorithms.contains(&key.algorithm)
                    && key.client.is_none()
                    && key.retires_at.is_none()
            })
            .map(|key| (key.id.clone(), takeover.others_retire_at))
            .collect();
        if store
            .change_signing_keys(&KeyChange {
                seen,
                add: add.clone(),
                retire,
            })
            .await?
            == Race::Won
        {
            return Ok(add);
        }
    }
}
