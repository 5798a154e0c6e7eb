//! RSA keys that are made ahead, so that a new tenant does not wait for one.

use super::signing_key::{private_key, sealed_signing_key};
use countersign_domain::client::ClientId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{SigningError, Vault};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// RSA keys in memory that no one uses yet.
#[derive(Default)]
pub struct SpareKeys(Mutex<Vec<Vec<u8>>>);

impl SpareKeys {
    /// Number of keys that are kept.
    pub const MOST: usize = 2;

    fn keys(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a key if one is missing, in a tenth of a second or more. Returns whether it did.
    pub fn make_one(&self) -> Result<bool, SigningError> {
        if self.keys().len() >= Self::MOST {
            return Ok(false);
        }
        let key = private_key(SigningAlgorithm::Rs256).map_err(SigningError::new)?;
        self.keys().push(key);
        Ok(true)
    }

    /// Does the same as [`generate_signing_key`](crate::generate_signing_key), but takes a key that was made ahead, if
    /// there is one.
    pub fn signing_key(
        &self,
        tenant: TenantId,
        algorithm: SigningAlgorithm,
        client: Option<ClientId>,
        (created_at, signs_from): (Timestamp, Timestamp),
        vault: &dyn Vault,
    ) -> Result<SigningKey, SigningError> {
        let spare = match algorithm {
            SigningAlgorithm::Rs256 => self.keys().pop(),
            _ => None,
        };
        let plaintext = match spare {
            Some(key) => key,
            None => private_key(algorithm).map_err(SigningError::new)?,
        };
        let times = (created_at, signs_from);
        sealed_signing_key(&plaintext, tenant, algorithm, client, times, vault)
    }
}

/// Omits the keys.
impl fmt::Debug for SpareKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpareKeys(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_ring::{NOW, TENANT, vault};

    #[test]
    fn spare_key_is_used_once_and_only_for_its_algorithm() {
        let (spares, codecs) = (SpareKeys::default(), vault());
        for made in [true, true, false] {
            assert_eq!(spares.make_one().unwrap(), made);
        }
        let new = |algorithm| {
            let times = (NOW, NOW);
            let key = spares.signing_key(TENANT, algorithm, None, times, &codecs);
            key.unwrap()
        };
        assert_eq!(
            new(SigningAlgorithm::Es256).algorithm,
            SigningAlgorithm::Es256
        );
        assert_eq!(spares.keys().len(), SpareKeys::MOST);
        let (one, other) = (new(SigningAlgorithm::Rs256), new(SigningAlgorithm::Rs256));
        assert_ne!(one.sealed_private_key, other.sealed_private_key);
        assert!(spares.keys().is_empty());
    }
}
