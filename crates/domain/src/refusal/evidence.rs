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
            | Self::RedirectUriMismatch(evidence)
            | Self::RefreshTokenOfAnotherClient(evidence)
            | Self::ScopeBeyondGrant(evidence)
            | Self::AuthenticationMethodNotAllowed(evidence)
            | Self::AssertionTypeUnsupported(evidence)
            | Self::KeysUnavailable(evidence)
            | Self::AssertionOfAnotherClient(evidence)
            | Self::AssertionForAnotherAudience(evidence)
            | Self::AssertionExpired(evidence)
            | Self::AssertionNotYetValid(evidence)
            | Self::PermissionMissing(evidence) => Some(evidence),
            _ => None,
        }
    }

    /// Returns whether the server may report the refusal to the client by a redirect (RFC 6749 section 4.1.2.1). It may
    /// not until it has verified the client and the redirect URI. It shows the resource owner an error page instead.
    #[must_use]
    pub const fn may_be_redirected(&self) -> bool {
        !matches!(
            self,
            Self::ClientUnknown(_)
                | Self::ClientDisabled
                | Self::RedirectUriNotRegistered(_)
                | Self::RedirectUriOutsideDomains(_)
                | Self::IdTokenHintMissing
                | Self::PostLogoutRedirectUriNotRegistered(_)
        )
    }
}
