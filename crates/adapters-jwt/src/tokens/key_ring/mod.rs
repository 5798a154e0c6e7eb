//! Key ring: parsed signing keys, the ones that sign, and the ones that are published.

use crate::sealing::codecs::Codecs;
use crate::sealing::master_key::MasterKeys;
use crate::signing_keys::held_key::HeldKey;
use crate::signing_keys::rsa_turns::RsaTurns;
use crate::signing_keys::token::{self, TokenType};
use crate::signing_keys::view::{HeldKeys, KeysByUse, View};
use crate::tokens::access_token;
use crate::tokens::claims::{LogoutToken, SessionClaims, assertion, half_hash, id_token};
use crate::tokens::shared_token::mac;
use countersign_domain::client::ClientId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::claims::{AccessTokenClaims, IdTokenClaims, LogoutTokenClaims};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{
    Document, KeysInMemory, PublishedKeys, SessionTokenClaims, Signer, SigningError, Vault,
};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A stored signing key is malformed, or sealed with another master key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key {id} cannot be opened with this master key")]
pub struct UnusableKey {
    /// `kid` of the key.
    pub id: String,
}

/// Signs tokens and publishes the key set (RFC 7517 section 5). Every tenant has its own keys; the keys of another
/// tenant are unknown.
///
/// Call [`KeyRing::load`] at startup and whenever the stored keys of a tenant change. Call [`KeyRing::advance`] a few
/// times a second, so that keys start signing and retire on time.
pub struct KeyRing {
    codecs: Codecs,
    tenants: RwLock<HashMap<TenantId, State>>,
    rsa: RsaTurns,
}

/// The keys of one tenant.
struct State {
    held: HeldKeys,
    usable: KeysByUse,
    view: View,
}

impl KeyRing {
    /// Creates a key ring without signing keys. It authenticates tokens under shared keys with the master keys of
    /// `codecs`.
    #[must_use]
    pub fn new(codecs: &Codecs) -> Self {
        Self {
            codecs: codecs.clone(),
            tenants: RwLock::new(HashMap::new()),
            rsa: RsaTurns::default(),
        }
    }

    /// Replaces the keys of a tenant with the stored keys. Parses only keys that it does not hold yet, and drops keys
    /// that were deleted or have retired.
    ///
    /// If keys are unusable, returns the first as the error and loads all others: one bad key must not stop a running
    /// server.
    pub fn load(
        &self,
        tenant: TenantId,
        keys: &[SigningKey],
        vault: &dyn Vault,
        now: Timestamp,
    ) -> Result<(), UnusableKey> {
        let before = self.of(tenant, |state| state.held.clone());
        let before = before.unwrap_or_default();
        let mut held = HeldKeys::new();
        let mut usable = KeysByUse::new();
        let mut result = Ok(());
        for key in keys.iter().filter(|key| key.is_published(now)) {
            let known = before.get(&key.id).cloned();
            match known.or_else(|| HeldKey::open(tenant, key, vault).map(Arc::new)) {
                Some(opened) => {
                    held.insert(key.id.clone(), opened);
                    let same_use = (key.algorithm, key.client.clone());
                    usable.entry(same_use).or_default().push(key.clone());
                }
                None if result.is_ok() => {
                    let id = key.id.clone();
                    result = Err(UnusableKey { id });
                }
                None => {}
            }
        }
        let view = View::new(&held, &usable, now);
        let state = State { held, usable, view };
        self.write().insert(tenant, state);
        result
    }

    /// Updates the keys of all tenants to `now`. Costs almost nothing while no key starts signing or retires.
    pub fn advance(&self, now: Timestamp) {
        if self.read().values().all(|state| state.view.holds_at(now)) {
            return;
        }
        for state in self.write().values_mut() {
            if !state.view.holds_at(now) {
                state.view = View::new(&state.held, &state.usable, now);
            }
        }
    }

