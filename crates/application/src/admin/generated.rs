//! Generated secrets and identifiers.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::{ClientId, InvalidClientId};
use countersign_domain::secret::Secret;
use countersign_ports::Entropy;

/// Generates a secret: 256 random bits in base64url.
#[must_use]
pub fn random_secret(entropy: &dyn Entropy) -> Secret {
    Secret::new(random_text::<32>(entropy))
}

/// Generates a client identifier: `client_` and 96 random bits in base64url.
pub fn random_client_id(entropy: &dyn Entropy) -> Result<ClientId, InvalidClientId> {
    ClientId::parse(&format!("client_{}", random_text::<12>(entropy)))
}

fn random_text<const BYTES: usize>(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; BYTES];
    entropy.fill(&mut bytes);
    Base64UrlUnpadded::encode_string(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Entropy that returns a different value on each call.
    struct Counting(AtomicU64);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            for (to, from) in buffer.iter_mut().zip(number.iter().cycle()) {
                *to = *from;
            }
        }

        fn time_ordered_id(&self) -> [u8; 16] {
            [0; 16]
        }
    }

    #[test]
    fn generated_secret_has_256_bits() {
        let entropy = Counting(AtomicU64::new(1));
        let (one, other) = (random_secret(&entropy), random_secret(&entropy));
        assert_eq!(one.expose_secret().len(), 43);
        assert_ne!(one.expose_secret(), other.expose_secret());
    }

    #[test]
    fn generated_client_id_is_valid_and_unique() {
        let entropy = Counting(AtomicU64::new(1));
        let (one, other) = (random_client_id(&entropy), random_client_id(&entropy));
        assert!(one.as_ref().unwrap().as_str().starts_with("client_"));
        assert_ne!(one, other);
    }
}
