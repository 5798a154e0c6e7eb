//! Userinfo endpoint (OpenID Connect Core section 5.3).

use crate::access_tokens::AccessTokens;
use crate::app::App;
use crate::claims::log_dropped;
use crate::definitions::Definitions;
use crate::failure::Failure;
use countersign_domain::claims::mapping::Destination;
use countersign_domain::claims::policies::Policies;
use countersign_domain::client::Client;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::access_token::UserInfoRelease;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{Clock, Document};
use std::sync::Arc;

/// Userinfo endpoint.
pub struct UserInfos<A: App> {
    /// Validates access tokens.
    pub tokens: Arc<AccessTokens<A::Store>>,
    /// Resource servers, groups and attributes.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Signs JWT responses.
    pub signer: Arc<A::Signer>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

/// Claims of a user.
#[derive(Clone, Debug)]
pub struct UserInfo {
    /// `sub`, and the claims to release.
    pub release: UserInfoRelease,
    /// The user; `None` if the subject is not a user of this server.
    pub user: Option<User>,
    /// Claims of the client's policy.
    pub custom: CustomClaims,
    /// Client that receives the claims.
    pub client: Arc<Client>,
}

impl<A: App> UserInfos<A> {
    /// Returns the claims that an access token gives access to.
    pub async fn describe(&self, tenant: &Tenant, access_token: &str) -> Result<UserInfo, Failure> {
        let now = self.clock.now();
        let token = self.tokens.known(tenant, access_token, now)?;
        let live = self.tokens.live_with_user(tenant, token, now).await?;
        let release = live.token.release(live.grant.as_ref(), &live.client)?;
        let client = Arc::clone(&live.client);
        let scope = live.token.scope.clone();
        let user = live.into_user()?;
        let mut custom = CustomClaims::none();
        let policies = Policies::of(Destination::UserInfo, &client, (&[], &[]));
        if !policies.is_empty() {
            let mut all = [(policies, &mut custom)];
            let log = |result| log_dropped(&client.id, result);
            let claims = self
                .definitions
                .claims(tenant.id, &mut all, (user.as_ref(), &scope), log);
            Box::pin(claims).await?;
        }
        Ok(UserInfo {
            release,
            user,
            custom,
            client,
        })
    }

    /// Signs the JSON claims for the client.
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
