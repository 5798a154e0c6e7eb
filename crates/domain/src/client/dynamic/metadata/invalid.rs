//! Reasons why metadata is refused.

use crate::client::redirect_uri::InvalidRedirectUri;
use crate::client::registration::InvalidRegistration;
use crate::refusal::ErrorCode;
use crate::scope::InvalidScope;
use core::fmt;

/// Reason why metadata is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidMetadata {
    /// A redirect URI is malformed.
    RedirectUri(InvalidRedirectUri),
    /// The policy of the tenant does not allow the host or scheme of a redirect URI.
    RedirectUriNotAllowed,
    /// The value of a member is malformed, not supported, or not allowed by the policy of the tenant.
    Member(&'static str, &'static str),
    /// The scope is malformed.
    Scope(InvalidScope),
    /// The client breaks a rule for all clients.
    Registration(InvalidRegistration),
}

impl InvalidMetadata {
    /// Returns the error code (RFC 7591 section 3.2.2).
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        use InvalidRegistration as Invalid;
        match self {
            Self::RedirectUri(_)
            | Self::RedirectUriNotAllowed
            | Self::Registration(
                Invalid::RedirectUriMissing
                | Invalid::RedirectUriWildcard
                | Invalid::RedirectUriOutsideDomains
                | Invalid::TooManyRedirectUris,
            ) => ErrorCode::InvalidRedirectUri,
            Self::Member(..) | Self::Scope(_) | Self::Registration(_) => {
                ErrorCode::InvalidClientMetadata
            }
        }
    }
}

impl fmt::Display for InvalidMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RedirectUri(reason) => reason.fmt(f),
            Self::RedirectUriNotAllowed => {
                f.write_str("this server does not allow the host or scheme of a redirect URI")
            }
            Self::Member(name, rule) => write!(f, "{name} {rule}"),
            Self::Scope(reason) => reason.fmt(f),
            Self::Registration(reason) => reason.fmt(f),
        }
    }
}

impl core::error::Error for InvalidMetadata {}

impl From<InvalidRegistration> for InvalidMetadata {
    fn from(reason: InvalidRegistration) -> Self {
        Self::Registration(reason)
    }
}
