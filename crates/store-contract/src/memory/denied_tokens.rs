use super::MemoryStore;
use countersign_domain::claims::TokenId;
use countersign_domain::time::Timestamp;
use countersign_ports::{DeniedToken, DeniedTokenRepository, StoreError};

impl DeniedTokenRepository for MemoryStore {
    async fn deny_token(&self, token: &TokenId, expires_at: Timestamp) -> Result<(), StoreError> {
        let denied = DeniedToken {
            id: *token,
            expires_at,
        };
        let mut contents = self.lock();
        contents
            .denied_tokens
            .entry(token.to_string())
            .or_insert(denied);
        Ok(())
    }

    async fn is_denied(&self, token: &TokenId) -> Result<bool, StoreError> {
        let contents = self.lock();
        Ok(contents.denied_tokens.contains_key(&token.to_string()))
    }
}
