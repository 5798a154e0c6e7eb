//! Errors in the form of a request, found before any OAuth rule is checked.

use countersign_domain::refusal::ErrorCode;

/// An error in the form of a request. Each variant is one rule, as in
/// [`Refusal`](countersign_domain::refusal::Refusal).
#[expect(missing_docs, reason = "the text of each variant says it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the content type must be {0}")]
    ContentType(&'static str),
    #[error("the body is larger than 64 KiB")]
    BodyTooLarge,
    #[error("the body was incomplete or did not arrive in time; try again")]
    BodyIncomplete,
    #[error("the body has a percent sign without two hexadecimal digits after it")]
    PercentEncoding,
    #[error("the body is not valid UTF-8")]
    NotUtf8,
    #[error("the body is not a JSON object")]
    NotJsonObject,
    #[error("{0} must be a string")]
    NotString(&'static str),
    #[error("{0} was sent more than once")]
    Repeated(&'static str),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("this grant type is not supported")]
    GrantTypeUnsupported,
    #[error("client_id in the body differs from the one in the Authorization header")]
    ClientIdMismatch,
    #[error("the Authorization header is not valid HTTP Basic authentication")]
    BasicUnreadable,
    #[error("this authorization scheme is not supported; use HTTP Basic or the request body")]
    SchemeUnsupported,
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
    #[error("the form was sent from another site")]
    FormOfAnotherSite,
    #[error("the access token is missing; send it in the Authorization header or in a form")]
    AccessTokenMissing,
    #[error("more than one access token was sent; send one")]
    TwoAccessTokens,
    #[error("the Authorization header does not contain a valid bearer token")]
    BearerUnreadable,
}

impl Malformed {
    /// Returns the error code (RFC 6749 section 5.2).
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::GrantTypeUnsupported => ErrorCode::UnsupportedGrantType,
            Self::AccessTokenMissing => ErrorCode::InvalidToken,
            Self::BasicUnreadable | Self::SchemeUnsupported => ErrorCode::InvalidClient,
            Self::ContentType(_)
            | Self::BodyTooLarge
            | Self::BodyIncomplete
            | Self::PercentEncoding
            | Self::NotUtf8
            | Self::NotJsonObject
            | Self::NotString(_)
            | Self::Repeated(_)
            | Self::Missing(_)
            | Self::ClientIdMismatch
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
            | Self::FormOfAnotherSite => ErrorCode::InvalidRequest,
        }
    }

    /// Returns the name of the rule.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::ContentType(_) => "content_type",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyIncomplete => "body_incomplete",
            Self::PercentEncoding => "percent_encoding",
            Self::NotUtf8 => "not_utf8",
            Self::NotJsonObject => "not_json_object",
            Self::NotString(_) => "not_string",
            Self::Repeated(_) => "repeated",
            Self::Missing(_) => "missing",
            Self::GrantTypeUnsupported => "grant_type_unsupported",
            Self::ClientIdMismatch => "client_id_mismatch",
            Self::BasicUnreadable => "basic_unreadable",
            Self::SchemeUnsupported => "scheme_unsupported",
            Self::OneTimeCodeFormat => "one_time_code_format",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::PathUnknown => "path_unknown",
            Self::SessionUnknown => "session_unknown",
            Self::SessionCurrent => "session_current",
            Self::HostInvalid => "host_invalid",
            Self::InteractionUnknown => "interaction_unknown",
            Self::FormOfAnotherBrowser => "form_of_another_browser",
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
            Self::NotString(name) | Self::Repeated(name) | Self::Missing(name) => Some(name),
            Self::GrantTypeUnsupported => Some("grant_type"),
            Self::OneTimeCodeFormat => Some("verification_code"),
            Self::ClientIdMismatch => Some("client_id"),
            _ => None,
        }
    }
}
