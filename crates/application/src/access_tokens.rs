//! Access tokens that come back.

use crate::clients::Clients;
use crate::failure::Failure;
use countersign_domain::access_token::AccessToken;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_ports::{Store, TokenVerifier};
use std::sync::Arc;

/// Tells good access tokens from others, by asking the store each time: a token that any node revoked is
/// refused by all of them at once.
pub struct AccessTokens<S> {
    /// Grants and denied tokens live here.
    pub store: Arc<S>,
    /// To whom tokens were issued.
    pub clients: Arc<Clients<S>>,
    /// Checks signatures.
    pub verifier: Arc<dyn TokenVerifier>,
    /// `iss`.
    pub issuer: String,
}

/// An access token that is good.
#[derive(Clone, Debug)]
pub struct LiveToken {
    /// What it says.
    pub token: AccessToken,
    /// The grant behind it; none for client credentials.
    pub grant: Option<Grant>,
    /// To whom it was issued.
    pub client: Arc<Client>,
}

impl<S: Store> AccessTokens<S> {
    /// A token of ours that has not ended by itself. Whether it was revoked is for the store to say.
    pub fn known(&self, text: &str, now: Timestamp) -> Result<AccessToken, Refusal> {
        let token = self
            .verifier
            .access_token(text)
            .ok_or(Refusal::AccessTokenUnknown)?;
        token.check(&self.issuer, now)?;
        Ok(token)
    }

    /// The token, if it was not revoked and its client may still act.
    pub async fn live(&self, token: AccessToken, now: Timestamp) -> Result<LiveToken, Failure> {
        let client = self.clients.find(&token.client).await?;
        let client = client.ok_or(Refusal::AccessTokenRevoked)?;
        token.check_client(&client)?;
        let grant = match token.token_id.grant {
            Some(id) => {
                let stored = self.store.find_grant(id).await?;
                Some(token.check_grant(stored, now)?)
            }
            None if self.store.is_denied(&token.token_id).await? => {
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
}
