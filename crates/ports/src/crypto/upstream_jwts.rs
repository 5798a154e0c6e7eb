//! JWTs of upstream providers.

use super::assertions::UnreadableAssertion;
use countersign_domain::client::Jwks;

/// JWT that a key of a provider signed.
pub struct UpstreamJwt {
    /// `alg` of the header.
    pub algorithm: String,
    /// Payload: a JSON text.
    pub payload: Vec<u8>,
}

/// Verifies ID tokens and logout tokens of providers.
pub trait UpstreamJwts: Send + Sync {
    /// Verifies the signature of a JWT. Accepts only asymmetric algorithms, and only the type `JWT`, `logout+jwt` or none:
    /// access tokens have another one.
    fn verify(&self, jwt: &str, keys: &Jwks) -> Result<UpstreamJwt, UnreadableAssertion>;
}
