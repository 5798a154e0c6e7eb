//! Secrets and identifiers that the server makes.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::{ClientId, InvalidClientId};
use countersign_domain::secret::Secret;
use countersign_ports::Entropy;

/// A secret of 256 random bits, in base64url.
#[must_use]
pub fn random_secret(entropy: &dyn Entropy) -> Secret {
    Secret::new(random_text::<32>(entropy))
}

/// A client identifier: `client_` and 96 random bits in base64url.
pub fn random_client_id(entropy: &dyn Entropy) -> Result<ClientId, InvalidClientId> {
    ClientId::parse(&format!("client_{}", random_text::<12>(entropy)))
}

fn random_text<const BYTES: usize>(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; BYTES];
    entropy.fill(&mut bytes);
    Base64UrlUnpadded::encode_string(&bytes)
}
