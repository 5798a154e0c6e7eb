//! Secrets: what a caller presents, and what is kept of it.

use alloc::string::String;
use core::fmt;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A secret in the clear, on its way from a request to a check. It cannot be compared or printed.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret in the clear. Every call of this is a place to look at in a review.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// What a store may keep of it.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The SHA-256 of a generated secret of 256 bits. Nothing slower is needed: there is no dictionary of
/// such secrets. What a person chose is a password and goes through argon2id instead.
#[derive(Clone, Copy)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// Takes back what [`SecretDigest::as_bytes`] gave.
    #[must_use]
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest, for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether the two digests are of the same secret, in constant time.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints() {
        let secret = Secret::new("open sesame");
        assert_eq!(
            alloc::format!("{secret:?} {:?}", secret.digest()),
            "Secret(..) SecretDigest(..)"
        );
    }

    #[test]
    fn a_digest_matches_its_own_secret_alone() {
        let digest = Secret::new("one").digest();
        assert!(digest.is(&Secret::new("one").digest()));
        assert!(!digest.is(&Secret::new("two").digest()));
    }
}
