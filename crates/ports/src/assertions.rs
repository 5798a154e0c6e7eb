//! Client assertions (RFC 7523).

use countersign_domain::assertion::Assertion;
use countersign_domain::client_authentication::Jwks;

/// Why a client assertion cannot be read. It names no part of the assertion but its header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableAssertion {
    /// Not a signed JWT with the claims of RFC 7523 section 3.
    #[error("not a signed JWT with iss, sub, aud, exp and jti")]
    Malformed,
    /// No key of the set fits the header.
    #[error("no registered key has the kid and alg of the header")]
    NoKey,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
}

/// Verifies client assertions.
pub trait Assertions: Send + Sync {
    /// The client that an assertion claims to come from: its `sub`, unverified.
    fn claimed_client(&self, assertion: &str) -> Option<String>;

    /// The claims of an assertion, if a key of the set signed it. Only asymmetric algorithms count.
    fn verify(&self, assertion: &str, keys: &Jwks) -> Result<Assertion, UnreadableAssertion>;

    /// Checks a key set when a client is registered: the reason why it is not one, or has a key that cannot verify.
    fn check_keys(&self, keys: &Jwks) -> Result<(), String>;
}
