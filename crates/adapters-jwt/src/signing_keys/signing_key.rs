//! Signing keys: generation, sealed storage, and signing.

use crate::sealing::codecs::Codecs;
use crate::signing_keys::seen_tokens::SeenTokens;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use aws_lc_rs::{hmac, rand};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::ClientId;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{SigningError, Vault};

/// Generates a signing key of a tenant, with a random ID: RSA with 2048 bits, P-256, Ed25519, or 256 random bits for
/// HS256. `client` is the client that shares an HS256 key.
///
/// Generating an RSA key takes a tenth of a second or more.
pub fn generate_signing_key(
    tenant: TenantId,
    algorithm: SigningAlgorithm,
    client: Option<ClientId>,
    created_at: Timestamp,
    signs_from: Timestamp,
    vault: &dyn Vault,
) -> Result<SigningKey, SigningError> {
    let plaintext = private_key(algorithm).map_err(SigningError::new)?;
    let times = (created_at, signs_from);
    sealed_signing_key(&plaintext, tenant, algorithm, client, times, vault)
}

/// Seals a private key, and gives it a random ID.
pub(super) fn sealed_signing_key(
    plaintext: &[u8],
    tenant: TenantId,
    algorithm: SigningAlgorithm,
    client: Option<ClientId>,
    (created_at, signs_from): (Timestamp, Timestamp),
    vault: &dyn Vault,
) -> Result<SigningKey, SigningError> {
    let mut id = [0; 12];
    rand::fill(&mut id).map_err(SigningError::new)?;
    // The first character is a letter: command lines take IDs that begin with `-` for options.
    id[0] &= 0x7F;
    let id = Base64UrlUnpadded::encode_string(&id);
    let key = SigningKey {
        sealed_private_key: vault.seal(tenant, &context(&id), plaintext),
        id,
        algorithm,
        client,
        created_at,
        signs_from,
        retires_at: None,
    };
    // A key that cannot be opened again must not be stored.
    match PrivateKey::open(tenant, &key, vault) {
        Some(_) => Ok(key),
        None => Err(SigningError::new("the key cannot be sealed")),
    }
}

/// Returns the secret of an HS256 key, to show once to the client that shares it: 43 characters of base64url. The HMAC
/// key is the UTF-8 bytes of this text, not the decoded bytes, so that the text can be pasted into any JWT library.
/// Returns `None` for a key of another algorithm or under other master keys.
#[must_use]
pub fn shared_secret(tenant: TenantId, key: &SigningKey, vault: &dyn Vault) -> Option<Secret> {
    if key.algorithm != SigningAlgorithm::Hs256 {
        return None;
    }
    let plaintext = vault.unseal(tenant, &context(&key.id), &key.sealed_private_key)?;
    String::from_utf8(plaintext).ok().map(Secret::new)
}

/// Seals the private part of a stored key again, under the current master key. Returns `None` for a key under other
/// master keys.
#[must_use]
pub fn resealed_signing_key(
    tenant: TenantId,
    key: &SigningKey,
    codecs: &Codecs,
) -> Option<Vec<u8>> {
    codecs.resealed(tenant, &context(&key.id), &key.sealed_private_key)
}

/// Parsed private key.
pub(crate) enum PrivateKey {
    Rs256(RsaKeyPair),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Hs256(Box<hmac::Key>),
}

