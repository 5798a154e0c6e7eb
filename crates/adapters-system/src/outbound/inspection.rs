//! Requests to this server's own URL, as its clients send them.

use super::exchange::{failed, is_refusal, may_be_tried, parse, read};
use super::networks::Reach;
use super::settings::ClientSettings;
use countersign_domain::time::Timestamp;
use countersign_ports::OutboundError;
use reqwest::Response;
use reqwest::header::DATE;
use reqwest::tls::TlsInfo;
use std::error::Error;
use std::io;
use url::Url;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Response of a server, and what it shows about the way to the server.
pub struct Inspected {
    /// Status code.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
    /// Header `Date`, if the server sends one.
    pub date: Option<String>,
    /// Time at which the certificate of the server expires; `None` without TLS.
    pub certificate_expires_at: Option<Timestamp>,
    /// Whether the host has only addresses in private, loopback or other special networks.
    pub is_private: bool,
}

/// Reason why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum NotInspected {
    /// The client or the server rejected the TLS handshake, for example because a certificate has expired.
    #[error("the TLS handshake failed: {0}")]
    Tls(String),
    /// Another reason.
    #[error(transparent)]
    Other(OutboundError),
}

/// Sends a GET request. If the host is in a private network, sends it there.
pub(super) async fn inspect(
    settings: &ClientSettings,
    url: &str,
    limit: usize,
) -> Result<Inspected, NotInspected> {
    let url = parse(url).map_err(NotInspected::Other)?;
    match inspect_within(settings, Reach::Public, &url, limit).await {
        Err(NotInspected::Other(OutboundError::PrivateNetwork { .. })) => {}
        outcome => return outcome,
    }
    let inspected = inspect_within(settings, Reach::Private, &url, limit).await?;
    Ok(Inspected {
        is_private: true,
        ..inspected
    })
}

async fn inspect_within(
    settings: &ClientSettings,
    reach: Reach,
    url: &Url,
    limit: usize,
) -> Result<Inspected, NotInspected> {
    let refused = || {
        NotInspected::Other(OutboundError::PrivateNetwork {
            host: url.host_str().unwrap_or_default().to_owned(),
            purpose: "this request",
        })
    };
    if !may_be_tried(url, reach) {
        return Err(refused());
    }
    let other = |error| NotInspected::Other(failed(error));
    let client = settings.inspecting_client(reach).map_err(other)?;
    let response = match client.get(url.clone()).send().await {
        Ok(response) => response,
        Err(error) if is_refusal(&error) => return Err(refused()),
        Err(error) => {
            let tls = rejected(&error).map(NotInspected::Tls);
            return Err(tls.unwrap_or_else(|| other(error)));
        }
    };
    let date = response.headers().get(DATE);
    Ok(Inspected {
        status: response.status().as_u16(),
        date: date.and_then(|date| date.to_str().ok()).map(str::to_owned),
        certificate_expires_at: certificate_end(&response),
        is_private: false,
        body: read(response, limit).await.map_err(NotInspected::Other)?,
    })
}

/// Returns the reason why the TLS handshake failed, if it did.
fn rejected(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls.to_string());
        }
        cause = match error.downcast_ref::<io::Error>() {
            // The source of an I/O error is not the error in it, but the source of that error.
            Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}

fn certificate_end(response: &Response) -> Option<Timestamp> {
    let info = response.extensions().get::<TlsInfo>()?;
    let (_, certificate) = X509Certificate::from_der(info.peer_certificate()?).ok()?;
    let end = certificate.validity().not_after.timestamp();
    Some(Timestamp::from_unix_seconds(end.try_into().ok()?))
}
