//! Token revocation (RFC 7009).

use crate::access_tokens::{AccessTokens, TokenQuery};
use crate::client_authentication::ClientAuthentication;
use crate::failure::Failure;
use countersign_domain::client::authentication::Caller;
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::token_id::Root;
use countersign_ports::{Clock, OpenError, Race, RefreshTokenCodec, Store};
use std::sync::Arc;

/// Token revocation for clients.
pub struct Revocations<S> {
    /// Validates access tokens.
    pub tokens: Arc<AccessTokens<S>>,
    /// Authenticates clients.
    pub authentication: Arc<ClientAuthentication<S>>,
    /// Decodes refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> Revocations<S> {
    /// Revokes the grant of a token, and with it all tokens of the grant. A token without a grant is denied until it
    /// expires, with all tokens that were obtained by exchanging it. An exchanged token is denied alone: its grant belongs to another
    /// client. Succeeds without a change if the token is unknown, expired or belongs to another client (RFC 7009
    /// section 2.2).
    pub async fn revoke(&self, tenant: &Tenant, query: &TokenQuery) -> Result<(), Failure> {
        let now = self.clock.now();
        let evidence = &query.evidence;
        let client = self.authentication.identify(tenant, evidence).await?;
        let caller = self
            .authentication
            .authenticate(tenant, &client, evidence, now)
            .await?;
        match self.refresh_tokens.decode(tenant.id, &query.token) {
            Ok(token) => return self.end(tenant, token.grant(), &caller, now).await,
            Err(OpenError::Later) => return Err(Failure::Later),
            Err(OpenError::Unknown) => {}
        }
        let Ok(token) = self.tokens.known(tenant, &query.token, now) else {
            return Ok(());
        };
        match token.token_id.root {
            Root::Grant(grant) => self.end(tenant, grant, &caller, now).await,
            _ if caller.may_deny(&token) => {
                self.tokens.deny(tenant, &token, now).await?;
                tracing::info!(client_id = %client.id, "access token revoked");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn end(
        &self,
        tenant: &Tenant,
        grant: GrantId,
        caller: &Caller<'_>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let store = &self.tokens.store;
        let stored = store.find_grant(tenant.id, grant).await?;
        let own = stored.is_some_and(|grant| caller.may_revoke(&grant));
        if own && store.revoke(tenant.id, grant, now).await? == Race::Won {
            tracing::info!(client_id = %caller.client().id, %grant, "grant revoked by its client");
        }
        Ok(())
    }
}