impl PrivateKey {
    /// Opens and parses a stored key of a tenant.
    pub(crate) fn open(tenant: TenantId, key: &SigningKey, vault: &dyn Vault) -> Option<Self> {
        let plaintext = vault.unseal(tenant, &context(&key.id), &key.sealed_private_key)?;
        match key.algorithm {
            SigningAlgorithm::Rs256 => RsaKeyPair::from_pkcs8(&plaintext).ok().map(Self::Rs256),
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &plaintext)
                    .ok()
                    .map(Self::Es256)
            }
            SigningAlgorithm::EdDsa => Ed25519KeyPair::from_pkcs8(&plaintext).ok().map(Self::EdDsa),
            SigningAlgorithm::Hs256 => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &plaintext);
                Some(Self::Hs256(Box::new(key)))
            }
        }
    }

    /// Returns the key that verifies its signatures.
    pub(crate) fn verifying_key(&self) -> Option<VerifyingKey> {
        let parsed = match self {
            Self::Rs256(key) => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key()),
            Self::Es256(key) => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key()),
            Self::EdDsa(key) => ParsedPublicKey::new(&ED25519, key.public_key()),
            Self::Hs256(key) => return Some(VerifyingKey::Shared(key.clone())),
        };
        Some(VerifyingKey::Public(
            Box::new(parsed.ok()?),
            SeenTokens::new(),
        ))
    }

    /// Returns the length of a signature, in bytes.
    pub(crate) fn signature_length(&self) -> usize {
        match self {
            Self::Rs256(key) => key.public_modulus_len(),
            Self::Es256(_) | Self::EdDsa(_) => 64,
            Self::Hs256(_) => 32,
        }
    }

    /// Signs a message (RFC 7515 section 5.1).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Signature, Unspecified> {
        match self {
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )?;
                Ok(Signature::Rsa(signature))
            }
            Self::Es256(key) => Signature::short(key.sign(&SystemRandom::new(), message)?.as_ref()),
            Self::EdDsa(key) => Signature::short(key.try_sign(message)?.as_ref()),
            Self::Hs256(key) => Signature::short(hmac::sign(key, message).as_ref()),
        }
    }
}

/// Signature of a message.
///
/// The type of aws-lc-rs reserves 4.6 KB, the length of its longest signature. Moving it would take longer than copying
/// these bytes.
pub(crate) enum Signature {
    Rsa(Vec<u8>),
    Short { bytes: [u8; 64], length: usize },
}

impl Signature {
    fn short(signature: &[u8]) -> Result<Self, Unspecified> {
        let (mut bytes, length) = ([0; 64], signature.len());
        let room = bytes.get_mut(..length).ok_or(Unspecified)?;
        room.copy_from_slice(signature);
        Ok(Self::Short { bytes, length })
    }
}

impl AsRef<[u8]> for Signature {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Rsa(bytes) => bytes,
            Self::Short { bytes, length } => bytes.get(..*length).unwrap_or_default(),
        }
    }
}

/// Verification key: the parsed public half, or the shared secret.
pub(crate) enum VerifyingKey {
    Public(Box<ParsedPublicKey>, SeenTokens),
    Shared(Box<hmac::Key>),
}

impl VerifyingKey {
    /// Returns `Some` if the signature of a token in compact form is valid (RFC 7515 section 5.2).
    pub(crate) fn verify(&self, token: &str) -> Option<()> {
        let parts = || {
            let (message, signature) = token.rsplit_once('.')?;
            let signature = Base64UrlUnpadded::decode_vec(signature).ok()?;
            Some((message.as_bytes(), signature))
        };
        match self {
            Self::Public(key, seen) => seen.check(token, || {
                let (message, signature) = parts()?;
                key.verify_sig(message, &signature).ok()
            }),
            Self::Shared(key) => {
                let (message, signature) = parts()?;
                hmac::verify(key, message, &signature).ok()
            }
        }
    }
}

/// Returns the vault context that binds a sealed key to its ID. The vault binds it to its tenant.
fn context(id: &str) -> String {
    format!("signing key {id}")
}

/// Generates the plaintext of a key: PKCS#8 (RFC 5958), or the text of a shared secret.
pub(super) fn private_key(algorithm: SigningAlgorithm) -> Result<Vec<u8>, Unspecified> {
    let random = SystemRandom::new();
    match algorithm {
        SigningAlgorithm::Rs256 => {
            let key: Pkcs8V1Der<'_> = RsaKeyPair::generate(KeySize::Rsa2048)?.as_der()?;
            Ok(key.as_ref().to_vec())
        }
        SigningAlgorithm::Es256 => {
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)?;
            Ok(key.as_ref().to_vec())
        }
        SigningAlgorithm::EdDsa => Ok(Ed25519KeyPair::generate_pkcs8(&random)?.as_ref().to_vec()),
        SigningAlgorithm::Hs256 => {
            let mut secret = [0; 32];
            rand::fill(&mut secret)?;
            Ok(Base64UrlUnpadded::encode_string(&secret).into_bytes())
        }
    }
}
