//! The rules that a request can break, and the error code of each.

mod code;
mod custom;
mod description;
mod error_code;
mod evidence;
mod name;

use crate::client::MissingChallenge;
use crate::evidence::Evidence;
use crate::login::weakness::Weakness;
pub use custom::CustomRule;
pub use error_code::ErrorCode;

/// A rule that a request broke, with the offending value if there is one.
///
/// Logs and tests use the rule and its [`Evidence`]. Clients receive [`Refusal::code`] and the description: the
/// [`Display`](core::fmt::Display) text, which never contains the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    // Client authentication (RFC 6749 section 2.3)
    /// No client has this identifier.
    ClientUnknown(Evidence),
    /// The client is disabled or suspended.
    ClientDisabled,
    /// A confidential client sent no secret.
    SecretMissing,
    /// The presented secret matches no secret of the client.
    SecretWrong,
    /// The presented secret has expired.
    SecretExpired(Evidence),
    /// A public client sent a secret.
    SecretUnexpected,
    /// The client is not registered for this authentication method (RFC 7591 section 2, `token_endpoint_auth_method`).
    AuthenticationMethodNotAllowed(Evidence),
    /// The client used more than one authentication method (RFC 6749 section 2.3).
    AuthenticationMethodAmbiguous,
    /// `client_assertion_type` is not that of a JWT (RFC 7523 section 2.2).
    AssertionTypeUnsupported(Evidence),
    /// The client assertion is not a signed JWT with the required claims (RFC 7523 section 3).
    AssertionMalformed,
    /// No key of the client, registered or published at its `jwks_uri`, matches the header of the client assertion.
    AssertionKeyUnknown,
    /// No key of the client verifies the signature of the client assertion (RFC 7523 section 3).
    AssertionSignatureWrong,
    /// The public keys of the client cannot be fetched from its `jwks_uri` (RFC 7591 section 2).
    KeysUnavailable(Evidence),
    /// No workload identity of the client has the issuer, the subject and the claims of the client assertion.
    WorkloadUnknown(Evidence),
    /// `iss` or `sub` of the client assertion is not the client (RFC 7523 section 3).
    AssertionOfAnotherClient(Evidence),
    /// `aud` of the client assertion is not this server (RFC 7523 section 3).
    AssertionForAnotherAudience(Evidence),
    /// `exp` of the client assertion has passed or is too far in the future.
    AssertionExpired(Evidence),
    /// `nbf` or `iat` of the client assertion is in the future.
    AssertionNotYetValid(Evidence),
    /// `jti` of the client assertion was used before.
    AssertionReplayed,

    /// The client is not registered for this grant type.
    GrantTypeNotAllowed(Evidence),

    // Authorization request (RFC 6749 section 4.1.1)
    /// `response_type` is not `code`.
    ResponseTypeUnsupported(Evidence),
    /// `response_type` is missing.
    ResponseTypeMissing,
    /// The request has a `request` parameter, which is not supported.
    RequestObjectUnsupported,
    /// The request has a `request_uri` parameter, which is not supported.
    RequestUriUnsupported,
    /// The request has a `registration` parameter, which is not supported.
    RegistrationUnsupported,
    /// `prompt` has an unknown value.
    PromptUnknown(Evidence),
    /// `prompt` combines `none` with another value.
    PromptContradictory,
    /// `max_age` is not a number of seconds.
    MaxAgeMalformed(Evidence),
    /// `response_mode` is unknown.
    ResponseModeUnsupported(Evidence),
    /// `claims` does not have the form of OpenID Connect Core section 5.5.
    ClaimsMalformed,
    /// `id_token_hint` is not an ID token that this server issued to this client.
    IdTokenHintUnknown,
    /// A logout request has `post_logout_redirect_uri`, but neither `id_token_hint` nor `client_id` names the client
    /// (RP-Initiated Logout section 2).
    IdTokenHintMissing,
    /// `post_logout_redirect_uri` is not registered for the client (RP-Initiated Logout section 3).
    PostLogoutRedirectUriNotRegistered(Evidence),
    /// The client is not registered for the resource, or the grant does not include it (RFC 8707 section 2).
    ResourceNotAllowed(Evidence),
    /// The user must sign in, but `prompt` is `none`.
    LoginRequired,
    /// The user must consent, but `prompt` is `none`.
    ConsentRequired,
    /// The user must select an account, but `prompt` is `none`.
    AccountSelectionRequired,
    /// The sign-in does not reach a context class that the client requires (OpenID Connect Core section 5.5.1.1).
    AcrNotReached,
    /// The user denied consent.
    ConsentRefused,
    /// The redirect URI is not registered for the client.
    RedirectUriNotRegistered(Evidence),
    /// The redirect URI is outside the allowed domains of the client.
    RedirectUriOutsideDomains(Evidence),
    /// The scope breaks the grammar of RFC 6749 section 3.3.
    ScopeMalformed,
    /// The client is not registered for a requested scope token.
    ScopeNotRegistered(Evidence),
    /// The client must use PKCE but sent no code challenge.
    ChallengeMissing(MissingChallenge),
    /// A code challenge method came without a code challenge.
    ChallengeMethodWithoutChallenge,
    /// The code challenge does not have the form that its method produces.
    ChallengeMalformed,
    /// The code challenge method is unknown, or is `plain` and `plain` is not allowed. A missing method means `plain`.
    ChallengeMethodNotAllowed(Evidence),
    /// The scope and the resources together exceed the size limit of a grant.
    AccessTooLong,

    // Authorization code (RFC 6749 section 4.1.3)
    /// The authorization code is not one that this server sealed.
    CodeUnknown,
    /// The authorization code was issued to another client.
    CodeOfAnotherClient(Evidence),
    /// The authorization code has expired.
    CodeExpired,
    /// The credential of a custom grant type has expired.
    CredentialExpired,
    /// `redirect_uri` is missing in an authorization request, or in a token request with a code without code challenge.
    RedirectUriMissing,
    /// `redirect_uri` differs from that of the authorization request.
    RedirectUriMismatch(Evidence),
    /// The authorization code has a code challenge, but the request has no code verifier.
    VerifierMissing,
    /// The code verifier breaks the grammar of RFC 7636 section 4.1.
    VerifierMalformed,
    /// The code verifier does not match the code challenge.
    VerifierMismatch,
    /// A code verifier came for a code without a code challenge (a PKCE downgrade, RFC 9700 section 4.8.2).
    VerifierUnexpected,
    /// The authorization code, or the credential of another grant type, was redeemed before. Its grant is revoked.
    CodeReplayed,

    // Device authorization (RFC 8628)
    /// The device code is not one that this server issued.
    DeviceCodeUnknown,
    /// The device code was issued to another client.
    DeviceCodeOfAnotherClient(Evidence),
    /// The device code has expired.
    DeviceCodeExpired,
    /// The user has not answered the request of the device yet.
    AuthorizationPending,
    /// The user denied the request of the device.
    AuthorizationDenied,
    /// The device polls too fast, and the user has not answered yet.
    SlowDown,
    /// No request of a device has this user code.
    UserCodeUnknown,
    /// The user code has expired.
    UserCodeExpired,
    /// A user has already answered the request with this user code.
    UserCodeUsed,

    // Refresh token (RFC 6749 section 6)
    /// The refresh token is not one that this server issued.
    RefreshTokenUnknown,
    /// The refresh token was issued to another client.
    RefreshTokenOfAnotherClient(Evidence),
    /// The grant is no longer stored.
    GrantUnknown,
    /// The grant was revoked.
    GrantRevoked,
    /// The grant expired before it was refreshed.
    GrantExpired,
    /// The refresh token was rotated before, and not within the leeway. Its grant is revoked.
    RefreshTokenReplayed,
    /// The stored grant belongs to another code or refresh token. The caller read the wrong row, or used one identifier
    /// for two codes.
    GrantMismatch,
    /// The requested scope exceeds the grant.
    ScopeBeyondGrant(Evidence),

    // Access token (RFC 6750 section 3.1)
    /// The access token is not one that this server issued.
    AccessTokenUnknown,
    /// The access token has expired.
    AccessTokenExpired,
    /// The token or its grant was revoked, or its user is disabled.
    AccessTokenRevoked,
    /// The access token comes from the client credentials grant.
    AccessTokenWithoutOwner,
    /// The access token is for other resources only, not for this server or the client that exchanges it (RFC 8707).
    AccessTokenForAnotherResource,
    /// The scope of the access token lacks `openid`.
    OpenIdScopeMissing,

    // Token exchange (RFC 8693)
    /// `subject_token_type`, `actor_token_type` or `requested_token_type` is not that of an access token.
    TokenTypeUnsupported(Evidence),
    /// The subject token broke the rule with this name.
    SubjectTokenInvalid(Evidence),
    /// The actor token broke the rule with this name.
    ActorTokenInvalid(Evidence),
    /// The subject token was issued to another client and is not meant for this one, or the actor token was issued to another
    /// client.
    PresentedTokenForAnotherAudience(Evidence),
    /// No rule of the client is about the client of the subject token.
    ExchangeNotAllowed(Evidence),
    /// No rule of the client allows this audience for the client of the subject token.
    ExchangeTargetNotAllowed(Evidence),
    /// `may_act` of the subject token names another client (RFC 8693 section 4.4).
    ActorNotAllowed(Evidence),
    /// The actor is already among the actors of the subject token.
    ActorRepeated(Evidence),
    /// The subject token has the maximum number of actors.
    ActorsTooMany,

    // Login
    /// The email address or the password is wrong, or the user is disabled.
    LoginFailed,
    /// The identifier of the login step is forged, or belongs to another kind of step or another login.
    LoginStepUnknown,
    /// The login step has expired.
    LoginStepExpired,
    /// The login step was used before.
    LoginStepUsed,
    /// The one-time code is wrong.
    OneTimeCodeWrong,
    /// The rate limit for one-time codes of one user was reached, over all logins.
    OneTimeCodesExhausted,
    /// The user was disabled or deleted after the authorization code was issued.
    UserDisabled,
    /// The user is not the resource owner of the authorization code. The caller read the wrong user.
    UserMismatch,
    /// The user's password changed after the login started.
    PasswordChanged,
    /// The session in which the authorization code was issued has ended.
    SessionEnded,
    /// The login ended after too many wrong one-time codes.
    LoginEnded,

    // Account
    /// The last sign-in is too old to change a credential.
    AuthenticationStale,
    /// The new password is too short, too long or too easy to guess.
    PasswordWeak(Weakness),
    /// Second factors are disabled.
    FactorsOff,
    /// The user must keep at least one second factor.
    FactorDemanded,
    /// The user must have a second factor, and this login without a browser supports only an authenticator app.
    FactorMissing,
    /// The operator lacks a permission.
    PermissionMissing(Evidence),
    /// A sensitive command was sent without a recent second factor (RFC 9470 section 3).
    SecondFactorStale,
    /// No operator marked the client of the access token for administration.
    ClientNotForAdministration,

    /// A rule of the server that uses this crate, such as a rule of a custom grant type. See [`CustomRule`].
    Custom(&'static CustomRule, Option<Evidence>),
}

impl core::error::Error for Refusal {}

impl CustomRule {
    /// Returns the refusal of a request that broke this rule.
    #[must_use]
    pub const fn refusal(&'static self) -> Refusal {
        Refusal::Custom(self, None)
    }

    /// Returns the refusal with the value that broke this rule, for the log. Never pass a secret.
    #[must_use]
    pub fn refusal_of(&'static self, value: impl core::fmt::Display) -> Refusal {
        Refusal::Custom(self, Some(Evidence::of(value)))
    }
}
