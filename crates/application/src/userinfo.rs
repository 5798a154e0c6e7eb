//! The userinfo endpoint's use case (OpenID Connect Core section 5.3).

use crate::access_tokens::AccessTokens;
use crate::failure::Failure;
use countersign_domain::access_token::Release;
use countersign_domain::client::Client;
use countersign_domain::identifier::Subject;
use countersign_domain::refusal::Refusal;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::user::User;
use countersign_ports::{Clock, Document, Signer, Store, UserKey};
use std::sync::Arc;

/// Tells clients of their users.
pub struct UserInfos<S, G> {
    /// Checks access tokens.
    pub tokens: Arc<AccessTokens<S>>,
    /// Signs for clients that want a JWT.
    pub signer: Arc<G>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// What is told of a user.
#[derive(Clone, Debug)]
pub struct UserInfo {
    /// `sub`, and which claims.
    pub release: Release,
    /// The user; none if the subject is not a user of this server, of whom nothing else is known.
    pub user: Option<User>,
    /// Who is told.
    pub client: Arc<Client>,
}

impl<S: Store, G: Signer> UserInfos<S, G> {
    /// What the bearer of an access token may learn.
    pub async fn describe(&self, access_token: &str) -> Result<UserInfo, Failure> {
        let now = self.clock.now();
        let live = self.tokens.live(self.tokens.known(access_token, now)?, now);
        let live = live.await?;
        let release = live.token.release(live.grant.as_ref(), &live.client)?;
        let user = self.user(&release.owner).await?;
        Ok(UserInfo {
            release,
            user,
            client: live.client,
        })
    }

    /// A user who was disabled or removed is told nothing of, whatever became of the grants.
    async fn user(&self, owner: &Subject) -> Result<Option<User>, Failure> {
        let Ok(id) = owner.as_str().parse() else {
            return Ok(None);
        };
        match self.tokens.store.find_user(UserKey::Id(id)).await? {
            Some(user) if user.enabled => Ok(Some(user)),
            _ => Err(Refusal::AccessTokenRevoked.into()),
        }
    }

    /// Signs the claims, written down as JSON, for their client.
    pub async fn sign(
        &self,
        client: &Client,
        algorithm: SigningAlgorithm,
        claims: &[u8],
    ) -> Result<String, Failure> {
        let document = Document::UserInfo(claims);
        let signed = self.signer.sign_document(&document, &client.id, algorithm);
        Ok(signed.await?)
    }
}