    /// Returns the master keys.
    pub(crate) fn master_keys(&self) -> &MasterKeys {
        self.codecs.master_keys()
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<TenantId, State>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<TenantId, State>> {
        self.tenants.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `ask` with the keys of a tenant. Returns `None` for a tenant without keys.
    fn of<T>(&self, tenant: TenantId, ask: impl FnOnce(&State) -> T) -> Option<T> {
        self.read().get(&tenant).map(ask)
    }

    /// Returns a published or shared key of a tenant, if it has not retired.
    pub(crate) fn held(&self, tenant: TenantId, id: &str) -> Option<Arc<HeldKey>> {
        self.of(tenant, |state| state.view.held(id)).flatten()
    }

    async fn sign(
        &self,
        tenant: TenantId,
        json: &[u8],
        token_type: TokenType,
        algorithm: SigningAlgorithm,
        client: &str,
    ) -> Result<String, SigningError> {
        let key = self.of(tenant, |state| state.view.signing_key(algorithm, client));
        let key = key.flatten().ok_or_else(|| {
            SigningError::new(format!(
                "no {} signing key is available",
                algorithm.as_str()
            ))
        })?;
        let input = token::signing_input(&key.headers, token_type, json, &key.private_key);
        let _turn = match algorithm {
            SigningAlgorithm::Rs256 => self.rsa.next().await,
            _ => None,
        };
        token::sign(input, &key.private_key)
    }
}

/// Shows only the key IDs.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")?;
        let tenants = self.read();
        let ids = tenants.values().flat_map(|state| state.held.keys());
        f.debug_list().entries(ids).finish()
    }
}

impl KeysInMemory for KeyRing {
    fn hold(
        &self,
        tenant: TenantId,
        keys: &[SigningKey],
        now: Timestamp,
    ) -> Result<(), SigningError> {
        let loaded = self.load(tenant, keys, &self.codecs, now);
        loaded.map_err(|error| SigningError::new(error.to_string()))
    }

    fn forget(&self, tenant: TenantId) {
        self.write().remove(&tenant);
    }
}

/// Publishes every asymmetric key until it retires, and never a shared secret.
impl PublishedKeys for KeyRing {
    fn key_set(&self, tenant: TenantId) -> Arc<str> {
        let key_set = self.of(tenant, |state| state.view.key_set());
        key_set.unwrap_or_else(|| r#"{"keys":[]}"#.into())
    }

    fn key(&self, tenant: TenantId, id: &str) -> Option<Arc<str>> {
        self.of(tenant, |state| state.view.key(id)).flatten()
    }

    fn algorithms(&self, tenant: TenantId) -> Vec<SigningAlgorithm> {
        let algorithms = self.of(tenant, |state| {
            let signs = |algorithm: &SigningAlgorithm| {
                let key = state.view.signing_key(*algorithm, "");
                key.is_some()
            };
            let all = SigningAlgorithm::ASYMMETRIC.iter().copied();
            all.filter(signs).collect()
        });
        algorithms.unwrap_or_default()
    }
}

impl Signer for KeyRing {
    async fn sign_access_token(
        &self,
        tenant: TenantId,
        claims: &AccessTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let mut json = token::json(&access_token::json(claims))?;
        if algorithm == SigningAlgorithm::Hs256 {
            let mut claims = *claims;
            claims.token_id.mac = mac(self.master_keys(), tenant, &json);
            json = token::json(&access_token::json(&claims))?;
        }
        self.sign(
            tenant,
            &json,
            TokenType::AccessToken,
            algorithm,
            claims.issuance.client.as_str(),
        )
        .await
    }

    async fn sign_id_token(
        &self,
        tenant: TenantId,
        claims: &IdTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let at_hash = claims.access_token.map(|text| half_hash(text, algorithm));
        let json = token::json(&id_token(claims, at_hash.as_deref()))?;
        self.sign(
            tenant,
            &json,
            TokenType::Jwt,
            algorithm,
            claims.issuance.client.as_str(),
        )
        .await
    }

    async fn sign_session_token(
        &self,
        tenant: TenantId,
        claims: &SessionTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let json = token::json(&SessionClaims::from(claims))?;
        // Only this server reads session tokens, so no client key applies.
        self.sign(tenant, &json, TokenType::Jwt, algorithm, "")
            .await
    }

    async fn sign_logout_token(
        &self,
        tenant: TenantId,
        claims: &LogoutTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let json = token::json(&LogoutToken::from(claims))?;
        self.sign(
            tenant,
            &json,
            TokenType::LogoutToken,
            algorithm,
            claims.audience,
        )
        .await
    }

    async fn sign_document(
        &self,
        tenant: TenantId,
        document: &Document<'_>,
        client: &ClientId,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let (json, token_type) = match document {
            Document::UserInfo(json) => (Cow::from(*json), TokenType::Jwt),
            Document::Introspection(json) => (Cow::from(*json), TokenType::Introspection),
            Document::ClientAssertion(own) => (assertion(own)?.into(), TokenType::ClientAssertion),
        };
        self.sign(tenant, &json, token_type, algorithm, client.as_str())
            .await
    }
}

#[cfg(test)]
mod tests;
