//! Errors in the form of a request, found before any OAuth rule is checked.

use countersign_domain::refusal::ErrorCode;
use countersign_wire::malformed::MalformedRequest;

/// An error in the form of a request. Each variant is one rule, as in
/// [`Refusal`](countersign_domain::refusal::Refusal).
#[expect(missing_docs, reason = "the text of each variant says it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("{0}")]
    Request(MalformedRequest),
    #[error("the content type must be {0}")]
    ContentType(&'static str),
    #[error("the body is larger than 64 KiB")]
    BodyTooLarge,
    #[error("the body was incomplete or did not arrive in time; try again")]
    BodyIncomplete,
    #[error("the body is not a JSON object")]
    NotJsonObject,
    #[error("{0} must be a string")]
    NotString(&'static str),
    #[error("verification_code must have six digits")]
    OneTimeCodeFormat,
    #[error("this method is not allowed here; see the Allow header")]
    MethodNotAllowed,
    #[error("this path does not exist")]
    PathUnknown,
    #[error("the session does not exist")]
    SessionUnknown,
    #[error("the current session cannot be revoked here; sign out instead")]
    SessionCurrent,
    #[error("an HTTP/1.1 request must have exactly one valid Host header")]
    HostInvalid,
    #[error("the page has expired, was opened in another browser, or cookies are disabled")]
    InteractionUnknown,
    #[error("the form was opened in another browser, or cookies are disabled")]
    FormOfAnotherBrowser,
    #[error("the form was opened in another session")]
    FormOfAnotherSession,
    #[error("the form was sent from another site")]
    FormOfAnotherSite,
    #[error("the access token is missing; send it in the Authorization header or in a form")]
    AccessTokenMissing,
    #[error("more than one access token was sent; send one")]
    TwoAccessTokens,
    #[error("the Authorization header does not contain a valid bearer token")]
    BearerUnreadable,
}

impl From<MalformedRequest> for Malformed {
    fn from(request: MalformedRequest) -> Self {
        Self::Request(request)
    }
}

impl Malformed {
    /// Returns the error code (RFC 6749 section 5.2).
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Request(request) => request.code(),
            Self::AccessTokenMissing => ErrorCode::InvalidToken,
            Self::ContentType(_)
            | Self::BodyTooLarge
            | Self::BodyIncomplete
            | Self::NotJsonObject
            | Self::NotString(_)
            | Self::OneTimeCodeFormat
            | Self::TwoAccessTokens
            | Self::BearerUnreadable
            | Self::MethodNotAllowed
            | Self::PathUnknown
            | Self::SessionUnknown
            | Self::SessionCurrent
            | Self::HostInvalid
            | Self::InteractionUnknown
            | Self::FormOfAnotherBrowser
            | Self::FormOfAnotherSession
            | Self::FormOfAnotherSite => ErrorCode::InvalidRequest,
        }
    }

    /// Returns the name of the rule.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Request(request) => request.rule(),
            Self::ContentType(_) => "content_type",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyIncomplete => "body_incomplete",
            Self::NotJsonObject => "not_json_object",
            Self::NotString(_) => "not_string",
            Self::OneTimeCodeFormat => "one_time_code_format",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::PathUnknown => "path_unknown",
            Self::SessionUnknown => "session_unknown",
            Self::SessionCurrent => "session_current",
            Self::HostInvalid => "host_invalid",
            Self::InteractionUnknown => "interaction_unknown",
            Self::FormOfAnotherBrowser => "form_of_another_browser",
            Self::FormOfAnotherSession => "form_of_another_session",
            Self::FormOfAnotherSite => "form_of_another_site",
            Self::AccessTokenMissing => "access_token_missing",
            Self::TwoAccessTokens => "two_access_tokens",
            Self::BearerUnreadable => "bearer_unreadable",
        }
    }

    /// Returns the name of the offending parameter, if there is one.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::Request(request) => request.field(),
            Self::NotString(name) => Some(name),
            Self::OneTimeCodeFormat => Some("verification_code"),
            _ => None,
        }
    }
}
