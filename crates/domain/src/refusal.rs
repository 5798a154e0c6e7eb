//! What is refused, and under which error code a client learns of it.

mod error_code;

pub use error_code::ErrorCode;

use crate::evidence::Evidence;

/// A rule that a request broke, with the value that broke it where there is one. Tests and logs name the rule and its
/// [`Evidence`]; clients see [`Refusal::code`] and the description that this type prints, without the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    // Client authentication (RFC 6749 section 2.3)
    /// No client of this identifier is registered.
    #[error("the client is unknown or its credentials are wrong")]
    ClientUnknown(Evidence),
    /// The client is inactive or suspended.
    #[error("the client is disabled")]
    ClientDisabled,
    /// A confidential client sent no secret.
    #[error("the client must authenticate with its secret")]
    SecretMissing,
    /// None of the client's secrets is the one presented.
    #[error("the client is unknown or its credentials are wrong")]
    SecretWrong,
    /// The secret was right once.
    #[error("the client secret has expired")]
    SecretExpired(Evidence),
    /// A public client has no secret, yet one was sent.
    #[error("the client is public: it has no secret to send")]
    SecretUnexpected,
    /// The client sent credentials by a method that it is not registered for (RFC 7591 section 2,
    /// `token_endpoint_auth_method`).
    #[error("the client is not registered for this authentication method")]
    AuthenticationMethodNotAllowed(Evidence),
    /// The client sent credentials by several methods (RFC 6749 section 2.3).
    #[error("the client must use one authentication method, not several")]
    AuthenticationMethodAmbiguous,
    /// A client assertion is malformed, or no registered key signed it (RFC 7523 section 3).
    #[error("the client assertion is malformed or its signature is wrong")]
    AssertionInvalid(Evidence),
    /// `iss` or `sub` of a client assertion is not the client (RFC 7523 section 3).
    #[error("iss and sub of the client assertion must be the client identifier")]
    AssertionOfAnotherClient(Evidence),
    /// `aud` of a client assertion is not this server (RFC 7523 section 3).
    #[error("aud of the client assertion must be the issuer or the token endpoint")]
    AssertionForAnotherAudience(Evidence),
    /// `exp` of a client assertion has passed, or is too far away.
    #[error("the client assertion has expired or is valid for too long")]
    AssertionExpired(Evidence),
    /// `nbf` or `iat` of a client assertion is in the future.
    #[error("the client assertion is not valid yet")]
    AssertionNotYetValid(Evidence),
    /// `jti` of a client assertion was used before.
    #[error("the client assertion was used before")]
    AssertionReplayed,

    // Any grant
    /// The client is not registered for this grant type.
    #[error("the client is not registered for this grant type")]
    GrantTypeNotAllowed(Evidence),

    // Authorization request (RFC 6749 section 4.1.1)
    /// `response_type` is not `code`.
    #[error("the response type must be code")]
    ResponseTypeUnsupported(Evidence),
    /// There is no `response_type`.
    #[error("response_type is missing")]
    ResponseTypeMissing,
    /// `request` is not supported.
    #[error("request objects are not supported; send the parameters themselves")]
    RequestObjectUnsupported,
    /// `request_uri` is not supported.
    #[error("request_uri is not supported; send the parameters themselves")]
    RequestUriUnsupported,
    /// `registration` is not supported.
    #[error("registration is not supported; clients are registered beforehand")]
    RegistrationUnsupported,
    /// A value of `prompt` is unknown.
    #[error("prompt must be none, or any of login, consent and select_account")]
    PromptUnknown(Evidence),
    /// `prompt=none` with another value.
    #[error("prompt=none cannot be combined with another value")]
    PromptContradictory,
    /// `max_age` is no number of seconds.
    #[error("max_age must be a number of seconds")]
    MaxAgeMalformed(Evidence),
    /// `response_mode` is unknown.
    #[error("response_mode must be query, fragment or form_post")]
    ResponseModeUnsupported(Evidence),
    /// `claims` is not what OpenID Connect Core section 5.5 says.
    #[error("claims must be a JSON object with the members userinfo and id_token")]
    ClaimsMalformed,
    /// `id_token_hint` is not an ID token of this server for this client.
    #[error("id_token_hint is not an ID token that this server issued to this client")]
    IdTokenHintUnknown,
    /// A resource that the client is not registered for, or that was not granted (RFC 8707 section 2).
    #[error("a requested resource is not allowed for this client")]
    ResourceNotAllowed(Evidence),
    /// Nobody is logged in and `prompt` is `none`.
    #[error("the resource owner has to log in")]
    LoginRequired,
    /// The resource owner has not agreed yet and `prompt` is `none`.
    #[error("the resource owner has to be asked")]
    ConsentRequired,
    /// The resource owner has to choose an account and `prompt` is `none`.
    #[error("the resource owner has to choose an account")]
    AccountSelectionRequired,
    /// The login is not worth what the client demands (OpenID Connect Core section 5.5.1.1).
    #[error("the resource owner could not log in in the way that was demanded")]
    AcrNotReached,
    /// The resource owner said no.
    #[error("the resource owner refused")]
    ConsentRefused,
    /// No registered redirect URI is the one presented.
    #[error("the redirect URI is not registered for this client; it is compared byte for byte")]
    RedirectUriNotRegistered(Evidence),
    /// The client has a list of domains and the redirect URI is under none of them.
    #[error("the redirect URI is outside the domains of this client")]
    RedirectUriOutsideDomains(Evidence),
    /// A scope breaks the grammar of RFC 6749 section 3.3.
    #[error("the scope is malformed")]
    ScopeMalformed,
    /// A scope token is not registered for the client.
    #[error("a requested scope is not registered for this client")]
    ScopeNotRegistered(Evidence),
    /// This client must use PKCE.
    #[error("code_challenge is missing; this client must use PKCE")]
    ChallengeMissing,
    /// A challenge method came without a challenge.
    #[error("code_challenge_method was sent without code_challenge")]
    ChallengeMethodWithoutChallenge,
    /// The challenge is not one that its method makes.
    #[error("code_challenge is malformed for its method")]
    ChallengeMalformed,
    /// The method is unknown, or `plain` (the meaning of an absent method) and not allowed.
    #[error("code_challenge_method must be S256 (absent, it means plain)")]
    ChallengeMethodNotAllowed(Evidence),

    /// Scope and resources are too long to be granted together.
    #[error("scope and resources are too long together")]
    AccessTooLong,

    // Authorization code (RFC 6749 section 4.1.3)
    /// Not a code that this server sealed.
    #[error("the authorization code is invalid")]
    CodeUnknown,
    /// The code was issued to another client.
    #[error("the authorization code was issued to another client")]
    CodeOfAnotherClient(Evidence),
    /// The code's time is over.
    #[error("the authorization code has expired")]
    CodeExpired,
    /// `redirect_uri` is not the one of the authorization request.
    #[error("the redirect URI is not the one of the authorization request")]
    RedirectUriMismatch(Evidence),
    /// The code carries a challenge and no verifier came.
    #[error("code_verifier is missing")]
    VerifierMissing,
    /// The verifier breaks the grammar of RFC 7636 section 4.1.
    #[error("code_verifier must have 43 to 128 unreserved characters")]
    VerifierMalformed,
    /// The verifier does not answer the challenge.
    #[error("code_verifier does not match the code challenge")]
    VerifierMismatch,
    /// A verifier came for a code without challenge (a PKCE downgrade, RFC 9700 section 4.8.2).
    #[error("code_verifier was sent, but the authorization request had no code_challenge")]
    VerifierUnexpected,
    /// The code was redeemed before; its grant is revoked.
    #[error("the authorization code was used before; its tokens are revoked")]
    CodeReplayed,

    // Refresh token (RFC 6749 section 6)
    /// Not a refresh token that this server issued.
    #[error("the refresh token is invalid")]
    RefreshTokenUnknown,
    /// The token was issued to another client.
    #[error("the refresh token was issued to another client")]
    RefreshTokenOfAnotherClient(Evidence),
    /// The grant is no longer stored.
    #[error("the grant of this refresh token is no longer known")]
    GrantUnknown,
    /// The grant was revoked.
    #[error("the grant was revoked")]
    GrantRevoked,
    /// The grant was not refreshed in time.
    #[error("the refresh token has expired")]
    GrantExpired,
    /// The token was rotated before, and not just now; its grant is revoked.
    #[error("the refresh token was used before; its grant is revoked")]
    RefreshTokenReplayed,
    /// The scope asked for goes beyond the grant.
    #[error("a requested scope is beyond what was granted")]
    ScopeBeyondGrant(Evidence),

    // Access token (RFC 6750 section 3.1)
    /// Not an access token that this server issued.
    #[error("the access token is not one that this server issued")]
    AccessTokenUnknown,
    /// The token's time is over.
    #[error("the access token has expired")]
    AccessTokenExpired,
    /// The token or its grant was revoked, or whom it speaks of may not log in any more.
    #[error("the access token was revoked")]
    AccessTokenRevoked,
    /// A token of the client credentials grant.
    #[error("no resource owner stands behind the access token")]
    AccessTokenWithoutOwner,
    /// A token for resources of others alone (RFC 8707), shown to this server.
    #[error("the access token is for other resources than this server")]
    AccessTokenForAnotherResource,
    /// A token without the scope token `openid`.
    #[error("the scope of the access token lacks openid")]
    OpenIdScopeMissing,

    // Login
    /// E-mail address and password do not belong together, or the user is disabled.
    #[error("the e-mail address or the password is wrong")]
    LoginFailed,
    /// The step id is forged, of another kind of step, or of another login.
    #[error("the login step is invalid")]
    LoginStepUnknown,
    /// The step's time is over.
    #[error("the login step has expired; start the login again")]
    LoginStepExpired,
    /// The step was taken before.
    #[error("the login step was used before; start the login again")]
    LoginStepUsed,
    /// The one-time code is not right.
    #[error("the verification code is wrong")]
    OneTimeCodeWrong,
    /// Too many one-time codes for one user, over all logins.
    #[error("too many verification codes were tried for this user; wait a few minutes")]
    OneTimeCodesExhausted,
    /// The user was disabled or removed after the code was issued.
    #[error("the user may no longer log in")]
    UserDisabled,
    /// The user has another password than when the login began.
    #[error("the password was changed since this login began; start it again")]
    PasswordChanged,
    /// The session that the code was issued in was ended since.
    #[error("the session that the code was issued in has ended")]
    SessionEnded,
    /// Too many wrong one-time codes.
    #[error("too many wrong verification codes; start the login again")]
    LoginEnded,

    // Account
    /// The login is too long ago for a change of what the user logs in with.
    #[error("log in again to change what you log in with")]
    AuthenticationStale,
    /// The new password is too short, too long or too easy to guess.
    #[error("the password is too easy to guess, or too long")]
    PasswordWeak,
    /// There is a user of this e-mail address.
    #[error("there is a user with this e-mail address already")]
    EmailTaken,
    /// No e-mail address.
    #[error("that is no e-mail address")]
    EmailMalformed,
    /// No country code (ISO 3166-1 alpha-3).
    #[error("a country is three letters, such as DEU")]
    CountryMalformed,
    /// Second factors are switched off.
    #[error("second factors are switched off on this server")]
    FactorsOff,
    /// The last second factor of a user who must have one.
    #[error("a second factor is required on this server; this is the last one")]
    FactorDemanded,
    /// A user who must have a second factor has no authenticator app, and nothing else will do without a browser.
    #[error(
        "a second factor is required on this server: log in in a browser and set an authenticator app up"
    )]
    FactorMissing,
    /// The user has an authenticator app already.
    #[error("there is an authenticator app already; remove it first")]
    FactorPresent,
    /// The answer of the browser is not what was asked for, or the passkey is enrolled already.
    #[error("the passkey was not accepted")]
    PasskeyRefused,
    /// A token without the scope token `user:information`.
    #[error("the scope of the access token lacks user:information")]
    InformationScopeMissing,
    /// A token of a client that is not the operator's own, for what is the user's own business.
    #[error("only the operator's own clients may see and end sessions")]
    ClientNotFirstParty,
    /// The operator lacks a permission.
    #[error("the operator lacks a permission")]
    PermissionMissing(Evidence),
    /// Nobody can register themselves.
    #[error("registration is switched off on this server")]
    RegistrationClosed,
}

