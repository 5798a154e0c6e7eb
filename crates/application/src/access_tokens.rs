//! Access tokens that come back.

use crate::clients::Clients;
use crate::ephemera::denied_token;
use crate::failure::Failure;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_ports::{Store, StoreError, TokenVerifier};
use std::sync::Arc;

/// Tells live access tokens from others, by asking the store each time: a token that any node revoked is refused by all
/// of them at once.
pub struct AccessTokens<S> {
    /// Grants and denied tokens.
    pub store: Arc<S>,
    /// Clients that tokens were issued to.
    pub clients: Arc<Clients<S>>,
    /// Verifies signatures.
    pub verifier: Arc<dyn TokenVerifier>,
}

/// A live access token.
#[derive(Clone, Debug)]
pub struct LiveToken {
    /// Its claims.
    pub token: AccessToken,
    /// Grant that it was issued from; `None` for client credentials.
    pub grant: Option<Grant>,
    /// Client that it was issued to.
    pub client: Arc<Client>,
}

impl<S: Store> AccessTokens<S> {
    /// An access token of this tenant that has not expired. Whether it was revoked is for the store to say.
    pub fn known(
        &self,
        tenant: &Tenant,
        text: &str,
        now: Timestamp,
    ) -> Result<AccessToken, Refusal> {
        let token = self
            .verifier
            .access_token(tenant.id, text)
            .ok_or(Refusal::AccessTokenUnknown)?;
        token.check(&tenant.issuer, now)?;
        Ok(token)
    }

    /// The token, if it was not revoked and its client may still act.
    pub async fn live(
        &self,
        tenant: &Tenant,
        token: AccessToken,
        now: Timestamp,
    ) -> Result<LiveToken, Failure> {
        let client = self.clients.find(tenant, &token.client).await?;
        let client = client.ok_or(Refusal::AccessTokenRevoked)?;
        token.check_client(&client)?;
        let grant = match token.token_id.grant {
            Some(id) => {
                let stored = self.store.find_grant(tenant.id, id).await?;
                Some(token.check_grant(stored, now)?)
            }
            None if self.is_denied(tenant, &token, now).await? => {
                return Err(Refusal::AccessTokenRevoked.into());
            }
            None => None,
        };
        Ok(LiveToken {
            token,
            grant,
            client,
        })
    }

    /// Denies an access token that has no grant, until it expires.
    pub(crate) async fn deny(
        &self,
        tenant: &Tenant,
        token: &AccessToken,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = denied_token(token);
        // Lost: it is denied already, which is all that is wanted.
        let _ = self.store.insert(tenant.id, &key, &[], now).await?;
        Ok(())
    }

    async fn is_denied(
        &self,
        tenant: &Tenant,
        token: &AccessToken,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = denied_token(token);
        Ok(self.store.get(tenant.id, &key, now).await?.is_some())
    }
}
