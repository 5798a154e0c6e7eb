//! Client authentication in requests (RFC 6749 section 2.3.1, RFC 7521 section 4.2).

use crate::wire::error::RequestError;
use crate::wire::form;
use crate::wire::malformed::Malformed;
use crate::wire::parameters::given;
use axum::http::{HeaderMap, HeaderValue, header};
use base64ct::{Base64, Encoding as _};
use countersign_application::{ClientEvidence, PresentedAssertion, PresentedProof};
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;

/// How a dialect treats an `Authorization` header with a scheme other than Basic.
#[derive(Clone, Copy)]
pub(crate) enum OtherSchemes {
    /// The header is a failed client authentication.
    Refused,
    /// A bearer token is ignored, because some clients attach one to every request.
    BearerIgnored,
}

/// Returns whether the client used the header. The error then needs `WWW-Authenticate` (RFC 6749 section 5.2).
pub(crate) fn tried_the_header(headers: &HeaderMap, others: OtherSchemes) -> bool {
    attempts(headers, others).next().is_some()
}

/// Returns the `Authorization` headers that count as client authentication.
fn attempts(headers: &HeaderMap, others: OtherSchemes) -> impl Iterator<Item = &HeaderValue> {
    let is_bearer = |value: &HeaderValue| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
    };
    headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .filter(move |value| matches!(others, OtherSchemes::Refused) || !is_bearer(value))
}

/// Body parameters that identify and authenticate a client (RFC 6749 section 2.3.1, RFC 7521 section 4.2).
#[derive(Default)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the parameters"
)]
pub(crate) struct ClientParameters {
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<String>,
    pub(crate) client_assertion_type: Option<String>,
    pub(crate) client_assertion: Option<String>,
}

/// Returns the client credentials of a request to `endpoint`, from the header or the body. Only one authentication method
/// is allowed (RFC 6749 section 2.3), but the header and the body may repeat the same identifier and secret.
pub(crate) fn client_evidence(
    headers: &HeaderMap,
    others: OtherSchemes,
    body: ClientParameters,
    endpoint: &'static str,
) -> Result<ClientEvidence, RequestError> {
    let header = basic(headers, others)?;
    let (client_id, secret) = (given(body.client_id), given(body.client_secret));
    let (kind, text) = (
        given(body.client_assertion_type),
        given(body.client_assertion),
    );
    if text.is_some() && (header.is_some() || secret.is_some()) {
        return Err(Refusal::AuthenticationMethodAmbiguous.into());
    }
    let secret = secret.map(Secret::new);
    let (client_id, proof) = match (header, secret, kind, text) {
        (Some((id, in_header)), in_body, ..) => {
            if client_id.is_some_and(|in_body| in_body != id) {
                return Err(Malformed::ClientIdMismatch.into());
            }
            (Some(id), secret_proof(in_header, in_body)?)
        }
        (None, _, None, Some(_)) => return Err(Malformed::Missing("client_assertion_type").into()),
        (None, _, Some(_), None) => return Err(Malformed::Missing("client_assertion").into()),
        (None, _, Some(kind), Some(text)) => {
            let assertion = PresentedAssertion { kind, text };
            (client_id, PresentedProof::Assertion(assertion))
        }
        (None, secret, None, None) => {
            let client_id = client_id.ok_or(Malformed::Missing("client_id"))?;
            let post = secret.map(PresentedProof::Post);
            (Some(client_id), post.unwrap_or(PresentedProof::None))
        }
    };
    Ok(ClientEvidence {
        client_id,
        proof,
        endpoint,
    })
}

/// Returns the proof of a Basic header, and of a secret in the body that must be the same.
fn secret_proof(in_header: String, in_body: Option<Secret>) -> Result<PresentedProof, Refusal> {
    let is_empty = in_header.is_empty();
    let in_header = Secret::new(in_header);
    match in_body {
        None if is_empty => Ok(PresentedProof::None),
        None => Ok(PresentedProof::Basic(in_header)),
        Some(in_body) if in_body.digest().is(&in_header.digest()) => {
            Ok(PresentedProof::BasicAndPost(in_header))
        }
        Some(_) => Err(Refusal::AuthenticationMethodAmbiguous),
    }
}

/// Returns the identifier and the secret of a Basic header. Each part is form-encoded (RFC 6749 section 2.3.1).
fn basic(
    headers: &HeaderMap,
    others: OtherSchemes,
) -> Result<Option<(String, String)>, RequestError> {
    let mut values = attempts(headers, others);
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value,
        (Some(_), Some(_)) => return Err(Refusal::AuthenticationMethodAmbiguous.into()),
    };
    let value = value.to_str().map_err(|_| Malformed::BasicUnreadable)?;
    let (scheme, encoded) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Malformed::SchemeUnsupported.into());
    }
    let decoded = Base64::decode_vec(encoded.trim()).map_err(|_| Malformed::BasicUnreadable)?;
    let colon = decoded
        .iter()
        .position(|byte| *byte == b':')
        .ok_or(Malformed::BasicUnreadable)?;
    let (id, secret) = decoded.split_at(colon);
    let part = |bytes| form::decode(bytes).map_err(|_| Malformed::BasicUnreadable);
    Ok(Some((
        part(id)?,
        part(secret.get(1..).unwrap_or_default())?,
    )))
}

#[cfg(test)]
mod tests;
