//! HTTP client of upstream providers.

mod claims;
mod metadata;
#[cfg(test)]
mod tests;

use crate::key_sets::{Documents, key_set};
use countersign_domain::client::Jwks;
use countersign_domain::federation::account::ListedEmail;
use countersign_domain::federation::claims::UpstreamClaims;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    NoKeySet, Outbound, OutboundContent, OutboundPurpose, OutboundRequest, UpstreamError,
    UpstreamFuture, UpstreamMetadata, UpstreamReach, UpstreamTokenRequest, UpstreamTokens,
    Upstreams,
};
use serde::Deserialize;
use std::sync::Arc;

/// Requests to upstream providers through the outbound client. Discovery documents and keys are cached.
pub struct HttpUpstreams {
    outbound: Arc<dyn Outbound>,
    public: Cached,
    private: Cached,
}

/// Cached documents of the providers with one reach.
struct Cached {
    metadata: Documents<UpstreamMetadata>,
    keys: Documents<Jwks>,
}

impl Cached {
    fn new(outbound: &Arc<dyn Outbound>, reach: UpstreamReach) -> Self {
        let read = match reach {
            UpstreamReach::Public => metadata::public,
            UpstreamReach::Private => metadata::private,
        };
        Self {
            metadata: Documents::new(outbound.clone(), purpose(reach), read),
            keys: Documents::new(outbound.clone(), purpose(reach), key_set),
        }
    }
}

const fn purpose(reach: UpstreamReach) -> OutboundPurpose {
    match reach {
        UpstreamReach::Public => OutboundPurpose::UpstreamProvider,
        UpstreamReach::Private => OutboundPurpose::PrivateUpstreamProvider,
    }
}

/// Names of what sends a response, for errors.
const DISCOVERY: &str = "discovery document";
const KEYS: &str = "key set";
const TOKEN: &str = "token endpoint";
const USERINFO: &str = "userinfo endpoint";
const EMAILS: &str = "emails endpoint";

impl HttpUpstreams {
    /// Creates a client with empty caches.
    pub fn new(outbound: Arc<dyn Outbound>) -> Self {
        Self {
            public: Cached::new(&outbound, UpstreamReach::Public),
            private: Cached::new(&outbound, UpstreamReach::Private),
            outbound,
        }
    }

    const fn cached(&self, reach: UpstreamReach) -> &Cached {
        match reach {
            UpstreamReach::Public => &self.public,
            UpstreamReach::Private => &self.private,
        }
    }

