//! The way back from a provider: checks of its response.

use super::access_token_hash;
use super::answer::UpstreamAnswer;
use super::departure::{check_provider, targets};
use super::{Endpoints, Federation, reach, redirect_uri, unavailable, untrue, with_evidence};
use crate::app::App;
use crate::attempts;
use crate::failure::Failure;
use crate::refusals;
use countersign_domain::federation::account::UpstreamUser;
use countersign_domain::federation::claims::{IdTokenDemands, UpstreamClaims};
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::login::interaction::UpstreamLogin;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_ports::{
    UnreadableAssertion, UpstreamJwt, UpstreamMetadata, UpstreamTokenRequest, UpstreamTokens,
};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// User of a provider, and the session there.
pub(crate) struct Arrival {
    pub(crate) provider: Arc<UpstreamProvider>,
    pub(crate) user: UpstreamUser,
    /// `sid`.
    pub(crate) session: Option<String>,
    /// Whether the user proved two factors at the provider.
    pub(crate) had_two_factors: bool,
    /// ID token of an OpenID Connect provider.
    pub(crate) id_token: Option<String>,
}

impl<A: App> Federation<A> {
    /// Checks the response to the request of `login`, redeems its code, and reads what the provider says about the user.
    pub(crate) async fn arrive(
        &self,
        tenant: &Tenant,
        login: &UpstreamLogin,
        answer: &UpstreamAnswer,
        address: Option<IpAddr>,
    ) -> Result<Arrival, Failure> {
        check_provider(login, &answer.provider)?;
        if login.expires_at.has_passed(self.clock.now()) {
            let refusal = &refusals::UPSTREAM_STATE_UNKNOWN;
            return Err(with_evidence(refusal, &login.provider, "the time is over").into());
        }
        // An operator may have disabled it since.
        let provider = self.provider(tenant, &answer.provider).await?;
        let endpoints = self.endpoints(tenant, &provider).await?;
        check_issuer(&provider, endpoints.metadata.as_deref(), answer)?;
        if let Some(error) = &answer.error {
            return Err(with_evidence(&refusals::UPSTREAM_REFUSED, &provider.name, error).into());
        }
        let code = answer.code.as_deref();
        let code = code.ok_or_else(|| untrue(&provider, "the response has no code"))?;
        let tokens = self
            .redeem(tenant, &provider, &endpoints, login, code)
            .await?;
        let claims = match &endpoints.metadata {
            Some(metadata) => {
                self.id_token(tenant, &provider, metadata, login, &tokens)
                    .await?
            }
            None => UpstreamClaims::default(),
        };
        let session = claims.text("sid").map(str::to_owned);
        let had_two_factors = provider.had_two_factors(&claims);
        let claims = self
            .all_claims(&provider, &endpoints, claims, &tokens)
            .await?;
        let listed = match (&endpoints.emails, &tokens.access_token) {
            (Some(url), Some(token)) => {
                let listed = self.upstreams.emails(url, token, reach(&provider)).await;
                Some(listed.map_err(|error| unavailable(&provider, &error))?)
            }
            _ => None,
        };
        let user = provider.user(&claims, listed.as_deref());
        let user = user.map_err(|error| untrue(&provider, error))?;
        let now = self.clock.now();
        attempts::give_back(&*self.store, tenant.id, &targets(address), now).await;
        Ok(Arrival {
            provider,
            user,
            session,
            had_two_factors,
            id_token: tokens.id_token.filter(|_| endpoints.metadata.is_some()),
        })
    }

