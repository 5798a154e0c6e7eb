//! Settings of outbound requests.

use super::networks::Reach;
use super::resolver::GuardedNames;
use countersign_domain::secret::Secret;
use countersign_ports::OutboundPurpose;
use reqwest::dns::Resolve;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Proxy};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Settings of [`HttpOutbound`](super::HttpOutbound).
#[derive(Clone, Debug)]
pub struct OutboundSettings {
    /// Purposes whose requests may reach private networks: loopback, private use, shared, unique local and benchmarking
    /// addresses. Link-local and other special addresses are always blocked.
    pub private_networks: Vec<OutboundPurpose>,
    /// URL of an HTTP proxy, possibly with user and password.
    pub proxy: Option<Secret>,
    /// Certificate authorities to trust in addition to those of the system: the content of a PEM file.
    pub ca_certificates: Option<Vec<u8>>,
    /// Timeout of a request, from name resolution to the last byte of the response.
    pub timeout: Duration,
    /// Maximum length of a response body, in bytes.
    pub max_response_bytes: usize,
    /// `User-Agent` of the requests.
    pub user_agent: String,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            private_networks: Vec::new(),
            proxy: None,
            ca_certificates: None,
            timeout: Duration::from_secs(5),
            max_response_bytes: 1024 * 1024,
            user_agent: concat!("countersign/", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}

/// Invalid outbound settings. The error does not repeat them, because they may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOutboundSettings {
    /// See [`OutboundSettings::proxy`].
    #[error(
        "the proxy must be an http or https URL without a path, such as http://proxy.example.org:3128"
    )]
    Proxy,
    /// See [`OutboundSettings::ca_certificates`].
    #[error("the file with certificate authorities must contain valid PEM certificates")]
    CaCertificates,
}

/// Settings converted to the types of the HTTP library.
pub(super) struct ClientSettings {
    proxy: Option<Proxy>,
    certificates: Vec<Certificate>,
    connect_timeout: Duration,
    user_agent: String,
    names: Arc<dyn Resolve>,
}

impl ClientSettings {
    pub(super) fn new(
        settings: OutboundSettings,
        names: Arc<dyn Resolve>,
    ) -> Result<Self, InvalidOutboundSettings> {
        let proxy = settings
            .proxy
            .map(|url| proxy(url.expose_secret()))
            .transpose()?;
        let certificates = settings.ca_certificates.map(|pem| certificates(&pem));
        Ok(Self {
            proxy,
            certificates: certificates.transpose()?.unwrap_or_default(),
            // Leaves time to try another address if one does not respond.
            connect_timeout: settings.timeout.saturating_mul(4) / 5,
            user_agent: settings.user_agent,
            names,
        })
    }

    pub(super) fn has_certificates(&self) -> bool {
        !self.certificates.is_empty()
    }

    /// Creates a client that connects only to networks within `reach`, or to the proxy.
    pub(super) fn client(&self, reach: Reach) -> reqwest::Result<Client> {
        self.builder(reach).build()
    }

    /// Creates a client like [`Self::client`] whose responses have the certificate of the server.
    pub(super) fn inspecting_client(&self, reach: Reach) -> reqwest::Result<Client> {
        self.builder(reach).tls_info(true).build()
    }

    fn builder(&self, reach: Reach) -> ClientBuilder {
        let builder = Client::builder()
            .user_agent(&self.user_agent)
            .connect_timeout(self.connect_timeout)
            // No connection reuse: each request must resolve and check its host.
            .pool_max_idle_per_host(0)
            .redirect(Policy::none())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .tls_certs_merge(self.certificates.clone())
            .no_proxy();
        let names = self.names.clone();
        match &self.proxy {
            // This resolves only the name of the proxy, which may be in a private network.
            Some(proxy) => builder.proxy(proxy.clone()).dns_resolver(names),
            None => builder.dns_resolver(GuardedNames { names, reach }),
        }
    }
}

fn proxy(url: &str) -> Result<Proxy, InvalidOutboundSettings> {
    let invalid = InvalidOutboundSettings::Proxy;
    let url = Url::parse(url).map_err(|_| invalid)?;
    let is_http = matches!(url.scheme(), "http" | "https");
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_http && is_bare {
        Proxy::all(url).map_err(|_| invalid)
    } else {
        Err(invalid)
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, InvalidOutboundSettings> {
    match Certificate::from_pem_bundle(pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(InvalidOutboundSettings::CaCertificates),
    }
}
