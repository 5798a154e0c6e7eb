//! Tokens that a request presents: validation and denial of access tokens, and the endpoints for them.

mod attributes;
mod introspection;
mod permissions;
mod revocation;
mod roles;
mod userinfo;

pub use attributes::{NotSet, ReadableAttributes, UserAttributes};
pub use introspection::{ActiveToken, Introspection, Introspections, Person};
pub use revocation::Revocations;
pub use roles::UserRoles;
pub use userinfo::{UserInfo, UserInfos};

use crate::client_authentication::ClientEvidence;
use crate::clients::Clients;
use crate::current_request::CurrentRequest;
use crate::ephemera::{denied, denied_token};
use crate::failure::Failure;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::identifier::GrantId;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::token_id::Root;
use countersign_domain::user::User;
use countersign_ports::{EphemeralKey, Store, StoreError, TokenVerifier};
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
    /// User whose ID is the subject of the grant, enabled or not. `None` if the use case does not need it.
    pub user: Option<User>,
    /// Client that the token was issued to.
    pub client: Arc<Client>,
}

impl LiveToken {
    /// Returns the user of the grant, who must be enabled; `None` if there is no grant, or its subject is not a user of
    /// this server. The token of a disabled or deleted user is invalid, even if the grant is live.
    pub(crate) fn into_user(mut self) -> Result<Option<User>, Refusal> {
        self.take_user()
    }

    /// Moves the user out like [`Self::into_user`].
    pub(crate) fn take_user(&mut self) -> Result<Option<User>, Refusal> {
        let owner = self.grant.as_ref().map(Grant::authorization);
        let is_user = |owner: &Authorization| owner.subject.user().is_some();
        if !owner.is_some_and(is_user) {
            return Ok(None);
        }
        let user = self.user.take().filter(|user| user.enabled);
        user.map(Some).ok_or(Refusal::AccessTokenRevoked)
    }
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
        self.live_as(tenant, token, false, now).await
    }

    /// Returns the token like [`Self::live`], and reads its user together with its grant.
    pub(crate) async fn live_with_user(
        &self,
        tenant: &Tenant,
        token: AccessToken,
        now: Timestamp,
    ) -> Result<LiveToken, Failure> {
        self.live_as(tenant, token, true, now).await
    }

    async fn live_as(
        &self,
        tenant: &Tenant,
        token: AccessToken,
        with_user: bool,
        now: Timestamp,
    ) -> Result<LiveToken, Failure> {
        let client = self.clients.find(tenant, &token.client).await?;
        let client = client.ok_or(Refusal::AccessTokenRevoked)?;
        token.check_client(&client)?;
        let root = token.token_id.root;
        let (grant, user) = match root.grant() {
            Some(id) => {
                let (stored, user) = self.stored(tenant, id, with_user).await?;
                if let Some(grant) = &stored {
                    CurrentRequest::note_subject(&grant.authorization().subject);
                }
                let grant = if root.is_exchanged() {
                    token.check_root(stored, now)?
                } else {
                    token.check_grant(stored, now)?
                };
                (Some(grant), user)
            }
            None => (None, None),
        };
        let mut token = token.within(&client);
        if root.is_exchanged() {
            // Boxed: few tokens are exchanged.
            let first = Box::pin(self.first_client(tenant, &token, grant.as_ref(), now)).await?;
            token = token.within(&first);
        }
        if !matches!(root, Root::Grant(_))
            && self.is_denied(tenant, &denied_token(&token), now).await?
        {
            return Err(Refusal::AccessTokenRevoked.into());
        }
        Ok(LiveToken {
            token,
            grant,
            user,
            client,
        })
    }

    /// Returns the client that the access of an exchanged token comes from. Refuses if it is not active, or if the first
    /// token of a chain without a grant was revoked.
    async fn first_client(
        &self,
        tenant: &Tenant,
        token: &AccessToken,
        grant: Option<&Grant>,
        now: Timestamp,
    ) -> Result<Arc<Client>, Failure> {
        let first = match (token.token_id.root, grant) {
            (_, Some(grant)) => Some(grant.authorization().client().clone()),
            // A client is the subject of its own tokens.
            (_, None) => ClientId::parse(token.subject.as_str()).ok(),
        };
        let first = first.ok_or(Refusal::AccessTokenUnknown)?;
        let client = self.clients.find(tenant, &first).await?;
        let client = client.ok_or(Refusal::AccessTokenRevoked)?;
        token.check_client(&client)?;
        match token.token_id.root {
            Root::Token(first) if self.is_denied(tenant, &denied(&first), now).await? => {
                Err(Refusal::AccessTokenRevoked.into())
            }
            _ => Ok(client),
        }
    }

    async fn stored(
        &self,
        tenant: &Tenant,
        id: GrantId,
        with_user: bool,
    ) -> Result<(Option<Grant>, Option<User>), StoreError> {
        if !with_user {
            return Ok((self.store.find_grant(tenant.id, id).await?, None));
        }
        let found = self.store.find_grant_with_user(tenant.id, id).await?;
        Ok(found.map_or((None, None), |(grant, user)| (Some(grant), user)))
    }

    /// Denies an access token until it expires: one without a grant, or one obtained by an exchange.
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
        key: &EphemeralKey,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.store.get(tenant.id, key, now).await?.is_some())
    }
}
