//! The error code of each rule.

use super::{ErrorCode, Refusal};

impl Refusal {
    /// Returns the error code of this rule (RFC 6749 sections 4.1.2.1 and 5.2).
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a rule, a line")]
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
            | R::WorkloadUnknown(_)
            | R::AssertionForAnotherAudience(_)
            | R::AssertionExpired(_)
            | R::AssertionNotYetValid(_)
            | R::AssertionReplayed => ErrorCode::InvalidClient,
            R::GrantTypeNotAllowed(_) => ErrorCode::UnauthorizedClient,
            R::ResponseTypeUnsupported(_) => ErrorCode::UnsupportedResponseType,
            R::RequestObjectUnsupported => ErrorCode::RequestNotSupported,
            R::RequestUriUnsupported => ErrorCode::RequestUriNotSupported,
            R::RegistrationUnsupported => ErrorCode::RegistrationNotSupported,
            R::ResourceNotAllowed(_) | R::ExchangeTargetNotAllowed(_) => ErrorCode::InvalidTarget,
            R::LoginRequired | R::AuthenticationStale => ErrorCode::LoginRequired,
            R::ConsentRequired => ErrorCode::ConsentRequired,
            R::AccountSelectionRequired => ErrorCode::AccountSelectionRequired,
            R::AcrNotReached => ErrorCode::UnmetAuthenticationRequirements,
            R::ConsentRefused
            | R::FactorsOff
            | R::FactorDemanded
            | R::FactorMissing
            | R::PermissionMissing(_)
            | R::ClientNotForAdministration => ErrorCode::AccessDenied,
            R::SecondFactorStale => ErrorCode::InsufficientUserAuthentication,
            R::AccessTokenUnknown
            | R::AccessTokenExpired
            | R::AccessTokenRevoked
            | R::AccessTokenWithoutOwner
            | R::AccessTokenForAnotherResource => ErrorCode::InvalidToken,
            R::OpenIdScopeMissing => ErrorCode::InsufficientScope,
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
            | R::AccessTooLong
            // RFC 8693 section 2.2.2.
            | R::TokenTypeUnsupported(_)
            | R::SubjectTokenInvalid(_)
            | R::ActorTokenInvalid(_)
            | R::PresentedTokenForAnotherAudience(_)
            | R::ExchangeNotAllowed(_)
            | R::ActorNotAllowed(_)
            | R::ActorRepeated(_)
            | R::ActorsTooMany
            | R::AuthenticationMethodAmbiguous => ErrorCode::InvalidRequest,
            R::DeviceCodeExpired => ErrorCode::ExpiredToken,
            R::AuthorizationPending => ErrorCode::AuthorizationPending,
            R::AuthorizationDenied => ErrorCode::AuthorizationDenied,
            R::SlowDown => ErrorCode::SlowDown,
            R::CodeUnknown
            | R::DeviceCodeUnknown
            | R::DeviceCodeOfAnotherClient(_)
            | R::UserCodeUnknown
            | R::UserCodeExpired
            | R::UserCodeUsed
            | R::CodeOfAnotherClient(_)
            | R::CodeExpired
            | R::CredentialExpired
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
            R::Custom(rule, _) => rule.code,
        }
    }
}