    async fn send(
        &self,
        url: &UpstreamUrl,
        reach: UpstreamReach,
        authorization: Option<String>,
        form: Option<Vec<(&'static str, String)>>,
    ) -> Result<(u16, Vec<u8>), UpstreamError> {
        // GitHub responds with a form unless a request asks for JSON.
        let accept = ("accept", "application/json".to_owned());
        let authorization = authorization.map(|value| ("authorization", value));
        let request = OutboundRequest {
            purpose: purpose(reach),
            url: url.as_str().to_owned(),
            content: OutboundContent::Fetch {
                headers: [accept].into_iter().chain(authorization).collect(),
                form,
            },
        };
        let response = self.outbound.send(request).await;
        let response = response.map_err(UpstreamError::of)?;
        Ok((response.status, response.body))
    }

    async fn read_with<T>(
        &self,
        (name, url): (&'static str, &UpstreamUrl),
        access_token: &Secret,
        reach: UpstreamReach,
        read: impl FnOnce(&[u8]) -> Option<T> + Send,
    ) -> Result<T, UpstreamError> {
        let bearer = format!("Bearer {}", access_token.expose_secret());
        let (status, body) = self.send(url, reach, Some(bearer), None).await?;
        if status != 200 {
            return Err(UpstreamError::Status(name, status));
        }
        read(&body).ok_or(UpstreamError::Malformed(name, "the JSON is another one"))
    }
}

/// Members of a token response, successful or not (RFC 6749 sections 5.1 and 5.2). GitHub sends errors with the status
/// 200.
#[derive(Deserialize)]
struct TokenResponse {
    access_token: Option<String>,
    id_token: Option<String>,
    error: Option<String>,
}

fn tokens(status: u16, body: &[u8]) -> Result<UpstreamTokens, UpstreamError> {
    let response: Option<TokenResponse> = serde_json::from_slice(body).ok();
    let error = response.as_ref().and_then(|own| own.error.as_deref());
    if let Some(error) = error {
        let is_code = |character: char| character.is_ascii_graphic();
        let code = error.chars().filter(|own| is_code(*own)).take(64).collect();
        return Err(UpstreamError::Rejected(TOKEN, code));
    }
    if status != 200 {
        return Err(UpstreamError::Status(TOKEN, status));
    }
    let malformed = UpstreamError::Malformed(TOKEN, "the response is no token response");
    let response = response.ok_or(malformed)?;
    Ok(UpstreamTokens {
        access_token: response.access_token.map(Secret::new),
        id_token: response.id_token,
    })
}

impl Upstreams for HttpUpstreams {
    fn discover<'a>(
        &'a self,
        tenant: TenantId,
        issuer: &'a UpstreamUrl,
        reach: UpstreamReach,
    ) -> UpstreamFuture<'a, Arc<UpstreamMetadata>> {
        Box::pin(async move {
            let issuer = issuer.as_str();
            // OpenID Connect Discovery section 4.1.
            let base = issuer.strip_suffix('/').unwrap_or(issuer);
            let url = format!("{base}/.well-known/openid-configuration");
            let log = |error: &NoKeySet| log(issuer, DISCOVERY, error);
            let found = self.cached(reach).metadata.find(tenant, &url, None, log);
            let found = found.await;
            found.map_err(|error| UpstreamError::of_document(DISCOVERY, error))
        })
    }

    fn keys<'a>(
        &'a self,
        tenant: TenantId,
        url: &'a UpstreamUrl,
        reach: UpstreamReach,
        outdated: Option<&'a Arc<Jwks>>,
    ) -> UpstreamFuture<'a, Arc<Jwks>> {
        Box::pin(async move {
            let url = url.as_str();
            let log = |error: &NoKeySet| log(url, KEYS, error);
            let found = self.cached(reach).keys.find(tenant, url, outdated, log);
            let found = found.await;
            found.map_err(|error| UpstreamError::of_document(KEYS, error))
        })
    }

    fn redeem(&self, request: UpstreamTokenRequest) -> UpstreamFuture<'_, UpstreamTokens> {
        Box::pin(async move {
            let authorization = request.authorization.as_ref();
            let authorization = authorization.map(|value| value.expose_secret().to_owned());
            let (endpoint, form) = (&request.endpoint, Some(request.form));
            let sent = self.send(endpoint, request.reach, authorization, form);
            let (status, body) = sent.await?;
            tokens(status, &body)
        })
    }

    fn userinfo<'a>(
        &'a self,
        url: &'a UpstreamUrl,
        access_token: &'a Secret,
        reach: UpstreamReach,
    ) -> UpstreamFuture<'a, UpstreamClaims> {
        Box::pin(self.read_with((USERINFO, url), access_token, reach, claims::read))
    }

    fn emails<'a>(
        &'a self,
        url: &'a UpstreamUrl,
        access_token: &'a Secret,
        reach: UpstreamReach,
    ) -> UpstreamFuture<'a, Vec<ListedEmail>> {
        Box::pin(self.read_with((EMAILS, url), access_token, reach, claims::emails))
    }

    fn claims(&self, payload: &[u8]) -> Option<UpstreamClaims> {
        claims::read(payload)
    }
}

fn log(url: &str, document: &str, error: &NoKeySet) {
    let host = url::Url::parse(url).ok();
    let host = host.as_ref().and_then(url::Url::host_str);
    tracing::warn!(
        event = "upstream_provider_failed",
        host,
        document,
        error = %error,
        "a document of an upstream provider cannot be fetched"
    );
}
