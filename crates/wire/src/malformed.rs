//! Errors in the form of a request, found before any OAuth rule is checked.

use core::fmt;
use countersign_domain::refusal::ErrorCode;

/// An error in the form of a request. Each variant is one rule, as in
/// [`Refusal`](countersign_domain::refusal::Refusal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MalformedRequest {
    /// A percent sign without two hexadecimal digits.
    PercentEncoding,
    /// A name or value that is not UTF-8.
    NotUtf8,
    /// A parameter that was sent twice (RFC 6749 section 3.2).
    Repeated(&'static str),
    /// A parameter that is missing or empty.
    Missing(&'static str),
    /// A `grant_type` that the server does not support.
    GrantTypeUnsupported,
    /// A `client_id` in the body that differs from the one in the header.
    ClientIdMismatch,
    /// An `Authorization` header that is not valid HTTP Basic authentication (RFC 7617).
    BasicUnreadable,
    /// An `Authorization` header with a scheme other than Basic.
    SchemeUnsupported,
}

impl MalformedRequest {
    /// Returns the error code (RFC 6749 section 5.2).
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::GrantTypeUnsupported => ErrorCode::UnsupportedGrantType,
            Self::BasicUnreadable | Self::SchemeUnsupported => ErrorCode::InvalidClient,
            Self::PercentEncoding
            | Self::NotUtf8
            | Self::Repeated(_)
            | Self::Missing(_)
            | Self::ClientIdMismatch => ErrorCode::InvalidRequest,
        }
    }

    /// Returns the name of the rule.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::PercentEncoding => "percent_encoding",
            Self::NotUtf8 => "not_utf8",
            Self::Repeated(_) => "repeated",
            Self::Missing(_) => "missing",
            Self::GrantTypeUnsupported => "grant_type_unsupported",
            Self::ClientIdMismatch => "client_id_mismatch",
            Self::BasicUnreadable => "basic_unreadable",
            Self::SchemeUnsupported => "scheme_unsupported",
        }
    }

    /// Returns the name of the offending parameter, if there is one.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::Repeated(name) | Self::Missing(name) => Some(name),
            Self::GrantTypeUnsupported => Some("grant_type"),
            Self::ClientIdMismatch => Some("client_id"),
            _ => None,
        }
    }
}

impl fmt::Display for MalformedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PercentEncoding => {
                "the body has a percent sign without two hexadecimal digits after it"
            }
            Self::NotUtf8 => "the body is not valid UTF-8",
            Self::Repeated(name) => return write!(f, "{name} was sent more than once"),
            Self::Missing(name) => return write!(f, "{name} is missing"),
            Self::GrantTypeUnsupported => "this grant type is not supported",
            Self::ClientIdMismatch => {
                "client_id in the body differs from the one in the Authorization header"
            }
            Self::BasicUnreadable => {
                "the Authorization header is not valid HTTP Basic authentication"
            }
            Self::SchemeUnsupported => {
                "this authorization scheme is not supported; use HTTP Basic or the request body"
            }
        })
    }
}

impl core::error::Error for MalformedRequest {}
