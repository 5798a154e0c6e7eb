//! Client secrets and their digests.

use alloc::string::String;
use core::fmt;
use hmac_sha256::Hash;
use subtle::ConstantTimeEq as _;

/// Secret in cleartext, on the way from a request to its check. It implements neither comparison nor printing.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the secret in cleartext. Review every call.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Returns the digest, which a store may keep.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Hash::hash(self.0.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// SHA-256 digest of a generated secret.
///
/// A fast hash is enough because a dictionary attack cannot find a random 256-bit secret. Passwords use argon2id
/// instead.
#[derive(Clone, Copy)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// Creates a digest from the output of [`SecretDigest::as_bytes`].
    #[must_use]
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Returns the digest for a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares two digests in constant time.
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
    fn secret_and_digest_debug_output_is_redacted() {
        let secret = Secret::new("open sesame");
        assert_eq!(
            alloc::format!("{secret:?} {:?}", secret.digest()),
            "Secret(..) SecretDigest(..)"
        );
    }

    #[test]
    fn digest_matches_only_its_own_secret() {
        let digest = Secret::new("one").digest();
        assert!(digest.is(&Secret::new("one").digest()));
        assert!(!digest.is(&Secret::new("two").digest()));
    }
}
