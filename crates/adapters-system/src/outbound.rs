//! HTTP requests to URLs from clients and operators, with protection against server-side request forgery (SSRF).

mod exchange;
mod inspection;
mod networks;
mod resolver;
mod settings;
#[cfg(test)]
mod tests;

pub use inspection::{Inspected, NotInspected};
pub use settings::{InvalidOutboundSettings, OutboundSettings};

use countersign_ports::{
    Outbound, OutboundContent, OutboundError, OutboundPurpose, OutboundRequest, OutboundResponse,
};
use exchange::{failed, is_refusal, may_be_tried, parse, read};
use networks::Reach;
use reqwest::dns::Resolve;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder};
use resolver::SystemNames;
use settings::ClientSettings;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// HTTP client for back-channel logout, webhooks and all other URLs from clients and operators.
///
/// Without a proxy, the client resolves a host once per request and connects to one of the checked addresses. A proxy
/// resolves names itself and must block private networks itself. The client checks only IP addresses and `localhost`
/// before it sends a request to a proxy.
///
/// The client follows no redirects, keeps no cookies and no connections, and does not decompress. It ignores the
/// environment variables for proxies.
pub struct HttpOutbound {
    settings: ClientSettings,
    private_networks: Vec<OutboundPurpose>,
    timeout: Duration,
    max_response_bytes: usize,
    public: OnceCell<Client>,
    private: OnceCell<Client>,
}

impl HttpOutbound {
    /// Validates the settings and creates a client.
    pub fn new(settings: OutboundSettings) -> Result<Self, InvalidOutboundSettings> {
        Self::with_names(settings, Arc::new(SystemNames))
    }

    fn with_names(
        settings: OutboundSettings,
        names: Arc<dyn Resolve>,
    ) -> Result<Self, InvalidOutboundSettings> {
        let (private_networks, timeout) = (settings.private_networks.clone(), settings.timeout);
        let max_response_bytes = settings.max_response_bytes;
        let settings = ClientSettings::new(settings, names)?;
        let public = OnceCell::new();
        if settings.has_certificates() {
            // Reports an invalid certificate now. Without certificates, the first request builds the client. Building
            // fails on a machine without certificate authorities, which must still be able to run the server.
            let client = settings.client(Reach::Public);
            let client = client.map_err(|_| InvalidOutboundSettings::CaCertificates)?;
            // The cell was empty.
            let _ = public.set(client);
        }
        Ok(Self {
            settings,
            private_networks,
            timeout,
            max_response_bytes,
            public,
            private: OnceCell::new(),
        })
    }

    fn reach(&self, purpose: OutboundPurpose) -> Reach {
        let is_allowed = purpose == OutboundPurpose::PrivateUpstreamProvider;
        if is_allowed || self.private_networks.contains(&purpose) {
            Reach::Private
        } else {
            Reach::Public
        }
    }

    async fn client(&self, reach: Reach) -> Result<&Client, OutboundError> {
        let cell = match reach {
            Reach::Public => &self.public,
            Reach::Private => &self.private,
        };
        cell.get_or_try_init(async || self.settings.client(reach))
            .await
            .map_err(failed)
    }

    async fn exchange(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let reach = self.reach(request.purpose);
        let url = parse(&request.url)?;
        let refused = OutboundError::PrivateNetwork {
            host: url.host_str().unwrap_or_default().to_owned(),
            purpose: request.purpose.as_str(),
        };
        if !may_be_tried(&url, reach) {
            return Err(refused);
        }
        let client = self.client(reach).await?;
        let reads_body = !matches!(request.content, OutboundContent::Json { .. });
        let builder = match request.content {
            OutboundContent::None => client.get(url),
            OutboundContent::Form(fields) => client.post(url).form(&fields),
            OutboundContent::Fetch { headers, form } => {
                let request = match form {
                    None => client.get(url),
                    Some(fields) => client.post(url).form(&fields),
                };
                with(request, headers)
            }
            OutboundContent::Json { headers, body } => {
                let post = client.post(url).header(CONTENT_TYPE, "application/json");
                with(post, headers).body(body)
            }
        };
        // The service adds made-up lines, so that the length of the response does not reveal the range.
        let builder = if request.purpose == OutboundPurpose::BreachedPasswords {
            builder.header("add-padding", "true")
        } else {
            builder
        };
        let response = match builder.send().await {
            Ok(response) => response,
            Err(error) if is_refusal(&error) => return Err(refused),
            Err(error) if error.is_builder() => return Err(OutboundError::Url),
            Err(error) => return Err(failed(error)),
        };
        Ok(OutboundResponse {
            status: response.status().as_u16(),
            body: if reads_body {
                read(response, self.max_response_bytes).await?
            } else {
                Vec::new()
            },
        })
    }
}

fn with(request: RequestBuilder, headers: Vec<(&'static str, String)>) -> RequestBuilder {
    let add = |request: RequestBuilder, (name, value)| request.header(name, value);
    headers.into_iter().fold(request, add)
}

impl HttpOutbound {
    /// Sends a GET request to a URL of this server, as its clients do. If it is in a private network, sends it there:
    /// the operator chose the URL.
    pub async fn inspect(&self, url: &str) -> Result<Inspected, NotInspected> {
        let inspect = inspection::inspect(&self.settings, url, self.max_response_bytes);
        let inspected = timeout(self.timeout, inspect).await;
        inspected.unwrap_or(Err(NotInspected::Other(OutboundError::Timeout)))
    }
}

impl Outbound for HttpOutbound {
    fn send<'a>(
        &'a self,
        request: OutboundRequest,
    ) -> Pin<Box<dyn Future<Output = Result<OutboundResponse, OutboundError>> + Send + 'a>> {
        Box::pin(async move {
            let exchange = timeout(self.timeout, self.exchange(request));
            exchange.await.unwrap_or(Err(OutboundError::Timeout))
        })
    }
}
