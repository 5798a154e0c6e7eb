//! Sign-in at upstream providers.
//!
//! A sign-in leaves for the provider with `state`, `nonce` and a PKCE code challenge ([`Federation::depart`]). The
//! browser keeps the interaction sealed, and the store keeps it under the `state`, which works once. The response must
//! come to the redirect URI of the same provider, in the same browser. [`Federation::arrive`] checks it and returns the
//! user as the provider describes them. `accounts` decides which account that is.

mod access_token_hash;
mod accounts;
mod answer;
mod arrival;
mod client_authentication;
mod departure;
mod identities;
mod logout;
mod logout_there;
mod own;
mod profile;
mod providers;

pub(crate) use accounts::{Account, sign_in_of};
pub use answer::UpstreamAnswer;
pub use departure::{Departure, UpstreamHints};
pub use logout_there::LogoutThere;
pub use providers::OfferedProvider;

use crate::admin::users::UserAdmin;
use crate::app::App;
use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::refusals;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::evidence::Evidence;
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::protocol::UpstreamProtocol;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_ports::{
    Clock, Entropy, UpstreamError, UpstreamJwts, UpstreamMetadata, UpstreamReach, Upstreams, Vault,
};
use std::fmt::Display;
use std::sync::Arc;

/// Use cases of sign-ins at upstream providers.
pub struct Federation<A: App> {
    /// Identities, users and expiring values.
    pub store: Arc<A::Store>,
    /// Providers, groups and resource servers.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Creates and changes users.
    pub users: UserAdmin<A>,
    /// Sends requests to providers.
    pub upstreams: Arc<dyn Upstreams>,
    /// Verifies tokens of providers.
    pub jwts: Arc<dyn UpstreamJwts>,
    /// Signs assertions of this server as a client.
    pub signer: Arc<A::Signer>,
    /// Unseals client secrets.
    pub vault: Arc<dyn Vault>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of `state`, `nonce` and code verifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// Endpoints of a provider.
struct Endpoints {
    authorization: UpstreamUrl,
    token: UpstreamUrl,
    userinfo: Option<UpstreamUrl>,
    emails: Option<UpstreamUrl>,
    /// Discovery document of an OpenID Connect provider.
    metadata: Option<Arc<UpstreamMetadata>>,
}

/// Returns the redirect URI of a provider. Each has its own, so that the response of one cannot pass for that of another
/// (RFC 9700 section 4.4.2).
fn redirect_uri(tenant: &Tenant, provider: &UpstreamProvider) -> String {
    format!("{}/rp/callback/{}", tenant.issuer, provider.name)
}

const fn reach(provider: &UpstreamProvider) -> UpstreamReach {
    UpstreamReach::of(provider.allow_private_network)
}

impl<A: App> Federation<A> {
    /// Returns the endpoints of a provider.
    async fn endpoints(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
    ) -> Result<Endpoints, Failure> {
        let issuer = match &provider.protocol {
            UpstreamProtocol::OAuth2(own) => {
                return Ok(Endpoints {
                    authorization: own.authorization.clone(),
                    token: own.token.clone(),
                    userinfo: Some(own.userinfo.clone()),
                    emails: own.emails.clone(),
                    metadata: None,
                });
            }
            UpstreamProtocol::OpenIdConnect { issuer } => issuer,
        };
        let metadata = self.metadata(tenant, provider, issuer).await?;
        Ok(Endpoints {
            authorization: metadata.authorization.clone(),
            token: metadata.token.clone(),
            userinfo: metadata
                .userinfo
                .clone()
                .filter(|_| uses_userinfo(provider)),
            emails: None,
            metadata: Some(metadata),
        })
    }

    /// Returns the discovery document of a provider with this issuer.
    async fn metadata(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        issuer: &UpstreamUrl,
    ) -> Result<Arc<UpstreamMetadata>, Failure> {
        let metadata = self.upstreams.discover(tenant.id, issuer, reach(provider));
        let metadata = metadata
            .await
            .map_err(|error| unavailable(provider, &error))?;
        if provider.announces(issuer.as_str(), &metadata.issuer) {
            Ok(metadata)
        } else {
            Err(untrue(provider, "the discovery document has another issuer").into())
        }
    }

    /// Returns 256 random bits as text.
    fn random_text(&self) -> String {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        Base64UrlUnpadded::encode_string(&bytes)
    }
}

/// Returns whether the userinfo endpoint has claims that ID tokens of the provider lack. Microsoft's is that of another
/// API.
fn uses_userinfo(provider: &UpstreamProvider) -> bool {
    provider.preset != Some(Preset::Microsoft)
}

/// Returns the refusal for a provider that gives no usable response.
fn unavailable(provider: &UpstreamProvider, error: &UpstreamError) -> Refusal {
    tracing::warn!(
        event = "upstream_provider_failed",
        provider = provider.name.as_str(),
        %error,
        "an upstream provider gave no usable response"
    );
    with_evidence(&refusals::UPSTREAM_UNAVAILABLE, &provider.name, error)
}

/// Returns the refusal for a provider whose response is not true.
fn untrue(provider: &UpstreamProvider, what: impl Display) -> Refusal {
    tracing::warn!(
        event = "upstream_provider_untrue",
        provider = provider.name.as_str(),
        reason = %what,
        "the response of an upstream provider cannot be trusted"
    );
    with_evidence(&refusals::UPSTREAM_UNTRUE, &provider.name, what)
}

/// Returns a refusal whose evidence names the provider.
fn with_evidence(refusal: &Refusal, provider: impl Display, what: impl Display) -> Refusal {
    match refusal {
        Refusal::Custom(rule, _) => {
            let evidence = Evidence::of(format_args!("{provider}: {what}"));
            Refusal::Custom(rule, Some(evidence))
        }
        other => other.clone(),
    }
}
