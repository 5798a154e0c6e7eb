//! Client assertions (RFC 7523).

use countersign_domain::client::Jwks;
use countersign_domain::client::assertion::Assertion;
use countersign_domain::client::assertion::workload::WorkloadToken;

/// Reason why a client assertion cannot be verified. Messages contain no part of the assertion except its header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableAssertion {
    /// Not a signed JWT with the claims of RFC 7523 section 3.
    #[error("not a signed JWT with iss, sub, aud, exp and jti")]
    Malformed,
    /// No registered key matches the header.
    #[error("no key of the client has the kid and alg of the header")]
    NoKey,
    /// The signature is invalid.
    #[error("the signature is wrong")]
    Signature,
}

/// Verifies client assertions.
pub trait Assertions: Send + Sync {
    /// Returns the client ID that an assertion claims: its `sub`, unverified.
    fn claimed_client(&self, assertion: &str) -> Option<String>;

    /// Returns the claims of an assertion if a key of the set signed it. Only asymmetric algorithms are accepted.
    fn verify(&self, assertion: &str, keys: &Jwks) -> Result<Assertion, UnreadableAssertion>;

    /// Returns the issuer that an assertion claims: its `iss`, unverified.
    fn claimed_issuer(&self, assertion: &str) -> Option<String>;

    /// Returns the claims of a token of a platform if a key of the set signed it. Only asymmetric algorithms are accepted.
    /// Other claims are included if they are texts or numbers.
    fn verify_workload(
        &self,
        token: &str,
        keys: &Jwks,
    ) -> Result<WorkloadToken, UnreadableAssertion>;

    /// Checks a key set at client registration. The error says why it is not a key set, or which key cannot verify.
    fn check_keys(&self, keys: &Jwks) -> Result<(), String>;
}
