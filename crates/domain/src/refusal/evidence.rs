//! The evidence of a refusal, and where the server may report it.

use super::Refusal;
use crate::evidence::Evidence;

impl Refusal {
    /// Returns the value that broke the rule, if the rule is about a value.
    #[must_use]
    pub const fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::ClientUnknown(evidence)
            | Self::SecretExpired(evidence)
            | Self::GrantTypeNotAllowed(evidence)
            | Self::ResponseTypeUnsupported(evidence)
            | Self::PromptUnknown(evidence)
            | Self::MaxAgeMalformed(evidence)
            | Self::ResponseModeUnsupported(evidence)
            | Self::ResourceNotAllowed(evidence)
            | Self::RedirectUriNotRegistered(evidence)
            | Self::PostLogoutRedirectUriNotRegistered(evidence)
            | Self::RedirectUriOutsideDomains(evidence)
            | Self::ScopeNotRegistered(evidence)
            | Self::ChallengeMethodNotAllowed(evidence)
            | Self::CodeOfAnotherClient(evidence)
            | Self::DeviceCodeOfAnotherClient(evidence)
            | Self::RedirectUriMismatch(evidence)
            | Self::RefreshTokenOfAnotherClient(evidence)
            | Self::ScopeBeyondGrant(evidence)
            | Self::TokenTypeUnsupported(evidence)
            | Self::SubjectTokenInvalid(evidence)
            | Self::ActorTokenInvalid(evidence)
            | Self::PresentedTokenForAnotherAudience(evidence)
            | Self::ExchangeNotAllowed(evidence)
            | Self::ExchangeTargetNotAllowed(evidence)
            | Self::ActorNotAllowed(evidence)
            | Self::ActorRepeated(evidence)
            | Self::AuthenticationMethodNotAllowed(evidence)
            | Self::AssertionTypeUnsupported(evidence)
            | Self::KeysUnavailable(evidence)
            | Self::AssertionOfAnotherClient(evidence)
            | Self::WorkloadUnknown(evidence)
            | Self::AssertionForAnotherAudience(evidence)
            | Self::AssertionExpired(evidence)
            | Self::AssertionNotYetValid(evidence)
            | Self::PermissionMissing(evidence) => Some(evidence),
            Self::Custom(_, evidence) => evidence.as_ref(),
            _ => None,
        }
    }

    /// Returns whether the refusal is an expected answer: a device polls until the user has answered (RFC 8628 section
    /// 3.5). It is no event, and not worth a line in the log.
    #[must_use]
    pub const fn is_expected(&self) -> bool {
        matches!(self, Self::AuthorizationPending | Self::SlowDown)
    }

    /// Returns whether the server may report the refusal to the client by a redirect (RFC 6749 section 4.1.2.1). It may
    /// not until it has verified the client and the redirect URI. It shows the resource owner an error page instead.
    ///
    /// The list contains the refusals of the checks after those two. Any other refusal must not be redirected.
    #[must_use]
    pub const fn may_be_redirected(&self) -> bool {
        matches!(
            self,
            Self::GrantTypeNotAllowed(_)
                | Self::ResponseTypeUnsupported(_)
                | Self::ResponseTypeMissing
                | Self::ResponseModeUnsupported(_)
                | Self::RequestObjectUnsupported
                | Self::RequestUriUnsupported
                | Self::RegistrationUnsupported
                | Self::PromptUnknown(_)
                | Self::PromptContradictory
                | Self::MaxAgeMalformed(_)
                | Self::ClaimsMalformed
                | Self::IdTokenHintUnknown
                | Self::ResourceNotAllowed(_)
                | Self::AccessTooLong
                | Self::ScopeMalformed
                | Self::ScopeNotRegistered(_)
                | Self::ChallengeMissing(_)
                | Self::ChallengeMalformed
                | Self::ChallengeMethodNotAllowed(_)
                | Self::ChallengeMethodWithoutChallenge
                | Self::LoginRequired
                | Self::ConsentRequired
                | Self::ConsentRefused
                | Self::AccountSelectionRequired
                | Self::AcrNotReached
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Refusal as R;

    #[test]
    fn only_refusals_after_check_of_redirect_uri_are_redirected() {
        for rule in [R::ScopeMalformed, R::LoginRequired, R::PromptContradictory] {
            assert!(rule.may_be_redirected(), "{rule:?}");
        }
        let other = Evidence::of("x");
        for rule in [
            R::ClientUnknown(other.clone()),
            R::ClientDisabled,
            R::RedirectUriNotRegistered(other.clone()),
            R::RedirectUriOutsideDomains(other),
            // Rules of other endpoints.
            R::SecretWrong,
            R::CodeExpired,
            R::AccessTokenRevoked,
            R::UserMismatch,
        ] {
            assert!(!rule.may_be_redirected(), "{rule:?}");
        }
    }
}
