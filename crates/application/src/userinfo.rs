//! The userinfo endpoint's use case (OpenID Connect Core section 5.3).

use crate::access_tokens::AccessTokens;
use crate::failure::Failure;
use countersign_domain::client::Client;
use countersign_domain::identifier::Subject;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::access_token::Release;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::user::User;
use countersign_ports::{Clock, Document, Signer, Store, UserKey};
use std::sync::Arc;

/// Gives clients the claims of their users.
pub struct UserInfos<S, G> {
    /// Judges access tokens.
    pub tokens: Arc<AccessTokens<S>>,
    /// Signs for clients that want a JWT.
    pub signer: Arc<G>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Claims of a user.
#[derive(Clone, Debug)]
pub struct UserInfo {
    /// `sub`, and which claims.
    pub release: Release,
    /// The user; `None` if the subject is not a user of this server, of whom nothing else is known.
    pub user: Option<User>,
    /// Client that receives the claims.
    pub client: Arc<Client>,
}

impl<S: Store, G: Signer> UserInfos<S, G> {
    /// The claims that the bearer of an access token may have.
    pub async fn describe(&self, tenant: &Tenant, access_token: &str) -> Result<UserInfo, Failure> {
        let now = self.clock.now();
        let token = self.tokens.known(tenant, access_token, now)?;
        let live = self.tokens.live(tenant, token, now).await?;
        let release = live.token.release(live.grant.as_ref(), &live.client)?;
        let user = self.user(tenant, &release.owner).await?;
        Ok(UserInfo {
            release,
            user,
            client: live.client,
        })
    }

    /// Nothing is released of a user who was disabled or removed, whatever became of the grants.
    async fn user(&self, tenant: &Tenant, owner: &Subject) -> Result<Option<User>, Failure> {
        let Ok(id) = owner.as_str().parse() else {
            return Ok(None);
        };
        let found = self.tokens.store.find_user(tenant.id, UserKey::Id(id));
        match found.await? {
            Some(user) if user.enabled => Ok(Some(user)),
            _ => Err(Refusal::AccessTokenRevoked.into()),
        }
    }

    /// Signs the claims, written down as JSON, for their client.
    pub async fn sign(
        &self,
        tenant: &Tenant,
        client: &Client,
        algorithm: SigningAlgorithm,
        claims: &[u8],
    ) -> Result<String, Failure> {
        let document = Document::UserInfo(claims);
        let signed = self
            .signer
            .sign_document(tenant.id, &document, &client.id, algorithm);
        Ok(signed.await?)
    }
}
