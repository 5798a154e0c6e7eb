//! Glue: code that every server must provide itself.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::secret::Secret;
use serde::Serialize;

/// Keys that seal codes, refresh tokens and completed steps, and sign JWTs. A production server keeps them across restarts.
pub struct Keys {
    seal: LessSafeKey,
    sign: Ed25519KeyPair,
}

impl Keys {
    /// Generates new keys.
    #[must_use]
    pub fn generate() -> Self {
        let key = sure(UnboundKey::new(&AES_256_GCM_SIV, &random::<32>()));
        let (seal, sign) = (LessSafeKey::new(key), sure(Ed25519KeyPair::generate()));
        Self { seal, sign }
    }

    /// Seals bytes. They open only with the same kind. AES-GCM-SIV allows a constant nonce, so a retry gets the same refresh token.
    pub(crate) fn seal(&self, kind: &[u8], mut bytes: Vec<u8>) -> String {
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let (key, kind) = (&self.seal, Aad::from(kind));
        sure(key.seal_in_place_append_tag(nonce, kind, &mut bytes));
        Base64UrlUnpadded::encode_string(&bytes)
    }

    /// Opens and decodes a sealed text. Returns `None` for another kind or key.
    pub(crate) fn open<T, E>(
        &self,
        kind: &[u8],
        text: &str,
        decode: fn(&[u8]) -> Result<T, E>,
    ) -> Option<T> {
        let mut bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let opened = self.seal.open_in_place(nonce, Aad::from(kind), &mut bytes);
        decode(opened.ok()?).ok()
    }

    /// Signs claims as a JWT of this type.
    pub(crate) fn sign(&self, token_type: &str, claims: &impl Serialize) -> String {
        let header = format!(r#"{{"alg":"EdDSA","typ":"{token_type}"}}"#);
        let encode = |part: String| Base64UrlUnpadded::encode_string(part.as_bytes());
        let text = [header, json(claims)].map(encode).join(".");
        let signature = self.sign.sign(text.as_bytes());
        let signature = Base64UrlUnpadded::encode_string(signature.as_ref());
        format!("{text}.{signature}")
    }

    /// Returns the public key, for the key set (`x` of a JWK, RFC 8037 section 2).
    #[must_use]
    pub fn public(&self) -> String {
        Base64UrlUnpadded::encode_string(self.sign.public_key().as_ref())
    }
}

/// Serializes an object of texts and numbers, which cannot fail.
pub(crate) fn json(object: &impl Serialize) -> String {
    serde_json::to_string(object).unwrap_or_default()
}

/// Draws random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    sure(rand::fill(&mut bytes));
    bytes
}

/// Draws a secret of 256 bits.
pub(crate) fn secret() -> Secret {
    Secret::new(Base64UrlUnpadded::encode_string(&random::<32>()))
}

/// A server without random numbers or keys must not continue.
fn sure<T>(result: Result<T, Unspecified>) -> T {
    result.unwrap_or_else(|_| std::process::abort())
}
