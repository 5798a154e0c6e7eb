//! A signing key in memory.

use crate::signing_keys::jwk::public_jwk;
use crate::signing_keys::signing_key::{PrivateKey, VerifyingKey};
use crate::signing_keys::token::Headers;
use countersign_domain::client::ClientId;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::Vault;
use std::sync::Arc;

/// Parsed signing key, with the parts that are the same in every token it signs.
pub(crate) struct HeldKey {
    pub(crate) private_key: PrivateKey,
    pub(crate) verifying_key: VerifyingKey,
    pub(crate) algorithm: SigningAlgorithm,
    /// Client that shares the key.
    pub(crate) client: Option<ClientId>,
    pub(crate) headers: Headers,
    /// Public half as a JWK. `None` for a shared secret.
    pub(crate) public: Option<Arc<str>>,
}

impl HeldKey {
    /// Opens and parses a stored key.
    pub(crate) fn open(tenant: TenantId, key: &SigningKey, vault: &dyn Vault) -> Option<Self> {
        let private_key = PrivateKey::open(tenant, key, vault)?;
        let public = match public_jwk(&key.id, &private_key) {
            Some(jwk) => Some(serde_json::to_string(&jwk).ok()?.into()),
            None => None,
        };
        Some(Self {
            headers: Headers::new(&key.id, key.algorithm).ok()?,
            verifying_key: private_key.verifying_key()?,
            algorithm: key.algorithm,
            client: key.client.clone(),
            private_key,
            public,
        })
    }
}