impl Refusal {
    /// The error code of RFC 6749 (sections 4.1.2.1 and 5.2) for this rule.
    #[must_use]
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
            | R::AssertionInvalid(_)
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
            | R::RegistrationClosed => ErrorCode::AccessDenied,
            R::AccessTokenUnknown
            | R::AccessTokenExpired
            | R::AccessTokenRevoked
            | R::AccessTokenWithoutOwner
            | R::AccessTokenForAnotherResource => ErrorCode::InvalidToken,
            R::OpenIdScopeMissing | R::InformationScopeMissing | R::ClientNotFirstParty => {
                ErrorCode::InsufficientScope
            }
            R::ScopeMalformed | R::ScopeNotRegistered(_) | R::ScopeBeyondGrant(_) => {
                ErrorCode::InvalidScope
            }
            // OAuth 2.1 section 3.2.4 counts a missing, malformed or uncalled-for verifier as a
            // malformed request; RFC 7636 section 4.6 a wrong one as an invalid grant.
            R::RedirectUriNotRegistered(_)
            | R::RedirectUriOutsideDomains(_)
            | R::ResponseTypeMissing
            | R::ResponseModeUnsupported(_)
            | R::PromptUnknown(_)
            | R::PromptContradictory
            | R::MaxAgeMalformed(_)
            | R::ClaimsMalformed
            | R::IdTokenHintUnknown
            | R::ChallengeMissing
            | R::ChallengeMethodWithoutChallenge
            | R::ChallengeMalformed
            | R::ChallengeMethodNotAllowed(_)
            | R::VerifierMissing
            | R::VerifierMalformed
            | R::VerifierUnexpected
            | R::PasswordWeak
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
            | R::PasswordChanged
            | R::SessionEnded
            | R::LoginEnded => ErrorCode::InvalidGrant,
        }
    }
}