    async fn redeem(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        endpoints: &Endpoints,
        login: &UpstreamLogin,
        code: &str,
    ) -> Result<UpstreamTokens, Failure> {
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", redirect_uri(tenant, provider)),
            ("code_verifier", login.verifier.clone()),
        ];
        let authenticated = self.authenticate(tenant, provider, &endpoints.token, &mut form);
        let authorization = authenticated.await?;
        let redeemed = self.upstreams.redeem(UpstreamTokenRequest {
            endpoint: endpoints.token.clone(),
            form,
            authorization,
            reach: reach(provider),
        });
        Ok(redeemed
            .await
            .map_err(|error| unavailable(provider, &error))?)
    }

    /// Returns the claims of an ID token after all checks (OpenID Connect Core section 3.1.3.7).
    async fn id_token(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        metadata: &UpstreamMetadata,
        login: &UpstreamLogin,
        tokens: &UpstreamTokens,
    ) -> Result<UpstreamClaims, Failure> {
        let id_token = tokens.id_token.as_deref();
        let id_token = id_token.ok_or_else(|| untrue(provider, "there is no ID token"))?;
        let (claims, algorithm) = self.signed(tenant, provider, metadata, id_token).await?;
        let issuer = provider.issuer_of_tokens(&metadata.issuer, &claims);
        let demands = IdTokenDemands {
            issuer: &issuer,
            client_id: &provider.client_id,
            nonce: &login.nonce,
            max_age: login.max_age.map(Duration::from_secs),
            asked_at: Self::asked_at(login),
            now: self.clock.now(),
        };
        let checked = claims.check_id_token(&demands);
        checked.map_err(|error| untrue(provider, error))?;
        if !access_token_hash::fits(&claims, &algorithm, tokens.access_token.as_ref()) {
            return Err(untrue(provider, "at_hash is that of another access token").into());
        }
        Ok(claims)
    }

    /// Returns the claims and the algorithm of a JWT that a key of the provider signed, with an algorithm that the provider
    /// announces.
    pub(super) async fn signed(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        metadata: &UpstreamMetadata,
        jwt: &str,
    ) -> Result<(UpstreamClaims, String), Failure> {
        let verified = self.verified(tenant, provider, &metadata.keys, jwt).await?;
        let allowed = provider.check_algorithm(&verified.algorithm, &metadata.algorithms);
        allowed.map_err(|error| untrue(provider, error))?;
        let claims = self.upstreams.claims(&verified.payload);
        let malformed = || untrue(provider, "the payload is no JSON object");
        Ok((claims.ok_or_else(malformed)?, verified.algorithm))
    }

    /// Verifies the signature of a JWT. If the keys lack the one of the token, reads them again: the provider may have
    /// replaced its keys.
    async fn verified(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        url: &UpstreamUrl,
        jwt: &str,
    ) -> Result<UpstreamJwt, Failure> {
        let find = async |outdated| {
            let found = self
                .upstreams
                .keys(tenant.id, url, reach(provider), outdated);
            found.await.map_err(|error| unavailable(provider, &error))
        };
        let keys = find(None).await?;
        let verified = match self.jwts.verify(jwt, &keys) {
            Err(UnreadableAssertion::NoKey | UnreadableAssertion::Signature) => {
                let newer = find(Some(&keys)).await?;
                self.jwts.verify(jwt, &newer)
            }
            other => other,
        };
        Ok(verified.map_err(|error| untrue(provider, why(&error)))?)
    }

    /// Adds the claims of the userinfo endpoint. Its `sub` must be that of the ID token (OpenID Connect Core section
    /// 5.3.2).
    async fn all_claims(
        &self,
        provider: &UpstreamProvider,
        endpoints: &Endpoints,
        claims: UpstreamClaims,
        tokens: &UpstreamTokens,
    ) -> Result<UpstreamClaims, Failure> {
        let Some((url, token)) = endpoints
            .userinfo
            .as_ref()
            .zip(tokens.access_token.as_ref())
        else {
            return Ok(claims);
        };
        let userinfo = self.userinfo(provider, url, token).await?;
        if endpoints.metadata.is_some() && userinfo.text("sub") != claims.text("sub") {
            return Err(untrue(provider, "the userinfo response is about another user").into());
        }
        Ok(claims.with_userinfo(userinfo))
    }

    async fn userinfo(
        &self,
        provider: &UpstreamProvider,
        url: &UpstreamUrl,
        token: &Secret,
    ) -> Result<UpstreamClaims, Failure> {
        let read = self.upstreams.userinfo(url, token, reach(provider)).await;
        Ok(read.map_err(|error| unavailable(provider, &error))?)
    }
}

/// Checks the `iss` parameter of a response (RFC 9207 section 2.4). A provider that announces it must send it, also with
/// an error.
fn check_issuer(
    provider: &UpstreamProvider,
    metadata: Option<&UpstreamMetadata>,
    answer: &UpstreamAnswer,
) -> Result<(), Refusal> {
    let Some(metadata) = metadata else {
        return Ok(());
    };
    let is_right = match &answer.issuer {
        Some(issuer) => *issuer == metadata.issuer,
        None => !metadata.iss_in_response,
    };
    if is_right {
        Ok(())
    } else {
        Err(untrue(provider, "iss of the response is another issuer"))
    }
}

/// Returns why a JWT is not accepted.
const fn why(error: &UnreadableAssertion) -> &'static str {
    match error {
        UnreadableAssertion::Malformed => {
            "the token is not a JWT with an asymmetric algorithm and a known type"
        }
        UnreadableAssertion::NoKey => "no key of the provider has the kid and alg of the token",
        UnreadableAssertion::Signature => "the signature of the token is wrong",
    }
}
