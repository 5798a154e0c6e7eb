//! Maps errors to responses: the part that all dialects share.

mod description;
mod record;
mod unserved;

use crate::wire::malformed::Malformed;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use countersign_application::{CurrentRequest, Failure};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::{ErrorCode, Refusal};
use countersign_wire::malformed::MalformedRequest;
use countersign_wire::refused::{self, RequestRefused, basic_challenge};
use record::Broken;
pub use record::record_refusal;
use std::fmt::Debug;
use std::time::Duration;
pub(crate) use unserved::panicked;
pub use unserved::{not_allowed, not_found};

/// Reason why a request failed.
#[derive(Debug)]
pub enum RequestError {
    /// The request is malformed.
    Malformed(Malformed),
    /// The use case failed or refused.
    Failure(Failure),
}

impl From<Malformed> for RequestError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<MalformedRequest> for RequestError {
    fn from(malformed: MalformedRequest) -> Self {
        Self::Malformed(malformed.into())
    }
}

impl From<RequestRefused> for RequestError {
    fn from(refused: RequestRefused) -> Self {
        match refused {
            RequestRefused::Malformed(malformed) => malformed.into(),
            RequestRefused::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Failure> for RequestError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Refusal> for RequestError {
    fn from(refusal: Refusal) -> Self {
        Self::Failure(refusal.into())
    }
}

/// Error response before a dialect renders it.
pub struct Answer {
    /// Status code.
    pub status: StatusCode,
    /// Error code (RFC 6749 section 5.2).
    pub error: &'static str,
    /// `error_description`.
    pub description: String,
    /// Name of the rule, for the log and the metrics.
    rule: &'static str,
    /// Offending value, for the log only.
    evidence: Option<Evidence>,
    /// Name of the rule for the client, where the real name would reveal too much.
    public_rule: Option<&'static str>,
    /// Parameter that is wrong.
    pub field: Option<&'static str>,
    /// Headers such as `Retry-After`.
    pub headers: HeaderMap,
    /// Whether the refusal is an expected answer ([`Refusal::is_expected`]).
    is_expected: bool,
}

/// Realm of `WWW-Authenticate`.
const REALM: &str = "countersign";
const SOON: HeaderValue = HeaderValue::from_static("1");

impl Answer {
    /// Records the request in the log and the metrics.
    fn record(&self, endpoint: &'static str, client: Option<&str>, cause: &dyn Debug) {
        if self.is_expected {
            record::expected(endpoint, self.rule);
            return;
        }
        if let (Some(field), None) = (self.field, &self.evidence) {
            CurrentRequest::note_fact("parameter", field);
        }
        let broken = Broken {
            rule: self.rule,
            error: self.error,
            evidence: self.evidence.as_ref(),
            fault: self.status.is_server_error().then_some(cause),
        };
        broken.record(endpoint, client);
    }

    /// Returns the name of the rule that the client may see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.public_rule.unwrap_or(self.rule)
    }
}

/// Returns the public name of a rule. It must not reveal whether the client exists.
const fn public_rule(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::ClientUnknown(_) | Refusal::SecretWrong => Some("client_authentication_failed"),
        _ => None,
    }
}

impl RequestError {
    /// Builds the error response, and records the rule in the log and the metrics. `client` is the `client_id` of the
    /// request, if known.
    #[must_use]
    pub fn answer(
        &self,
        endpoint: &'static str,
        client: Option<&str>,
        tried_the_header: bool,
    ) -> Answer {
        let mut answer = self.unrecorded();
        if answer.status == StatusCode::UNAUTHORIZED && tried_the_header {
            let challenge = HeaderValue::try_from(basic_challenge(REALM)).ok();
            let challenge = challenge.map(|challenge| (header::WWW_AUTHENTICATE, challenge));
            answer.headers.extend(challenge);
        }
        answer.record(endpoint, client, self);
        answer
    }

    fn unrecorded(&self) -> Answer {
        let (failure, retry) = match self {
            Self::Malformed(malformed) => return of_malformed(*malformed),
            Self::Failure(Failure::Refused(refusal)) => {
                return Answer {
                    status: status(refusal.code()),
                    error: refusal.code().as_str(),
                    description: description::description(refusal),
                    rule: refusal.name(),
                    evidence: refusal.evidence().cloned(),
                    public_rule: public_rule(refusal),
                    field: None,
                    headers: HeaderMap::new(),
                    is_expected: refusal.is_expected(),
                };
            }
            Self::Failure(Failure::Store(_)) => ("store_unavailable", true),
            Self::Failure(Failure::Later) => ("later_fact", true),
            Self::Failure(Failure::Contended) => ("contended", true),
            Self::Failure(Failure::PasswordsBusy(_)) => ("passwords_busy", true),
            Self::Failure(Failure::TooManyAttempts(wait)) => {
                return of_impatience(
                    "too_many_attempts",
                    "too many attempts; try again after the time in Retry-After",
                    *wait,
                );
            }
            Self::Failure(Failure::TenantBusy(wait)) => {
                return of_impatience(
                    "tenant_requests",
                    "this tenant has too many requests; try again after the time in Retry-After",
                    *wait,
                );
            }
            Self::Failure(Failure::Signing(_)) => ("signing", false),
            Self::Failure(Failure::Unsealing) => ("unsealing", false),
        };
        of_fault(failure, retry)
    }
}

fn of_malformed(malformed: Malformed) -> Answer {
    let (status, error) = match malformed {
        Malformed::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "invalid_request"),
        Malformed::PathUnknown | Malformed::SessionUnknown => (StatusCode::NOT_FOUND, "not_found"),
        _ => (status(malformed.code()), malformed.code().as_str()),
    };
    Answer {
        status,
        error,
        description: malformed.to_string(),
        rule: malformed.rule(),
        evidence: None,
        public_rule: None,
        field: malformed.field(),
        headers: HeaderMap::new(),
        is_expected: false,
    }
}

/// Returns the response for a rate limit (RFC 6585 section 4).
fn of_impatience(rule: &'static str, description: &str, wait: Duration) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    Answer {
        status: StatusCode::TOO_MANY_REQUESTS,
        error: "temporarily_unavailable",
        description: description.to_owned(),
        rule,
        evidence: None,
        public_rule: None,
        field: None,
        headers,
        is_expected: false,
    }
}

/// Returns the response for a server error. Only the log contains the cause.
fn of_fault(rule: &'static str, retry: bool) -> Answer {
    let mut headers = HeaderMap::new();
    let (status, error, description) = if retry {
        headers.insert(header::RETRY_AFTER, SOON);
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "the server is temporarily unavailable; try again",
        )
    } else {
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "internal server error; see the server log",
        )
    };
    Answer {
        status,
        error,
        description: description.to_owned(),
        rule,
        evidence: None,
        public_rule: None,
        field: None,
        headers,
        is_expected: false,
    }
}

/// Returns the status of an error code.
fn status(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(refused::status(code)).unwrap_or(StatusCode::BAD_REQUEST)
}

#[cfg(test)]
mod tests;