impl Refusal {
    /// The value that broke the rule, where the rule is about one.
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
            | Self::RedirectUriOutsideDomains(evidence)
            | Self::ScopeNotRegistered(evidence)
            | Self::ChallengeMethodNotAllowed(evidence)
            | Self::CodeOfAnotherClient(evidence)
            | Self::RedirectUriMismatch(evidence)
            | Self::RefreshTokenOfAnotherClient(evidence)
            | Self::ScopeBeyondGrant(evidence)
            | Self::AuthenticationMethodNotAllowed(evidence)
            | Self::AssertionInvalid(evidence)
            | Self::AssertionOfAnotherClient(evidence)
            | Self::AssertionForAnotherAudience(evidence)
            | Self::AssertionExpired(evidence)
            | Self::AssertionNotYetValid(evidence)
            | Self::PermissionMissing(evidence) => Some(evidence),
            _ => None,
        }
    }

    /// Whether the client may be told by a redirect (RFC 6749 section 4.1.2.1): not before the client and the
    /// redirect URI are known to belong together. Everything else shows the resource owner a page.
    #[must_use]
    pub const fn may_be_redirected(&self) -> bool {
        !matches!(
            self,
            Self::ClientUnknown(_)
                | Self::ClientDisabled
                | Self::RedirectUriNotRegistered(_)
                | Self::RedirectUriOutsideDomains(_)
        )
    }
}
