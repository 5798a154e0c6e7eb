//! The revocation endpoint's use case (RFC 7009).

use crate::access_tokens::AccessTokens;
use crate::clients::Clients;
use crate::failure::Failure;
use crate::secret_uses::SecretUses;
use crate::token::TokenQuery;
use countersign_domain::client_authentication::AuthenticatedClient;
use countersign_domain::identifier::GrantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Clock, Race, RefreshTokenCodec, Store};
use std::sync::Arc;

/// Revokes what clients no longer want.
pub struct Revocations<S> {
    /// Checks access tokens.
    pub tokens: Arc<AccessTokens<S>>,
    /// Who may ask.
    pub clients: Arc<Clients<S>>,
    /// Uses of client secrets.
    pub secret_uses: Arc<SecretUses>,
    /// Reads refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> Revocations<S> {
    /// Serves a query. A token that is unknown, has ended or is another client's changes nothing and is no
    /// failure (RFC 7009 section 2.2). Any other ends its grant, with all tokens of it; one that has no grant
    /// is denied until it ends.
    pub async fn revoke(&self, query: &TokenQuery) -> Result<(), Failure> {
        let now = self.clock.now();
        let client = self.clients.registered(&query.client_id).await?;
        let caller = self
            .secret_uses
            .authenticate(&client, &query.credential, now)?;
        if let Some(token) = self.refresh_tokens.decode(&query.token) {
            return self.end(token.grant, &caller, now).await;
        }
        let Ok(token) = self.tokens.known(&query.token, now) else {
            return Ok(());
        };
        match token.token_id.grant {
            Some(grant) => self.end(grant, &caller, now).await,
            None if caller.may_deny(&token) => {
                let store = &self.tokens.store;
                store.deny_token(&token.token_id, token.expires_at).await?;
                tracing::info!(client_id = %client.id, "a token was revoked");
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn end(
        &self,
        grant: GrantId,
        caller: &AuthenticatedClient<'_>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let stored = self.tokens.store.find_grant(grant).await?;
        let own = stored.is_some_and(|grant| caller.may_revoke(&grant));
        if own && self.tokens.store.revoke(grant, now).await? == Race::Won {
            tracing::info!(client_id = %caller.client().id, %grant, "a grant was revoked by its client");
        }
        Ok(())
    }
}
