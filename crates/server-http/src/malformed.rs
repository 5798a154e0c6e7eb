//! What can be wrong with a request before any rule of OAuth is asked.

use countersign_domain::refusal::ErrorCode;

/// A fault in the form of a request. One variant per rule, as with
/// [`Refusal`](countersign_domain::refusal::Refusal).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("the content type must be {0}")]
    ContentType(&'static str),
    #[error("the body is larger than 64 KiB")]
    BodyTooLarge,
    #[error("the body did not arrive in time or was cut off")]
    BodyIncomplete,
    #[error("the body holds a percent sign that two hexadecimal digits do not follow")]
    PercentEncoding,
    #[error("the body is not UTF-8")]
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
    #[error("client_id in the body is not the one in the Authorization header")]
    ClientIdMismatch,
    #[error("the Authorization header is not valid HTTP Basic authentication")]
    BasicUnreadable,
    #[error("clients authenticate by HTTP Basic or in the body, not by this authorization scheme")]
    SchemeUnsupported,
    #[error("verification_code must have six digits")]
    OneTimeCodeFormat,
    #[error("this endpoint takes POST alone")]
    NotPost,
    #[error(
        "this page was opened in another browser or too long ago, or the browser keeps no cookies"
    )]
    InteractionUnknown,
    #[error("this form was opened in another browser, or the browser keeps no cookies")]
    FormOfAnotherBrowser,
    #[error("this form was sent by a page of another site")]
    FormOfAnotherSite,
    #[error("this endpoint takes GET and POST alone")]
    NotGetOrPost,
    #[error("there is no access token in the Authorization header or in a form")]
    AccessTokenMissing,
    #[error("more than one access token was sent; use one")]
    TwoAccessTokens,
    #[error("the Authorization header holds no readable access token")]
    BearerUnreadable,
}

impl Malformed {
    /// The error code of RFC 6749 section 5.2.
    pub(crate) const fn code(self) -> ErrorCode {
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
            | Self::NotGetOrPost
            | Self::TwoAccessTokens
            | Self::BearerUnreadable
            | Self::NotPost
            | Self::InteractionUnknown
            | Self::FormOfAnotherBrowser
            | Self::FormOfAnotherSite => ErrorCode::InvalidRequest,
        }
    }

    /// The name of the rule.
    pub(crate) const fn rule(self) -> &'static str {
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
            Self::NotPost => "not_post",
            Self::InteractionUnknown => "interaction_unknown",
            Self::FormOfAnotherBrowser => "form_of_another_browser",
            Self::FormOfAnotherSite => "form_of_another_site",
            Self::NotGetOrPost => "not_get_or_post",
            Self::AccessTokenMissing => "access_token_missing",
            Self::TwoAccessTokens => "two_access_tokens",
            Self::BearerUnreadable => "bearer_unreadable",
        }
    }

    /// The parameter at fault, if it is one.
    pub(crate) const fn field(self) -> Option<&'static str> {
        match self {
            Self::NotString(name) | Self::Repeated(name) | Self::Missing(name) => Some(name),
            Self::GrantTypeUnsupported => Some("grant_type"),
            Self::OneTimeCodeFormat => Some("verification_code"),
            Self::ClientIdMismatch => Some("client_id"),
            _ => None,
        }
    }
}
