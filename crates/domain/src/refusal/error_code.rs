//! OAuth error codes, and the code of each refusal.

use super::Refusal;

/// The error codes of RFC 6749 sections 4.1.2.1 and 5.2, and of the specifications built on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
        }
    }
}

impl Refusal {
    /// Returns the error code of this rule (RFC 6749 sections 4.1.2.1 and 5.2).
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table with a line for each rule")]
    pub const fn code(&self) -> ErrorCode {
        use Refusal as R;
        match self {
            R::ClientUnknown(_)
            | R::ClientDisabled
            | R::SecretMissing
            | R::SecretWrong
            | R::SecretExpired(_)
            | R::SecretUnexpected
            | R::AuthenticationMethodNotAllowed(_)
            | R::AssertionTypeUnsupported(_)
            | R::AssertionMalformed
            | R::AssertionKeyUnknown
            | R::AssertionSignatureWrong
            | R::KeysUnavailable(_)
            | R::AssertionOfAnotherClient(_)
            | R::AssertionForAnotherAudience(_)
            | R::AssertionExpired(_)
            | R::AssertionNotYetValid(_)
            | R::AssertionReplayed => ErrorCode::InvalidClient,
            R::GrantTypeNotAllowed(_) => ErrorCode::UnauthorizedClient,
            R::ResponseTypeUnsupported(_) => ErrorCode::UnsupportedResponseType,
            R::RequestObjectUnsupported => ErrorCode::RequestNotSupported,
            R::RequestUriUnsupported => ErrorCode::RequestUriNotSupported,
            R::RegistrationUnsupported => ErrorCode::RegistrationNotSupported,
            R::ResourceNotAllowed(_) => ErrorCode::InvalidTarget,
            R::LoginRequired | R::AuthenticationStale => ErrorCode::LoginRequired,
            R::ConsentRequired => ErrorCode::ConsentRequired,
            R::AccountSelectionRequired => ErrorCode::AccountSelectionRequired,
            R::AcrNotReached => ErrorCode::UnmetAuthenticationRequirements,
            R::ConsentRefused
            | R::FactorsOff
            | R::FactorDemanded
            | R::FactorMissing
            | R::PermissionMissing(_)
            | R::ClientNotForAdministration
            | R::RegistrationClosed => ErrorCode::AccessDenied,
            R::SecondFactorStale => ErrorCode::InsufficientUserAuthentication,
            R::AccessTokenUnknown
            | R::AccessTokenExpired
            | R::AccessTokenRevoked
            | R::AccessTokenWithoutOwner
            | R::AccessTokenForAnotherResource => ErrorCode::InvalidToken,
            R::OpenIdScopeMissing
            | R::InformationScopeMissing
            | R::SessionsScopeMissing
            | R::ManagementScopeMissing
            | R::ClientNotFirstParty => ErrorCode::InsufficientScope,
            R::ScopeMalformed | R::ScopeNotRegistered(_) | R::ScopeBeyondGrant(_) => {
                ErrorCode::InvalidScope
            }
            // A missing, malformed or unexpected verifier is an invalid request (OAuth 2.1 section 3.2.4). A wrong
            // verifier is an invalid grant (RFC 7636 section 4.6).
            R::RedirectUriNotRegistered(_)
            | R::RedirectUriOutsideDomains(_)
            | R::ResponseTypeMissing
            | R::ResponseModeUnsupported(_)
            | R::PromptUnknown(_)
            | R::PromptContradictory
            | R::MaxAgeMalformed(_)
            | R::ClaimsMalformed
            | R::IdTokenHintUnknown
            | R::IdTokenHintMissing
            | R::PostLogoutRedirectUriNotRegistered(_)
            | R::ChallengeMissing(_)
            | R::ChallengeMethodWithoutChallenge
            | R::ChallengeMalformed
            | R::ChallengeMethodNotAllowed(_)
            | R::RedirectUriMissing
            | R::VerifierMissing
            | R::VerifierMalformed
            | R::VerifierUnexpected
            | R::PasswordWeak(_)
            | R::EmailTaken
            | R::EmailMalformed
            | R::CountryMalformed
            | R::FactorPresent
            | R::AccessTooLong
            | R::AuthenticationMethodAmbiguous
            | R::PasskeyRefused => ErrorCode::InvalidRequest,
            R::CodeUnknown
            | R::CodeOfAnotherClient(_)
            | R::CodeExpired
            | R::RedirectUriMismatch(_)
            | R::VerifierMismatch
            | R::CodeReplayed
            | R::RefreshTokenUnknown
            | R::RefreshTokenOfAnotherClient(_)
            | R::GrantUnknown
            | R::GrantMismatch
            | R::GrantRevoked
            | R::GrantExpired
            | R::RefreshTokenReplayed
            | R::LoginFailed
            | R::LoginStepUnknown
            | R::LoginStepExpired
            | R::LoginStepUsed
            | R::OneTimeCodeWrong
            | R::OneTimeCodesExhausted
            | R::UserDisabled
            | R::UserMismatch
            | R::PasswordChanged
            | R::SessionEnded
            | R::LoginEnded => ErrorCode::InvalidGrant,
        }
    }
}
