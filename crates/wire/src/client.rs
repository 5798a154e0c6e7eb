//! Client authentication in requests (RFC 6749 section 2.3.1, RFC 7521 section 4.2).

use crate::form;
use crate::malformed::MalformedRequest;
use crate::parameters::given;
use crate::refused::RequestRefused;
use alloc::string::String;
use base64ct::{Base64, Encoding as _};
use countersign_domain::client::presented::{PresentedAssertion, PresentedProof};
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;

/// How an endpoint treats an `Authorization` header with a scheme other than Basic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherSchemes {
    /// The header is a failed client authentication.
    Refused,
    /// A bearer token is ignored, because some clients attach one to every request.
    BearerIgnored,
}

impl OtherSchemes {
    /// Returns whether an `Authorization` header counts as client authentication. An error then needs
    /// `WWW-Authenticate` (RFC 6749 section 5.2).
    #[must_use]
    pub fn is_attempt(self, value: &[u8]) -> bool {
        let scheme = value.split(|byte| *byte == b' ').next();
        let is_bearer = scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"));
        self == Self::Refused || !is_bearer
    }
}

/// Body parameters that identify and authenticate a client (RFC 6749 section 2.3.1, RFC 7521 section 4.2).
#[derive(Default)]
pub struct ClientParameters {
    /// `client_id`.
    pub client_id: Option<String>,
    /// `client_secret`.
    pub client_secret: Option<String>,
    /// `client_assertion_type`.
    pub client_assertion_type: Option<String>,
    /// `client_assertion`.
    pub client_assertion: Option<String>,
}

/// Client identifier and credentials of a request.
#[derive(Clone, Debug)]
pub struct PresentedClient {
    /// `client_id`. May be absent if an assertion names the client (RFC 7521 section 4.2).
    pub client_id: Option<String>,
    /// Credentials, by the way they were sent.
    pub proof: PresentedProof,
}

impl PresentedClient {
    /// Reads the credentials from the values of all `Authorization` headers, or from the body. Only one authentication
    /// method is allowed (RFC 6749 section 2.3), but header and body may repeat the same identifier and secret.
    pub fn read<'a>(
        headers: impl Iterator<Item = &'a [u8]>,
        others: OtherSchemes,
        body: ClientParameters,
    ) -> Result<Self, RequestRefused> {
        let header = basic(headers.filter(|value| others.is_attempt(value)))?;
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
                    return Err(MalformedRequest::ClientIdMismatch.into());
                }
                (Some(id), secret_proof(in_header, in_body)?)
            }
            (None, _, None, Some(_)) => {
                return Err(MalformedRequest::Missing("client_assertion_type").into());
            }
            (None, _, Some(_), None) => {
                return Err(MalformedRequest::Missing("client_assertion").into());
            }
            (None, _, Some(kind), Some(text)) => {
                let assertion = PresentedAssertion { kind, text };
                (client_id, PresentedProof::Assertion(assertion))
            }
            (None, secret, None, None) => {
                let client_id = client_id.ok_or(MalformedRequest::Missing("client_id"))?;
                let post = secret.map(PresentedProof::Post);
                (Some(client_id), post.unwrap_or(PresentedProof::None))
            }
        };
        Ok(Self { client_id, proof })
    }
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
fn basic<'a>(
    mut attempts: impl Iterator<Item = &'a [u8]>,
) -> Result<Option<(String, String)>, RequestRefused> {
    let value = match (attempts.next(), attempts.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value,
        (Some(_), Some(_)) => return Err(Refusal::AuthenticationMethodAmbiguous.into()),
    };
    let unreadable = MalformedRequest::BasicUnreadable;
    let value = str::from_utf8(value).ok().filter(|text| text.is_ascii());
    let value = value.ok_or(unreadable)?;
    let (scheme, encoded) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(MalformedRequest::SchemeUnsupported.into());
    }
    let decoded = Base64::decode_vec(encoded.trim()).map_err(|_| unreadable)?;
    let colon = decoded.iter().position(|byte| *byte == b':');
    let (id, secret) = decoded.split_at(colon.ok_or(unreadable)?);
    let part = |bytes| form::decode(bytes).map_err(|_| unreadable);
    Ok(Some((
        part(id)?,
        part(secret.get(1..).unwrap_or_default())?,
    )))
}

#[cfg(test)]
mod tests;
