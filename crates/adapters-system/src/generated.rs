//! What a server hands out to its clients.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::secret::Secret;
use countersign_ports::Entropy;

/// A client secret: 256 random bits in base64url, 43 characters.
#[must_use]
pub fn random_secret(entropy: &dyn Entropy) -> Secret {
    Secret::new(random_text::<32>(entropy))
}

/// A client identifier: `client_` and 96 random bits in base64url.
#[must_use]
pub fn random_client_id(entropy: &dyn Entropy) -> String {
    format!("client_{}", random_text::<12>(entropy))
}

fn random_text<const BYTES: usize>(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; BYTES];
    entropy.fill(&mut bytes);
    Base64UrlUnpadded::encode_string(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;
    use countersign_domain::client::ClientId;

    #[test]
    fn a_secret_has_256_bits() {
        let entropy = SystemEntropy::new();
        let (one, other) = (random_secret(&entropy), random_secret(&entropy));
        assert_eq!(one.expose_secret().len(), 43);
        assert_ne!(one.expose_secret(), other.expose_secret());
    }

    #[test]
    fn a_client_id_is_one() {
        let entropy = SystemEntropy::new();
        let (one, other) = (random_client_id(&entropy), random_client_id(&entropy));
        assert!(ClientId::parse(&one).is_ok());
        assert!(one.starts_with("client_"));
        assert_ne!(one, other);
    }
}
