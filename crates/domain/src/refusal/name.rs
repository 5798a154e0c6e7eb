//! The name of each rule.

use super::Refusal;
use crate::client::MissingChallenge;
use crate::evidence::Evidence;
use crate::login::weakness::Weakness;

/// Declares the name of each rule. `match` has no wildcard, so a rule without a name does not compile.
macro_rules! names {
    ($($variant:ident $(($value:expr))? = $name:literal),+ $(,)?) => {
        impl Refusal {
            /// Returns the name of the rule, for logs and metrics. It never changes.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)+
                    Self::Custom(rule, _) => rule.name,
                }
            }

            /// Returns a refusal by the rule with this name, without the value that broke it. Returns `None` for an
            /// unknown name and that of a [`CustomRule`](super::CustomRule).
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant $(($value))?),)+
                    _ => None,
                }
            }

            /// Names of all rules of this crate.
            pub const NAMES: &[&str] = &[$($name),+];
        }
    };
}

names! {
    ClientUnknown(Evidence::of("")) = "client_unknown",
    ClientDisabled = "client_disabled",
    SecretMissing = "secret_missing",
    SecretWrong = "secret_wrong",
    SecretExpired(Evidence::of("")) = "secret_expired",
    SecretUnexpected = "secret_unexpected",
    AuthenticationMethodNotAllowed(Evidence::of("")) = "authentication_method_not_allowed",
    AuthenticationMethodAmbiguous = "authentication_method_ambiguous",
    AssertionTypeUnsupported(Evidence::of("")) = "assertion_type_unsupported",
    AssertionMalformed = "assertion_malformed",
    AssertionKeyUnknown = "assertion_key_unknown",
    AssertionSignatureWrong = "assertion_signature_wrong",
    AssertionOfAnotherClient(Evidence::of("")) = "assertion_of_another_client",
    WorkloadUnknown(Evidence::of("")) = "workload_unknown",
    AssertionForAnotherAudience(Evidence::of("")) = "assertion_for_another_audience",
    AssertionExpired(Evidence::of("")) = "assertion_expired",
    AssertionNotYetValid(Evidence::of("")) = "assertion_not_yet_valid",
    KeysUnavailable(Evidence::of("")) = "keys_unavailable",
    AssertionReplayed = "assertion_replayed",
    GrantTypeNotAllowed(Evidence::of("")) = "grant_type_not_allowed",
    ResponseTypeUnsupported(Evidence::of("")) = "response_type_unsupported",
    ResponseTypeMissing = "response_type_missing",
    RequestObjectUnsupported = "request_object_unsupported",
    RequestUriUnsupported = "request_uri_unsupported",
    RegistrationUnsupported = "registration_unsupported",
    PromptUnknown(Evidence::of("")) = "prompt_unknown",
    PromptContradictory = "prompt_contradictory",
    MaxAgeMalformed(Evidence::of("")) = "max_age_malformed",
    ResponseModeUnsupported(Evidence::of("")) = "response_mode_unsupported",
    ClaimsMalformed = "claims_malformed",
    IdTokenHintMissing = "id_token_hint_missing",
    PostLogoutRedirectUriNotRegistered(Evidence::of("")) = "post_logout_redirect_uri_not_registered",
    IdTokenHintUnknown = "id_token_hint_unknown",
    ResourceNotAllowed(Evidence::of("")) = "resource_not_allowed",
    LoginRequired = "login_required",
    ConsentRequired = "consent_required",
    AccountSelectionRequired = "account_selection_required",
    AcrNotReached = "acr_not_reached",
    ConsentRefused = "consent_refused",
    RedirectUriNotRegistered(Evidence::of("")) = "redirect_uri_not_registered",
    RedirectUriOutsideDomains(Evidence::of("")) = "redirect_uri_outside_domains",
    ScopeMalformed = "scope_malformed",
    ScopeNotRegistered(Evidence::of("")) = "scope_not_registered",
    ChallengeMissing(MissingChallenge::NoAlternative) = "challenge_missing",
    ChallengeMethodWithoutChallenge = "challenge_method_without_challenge",
    ChallengeMalformed = "challenge_malformed",
    ChallengeMethodNotAllowed(Evidence::of("")) = "challenge_method_not_allowed",
    AccessTooLong = "access_too_long",
    CodeUnknown = "code_unknown",
    CodeOfAnotherClient(Evidence::of("")) = "code_of_another_client",
    CodeExpired = "code_expired",
    CredentialExpired = "credential_expired",
    RedirectUriMissing = "redirect_uri_missing",
    RedirectUriMismatch(Evidence::of("")) = "redirect_uri_mismatch",
    VerifierMissing = "verifier_missing",
    VerifierMalformed = "verifier_malformed",
    VerifierMismatch = "verifier_mismatch",
    VerifierUnexpected = "verifier_unexpected",
    CodeReplayed = "code_replayed",
    DeviceCodeUnknown = "device_code_unknown",
    DeviceCodeOfAnotherClient(Evidence::of("")) = "device_code_of_another_client",
    DeviceCodeExpired = "device_code_expired",
    AuthorizationPending = "authorization_pending",
    AuthorizationDenied = "authorization_denied",
    SlowDown = "slow_down",
    UserCodeUnknown = "user_code_unknown",
    UserCodeExpired = "user_code_expired",
    UserCodeUsed = "user_code_used",
    RefreshTokenUnknown = "refresh_token_unknown",
    RefreshTokenOfAnotherClient(Evidence::of("")) = "refresh_token_of_another_client",
    GrantUnknown = "grant_unknown",
    GrantMismatch = "grant_mismatch",
    GrantRevoked = "grant_revoked",
    GrantExpired = "grant_expired",
    RefreshTokenReplayed = "refresh_token_replayed",
    ScopeBeyondGrant(Evidence::of("")) = "scope_beyond_grant",
    AccessTokenUnknown = "access_token_unknown",
    AccessTokenExpired = "access_token_expired",
    AccessTokenRevoked = "access_token_revoked",
    AccessTokenWithoutOwner = "access_token_without_owner",
    AccessTokenForAnotherResource = "access_token_for_another_resource",
    OpenIdScopeMissing = "open_id_scope_missing",
    TokenTypeUnsupported(Evidence::of("")) = "token_type_unsupported",
    SubjectTokenInvalid(Evidence::of("")) = "subject_token_invalid",
    ActorTokenInvalid(Evidence::of("")) = "actor_token_invalid",
    PresentedTokenForAnotherAudience(Evidence::of("")) = "presented_token_for_another_audience",
    ExchangeNotAllowed(Evidence::of("")) = "exchange_not_allowed",
    ExchangeTargetNotAllowed(Evidence::of("")) = "exchange_target_not_allowed",
    ActorNotAllowed(Evidence::of("")) = "actor_not_allowed",
    ActorRepeated(Evidence::of("")) = "actor_repeated",
    ActorsTooMany = "actors_too_many",
    LoginFailed = "login_failed",
    LoginStepUnknown = "login_step_unknown",
    LoginStepExpired = "login_step_expired",
    LoginStepUsed = "login_step_used",
    OneTimeCodeWrong = "one_time_code_wrong",
    OneTimeCodesExhausted = "one_time_codes_exhausted",
    UserDisabled = "user_disabled",
    UserMismatch = "user_mismatch",
    PasswordChanged = "password_changed",
    SessionEnded = "session_ended",
    LoginEnded = "login_ended",
    AuthenticationStale = "authentication_stale",
    PasswordWeak(Weakness::Guessable) = "password_weak",
    FactorsOff = "factors_off",
    FactorDemanded = "factor_demanded",
    FactorMissing = "factor_missing",
    PermissionMissing(Evidence::of("")) = "permission_missing",
    SecondFactorStale = "second_factor_stale",
    ClientNotForAdministration = "client_not_for_administration",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_rule() {
        for name in Refusal::NAMES {
            assert_eq!(Refusal::named(name).unwrap().name(), *name);
        }
        assert_eq!(Refusal::named("voucher_spent"), None);
    }
}
