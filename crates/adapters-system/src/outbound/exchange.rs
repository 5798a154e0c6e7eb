//! Parts of an exchange: the checks of a URL, the errors, and the body of a response.

use super::networks::Reach;
use super::resolver::Refused;
use countersign_ports::OutboundError;
use reqwest::Response;
use std::error::Error as _;
use url::{Host, Url};

pub(super) fn parse(url: &str) -> Result<Url, OutboundError> {
    let url = Url::parse(url).map_err(|_| OutboundError::Url)?;
    let is_http = matches!(url.scheme(), "http" | "https");
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if is_http && url.has_host() && !has_credentials {
        Ok(url)
    } else {
        Err(OutboundError::Url)
    }
}

/// Checks a URL before name resolution. The URL parser has normalized addresses such as `0x7f.1` and `2130706433`.
pub(super) fn may_be_tried(url: &Url, reach: Reach) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => reach.allows(address.into()),
        Some(Host::Ipv6(address)) => reach.allows(address.into()),
        // A proxy might resolve `localhost` (RFC 6761 section 6.3).
        Some(Host::Domain(name)) => reach == Reach::Private || !is_localhost(name),
        None => false,
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// Returns whether the resolver found only blocked addresses.
pub(super) fn is_refusal(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<Refused>() {
            return true;
        }
        cause = error.source();
    }
    false
}

pub(super) fn failed(error: reqwest::Error) -> OutboundError {
    if error.is_timeout() {
        OutboundError::Timeout
    } else {
        OutboundError::Failed(Box::new(error.without_url()))
    }
}

pub(super) async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, OutboundError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(failed)? {
        if piece.len() > limit.saturating_sub(body.len()) {
            return Err(OutboundError::TooLarge(limit));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
