//! OAuth error codes.

/// The error codes of RFC 6749 sections 4.1.2.1 and 5.2, and of the specifications built on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The request is malformed.
    InvalidRequest,
    /// Client authentication failed.
    InvalidClient,
    /// The code, refresh token or login is not valid.
    InvalidGrant,
    /// The client may not use this grant type.
    UnauthorizedClient,
    /// The server does not know this grant type.
    UnsupportedGrantType,
    /// The server does not know this response type.
    UnsupportedResponseType,
    /// The scope is malformed or exceeds what is allowed.
    InvalidScope,
    /// A resource is not allowed (RFC 8707 section 2).
    InvalidTarget,
    /// The access token is invalid, expired or revoked (RFC 6750 section 3.1).
    InvalidToken,
    /// The access token lacks a required scope (RFC 6750 section 3.1).
    InsufficientScope,
    /// The operator must sign in again, with two factors (RFC 9470 section 3).
    InsufficientUserAuthentication,
    /// The resource owner or the server denied the request.
    AccessDenied,
    /// The user must sign in (OpenID Connect Core section 3.1.2.6).
    LoginRequired,
    /// The user must consent (OpenID Connect Core section 3.1.2.6).
    ConsentRequired,
    /// The user must select an account (OpenID Connect Core section 3.1.2.6).
    AccountSelectionRequired,
    /// The `request` parameter is not supported (OpenID Connect Core section 3.1.2.6).
    RequestNotSupported,
    /// The `request_uri` parameter is not supported (OpenID Connect Core section 3.1.2.6).
    RequestUriNotSupported,
    /// The `registration` parameter is not supported (OpenID Connect Core section 3.1.2.6).
    RegistrationNotSupported,
    /// The sign-in does not meet the requirements of the request (OpenID Connect Core Error Code
    /// `unmet_authentication_requirements` 1.0).
    UnmetAuthenticationRequirements,
    /// A redirect URI of a registration is invalid (RFC 7591 section 3.2.2).
    InvalidRedirectUri,
    /// The metadata of a registration is invalid (RFC 7591 section 3.2.2).
    InvalidClientMetadata,
    /// The user has not answered the request of a device yet (RFC 8628 section 3.5).
    AuthorizationPending,
    /// The user denied the request of a device (RFC 8628 section 3.5). Unlike [`ErrorCode::AccessDenied`], it is an error of
    /// the token endpoint.
    AuthorizationDenied,
    /// A device polls too fast (RFC 8628 section 3.5).
    SlowDown,
    /// The device code has expired (RFC 8628 section 3.5).
    ExpiredToken,
    /// A code that this crate does not use, such as `interaction_required`.
    Custom(&'static str),
}

impl ErrorCode {
    /// Returns the value of the `error` parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::AccessDenied | Self::AuthorizationDenied => "access_denied",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::Custom(code) => code,
        }
    }
}
