//! Error responses: status, challenge and members.

use crate::malformed::MalformedRequest;
use crate::value::Value;
use alloc::format;
use alloc::string::{String, ToString as _};
use countersign_domain::refusal::{ErrorCode, Refusal};

/// Reason why a request gets an error response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestRefused {
    /// The request is malformed.
    Malformed(MalformedRequest),
    /// The request breaks a rule.
    Refused(Refusal),
}

impl From<MalformedRequest> for RequestRefused {
    fn from(malformed: MalformedRequest) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<Refusal> for RequestRefused {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl RequestRefused {
    /// Returns the error code: the member `error` of the response (RFC 6749 section 5.2).
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed(malformed) => malformed.code(),
            Self::Refused(refusal) => refusal.code(),
        }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        status(self.code())
    }

    /// Returns `WWW-Authenticate`. The response needs it if the client tried to authenticate with the `Authorization`
    /// header and failed.
    #[must_use]
    pub fn challenge(&self, realm: &str, tried_the_header: bool) -> Option<String> {
        (self.status() == 401 && tried_the_header).then(|| basic_challenge(realm))
    }

    /// Returns the member `error_description`. It contains no value of the request.
    #[must_use]
    pub fn description(&self) -> String {
        match self {
            Self::Malformed(malformed) => malformed.to_string(),
            Self::Refused(refusal) => refusal.to_string(),
        }
    }
}

/// Returns the members of an error response (RFC 6749 section 5.2).
pub fn members<'a>(
    error: &'static str,
    description: &'a str,
) -> impl Iterator<Item = (&'a str, Value<'a>)> {
    let error = ("error", Value::Text(error));
    [error, ("error_description", Value::Text(description))].into_iter()
}

/// Returns the HTTP status of an error code: RFC 6749 section 5.2, and RFC 6750 section 3.1 for access tokens.
#[must_use]
pub const fn status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::InvalidClient
        | ErrorCode::InvalidToken
        | ErrorCode::InsufficientUserAuthentication => 401,
        ErrorCode::InsufficientScope | ErrorCode::AccessDenied => 403,
        _ => 400,
    }
}

/// Returns `WWW-Authenticate` for a client that tried to authenticate with the `Authorization` header and failed
/// (RFC 6749 section 5.2, RFC 7617 section 2). `realm` must not contain a quotation mark.
#[must_use]
pub fn basic_challenge(realm: &str) -> String {
    format!("Basic realm=\"{realm}\", charset=\"UTF-8\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_authentication_is_401_and_other_refusals_400() {
        for (refused, expected) in [
            (Refusal::SecretWrong.into(), 401),
            (MalformedRequest::SchemeUnsupported.into(), 401),
            (Refusal::AccessTokenExpired.into(), 401),
            (Refusal::ConsentRefused.into(), 403),
            (Refusal::CodeExpired.into(), 400),
            (MalformedRequest::Missing("code").into(), 400),
        ] {
            let refused: RequestRefused = refused;
            assert_eq!(status(refused.code()), expected, "{refused:?}");
        }
    }

    #[test]
    fn basic_challenge_names_realm_and_charset() {
        let challenge = basic_challenge("countersign");
        assert_eq!(challenge, "Basic realm=\"countersign\", charset=\"UTF-8\"");
    }
}
