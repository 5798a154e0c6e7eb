//! Client authentication in requests.

use crate::wire::error::RequestError;
use axum::http::{HeaderMap, HeaderValue, header};
use countersign_application::ClientEvidence;
pub(crate) use countersign_wire::client::OtherSchemes;
use countersign_wire::client::{ClientParameters, PresentedClient};

/// Returns whether the client used the header. The error then needs `WWW-Authenticate` (RFC 6749 section 5.2).
pub(crate) fn tried_the_header(headers: &HeaderMap, others: OtherSchemes) -> bool {
    values(headers).any(|value| others.is_attempt(value))
}

/// Returns the client credentials of a request to `endpoint`, from the header or the body.
pub(crate) fn client_evidence(
    headers: &HeaderMap,
    others: OtherSchemes,
    body: ClientParameters,
    endpoint: &'static str,
) -> Result<ClientEvidence, RequestError> {
    let PresentedClient { client_id, proof } =
        PresentedClient::read(values(headers), others, body)?;
    Ok(ClientEvidence {
        client_id,
        proof,
        endpoint,
    })
}

fn values(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let values = headers.get_all(header::AUTHORIZATION).iter();
    values.map(HeaderValue::as_bytes)
}
