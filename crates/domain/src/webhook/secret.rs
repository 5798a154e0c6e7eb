//! Signing secrets (Standard Webhooks, "Symmetric signatures").

use crate::secret::Secret;
use crate::time::Timestamp;
use alloc::format;
use alloc::vec::Vec;
use base64ct::{Base64, Encoding as _};
use core::fmt;
use hmac_sha256::HMAC;

/// Key of the signatures of a webhook.
#[derive(Clone)]
pub struct SigningSecret([u8; Self::BYTES]);

impl SigningSecret {
    /// Length in bytes. The specification allows 24 to 64.
    pub const BYTES: usize = 32;

    /// Creates a secret from random bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, to be sealed.
    #[must_use]
    pub const fn expose_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the text that the receiver configures: `whsec_` and the bytes in base64.
    #[must_use]
    pub fn text(&self) -> Secret {
        Secret::new(format!("whsec_{}", Base64::encode_string(&self.0)))
    }

    /// Returns the HMAC-SHA256 of a signed content.
    #[must_use]
    pub fn mac(&self, content: &[u8]) -> [u8; 32] {
        HMAC::mac(content, self.0)
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(..)")
    }
}

/// Signing secret as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Secret, sealed under a master key.
    pub sealed: Vec<u8>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time from which messages are not signed with it; `None` for the current secret.
    pub expires_at: Option<Timestamp>,
}

impl SealedSecret {
    /// Returns whether messages are signed with the secret.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|at| !at.has_passed(now))
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_prints_nothing_but_its_text_is_whsec() {
        let secret = SigningSecret::from_bytes([0xfb; 32]);
        let text = secret.text();
        let expected = "whsec_+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=";
        assert_eq!(text.expose_secret(), expected);
        let sealed = SealedSecret {
            sealed: alloc::vec![1],
            created_at: Timestamp::from_unix_seconds(1),
            expires_at: None,
        };
        let printed = format!("{secret:?} {sealed:?}");
        assert_eq!(printed, "SigningSecret(..) SealedSecret(..)");
    }
}
