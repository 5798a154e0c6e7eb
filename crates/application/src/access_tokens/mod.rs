//! Tokens that a request presents: validation and denial of access tokens, and the endpoints for them.

mod introspection;
mod permissions;
mod revocation;
mod userinfo;

pub use introspection::{ActiveToken, Introspection, Introspections, Person};
pub use revocation::Revocations;
pub use userinfo::{UserInfo, UserInfos};

use crate::client_authentication::ClientEvidence;
use crate::clients::Clients;
use crate::current_request::CurrentRequest;
use crate::ephemera::denied_token;
use crate::failure::Failure;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::Subject;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::user::User;
use countersign_ports::{Store, StoreError, TokenVerifier, UserKey};
use std::sync::Arc;

/// Introspection or revocation request, independent of the wire format. `token_type_hint` is not needed, because the
/// token itself shows its type (RFC 7009 section 2.1, RFC 7662 section 2.1).
pub struct TokenQuery {
    /// Client identifier and credentials.
    pub evidence: ClientEvidence,
    /// `token`.
    pub token: String,
}

/// Validates access tokens. It reads the store on every call, so a token that one node revoked is invalid on all nodes
/// at once.
pub struct AccessTokens<S> {
    /// Grants and denied tokens.
    pub store: Arc<S>,
    /// Registered clients.
    pub clients: Arc<Clients<S>>,
    /// Verifies signatures.
    pub verifier: Arc<dyn TokenVerifier>,
}

/// A live access token.
#[derive(Clone, Debug)]
pub struct LiveToken {
    /// Claims of the token.
    pub token: AccessToken,
    /// Grant that the token belongs to; `None` for client credentials.
    pub grant: Option<Grant>,
    /// Client that the token was issued to.
    pub client: Arc<Client>,
}

impl<S: Store> AccessTokens<S> {
    /// Verifies the signature, issuer and expiry of an access token. Does not check revocation; see [`Self::live`].
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
        CurrentRequest::note_subject(&token.subject);
        CurrentRequest::note_client(&token.client);
        token.check(&tenant.issuer, now)?;
        Ok(token)
    }

    /// Returns the token if it was not revoked and its client is still active. Its scope is limited to what the client
    /// is registered for now.
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
                if let Some(grant) = &stored {
                    CurrentRequest::note_subject(&grant.authorization().subject);
                }
                Some(token.check_grant(stored, now)?)
            }
            None if self.is_denied(tenant, &token, now).await? => {
                return Err(Refusal::AccessTokenRevoked.into());
            }
            None => None,
        };
        Ok(LiveToken {
            token: token.within(&client),
            grant,
            client,
        })
    }

    /// Finds the user of a grant, who must be enabled; `None` if the subject is not a user of this server. The token of a
    /// disabled or deleted user is invalid, even if the grant is live.
    pub(crate) async fn user(
        &self,
        tenant: &Tenant,
        owner: &Subject,
    ) -> Result<Option<User>, Failure> {
        let Ok(id) = owner.as_str().parse() else {
            return Ok(None);
        };
        match self.store.find_user(tenant.id, UserKey::Id(id)).await? {
            Some(user) if user.enabled => Ok(Some(user)),
            _ => Err(Refusal::AccessTokenRevoked.into()),
        }
    }

    /// Denies an access token without a grant until it expires.
    pub(crate) async fn deny(
        &self,
        tenant: &Tenant,
        token: &AccessToken,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = denied_token(token);
        // A lost race means that the token is already denied.
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
