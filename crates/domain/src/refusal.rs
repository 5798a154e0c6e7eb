//! The rules that a request can break, and the error code of each.

mod error_code;
mod evidence;
mod name;

use crate::evidence::Evidence;
use crate::login::weakness::Weakness;
pub use error_code::ErrorCode;

/// A rule that a request broke, with the offending value if there is one.
///
/// Logs and tests use the rule and its [`Evidence`]. Clients receive [`Refusal::code`] and the description: the
/// [`Display`](core::fmt::Display) text, which never contains the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    // Client authentication (RFC 6749 section 2.3)
    /// No client has this identifier.
    #[error("client authentication failed; check the client identifier and its credentials")]
    ClientUnknown(Evidence),
    /// The client is disabled or suspended.
    #[error("the client is disabled")]
    ClientDisabled,
    /// A confidential client sent no secret.
    #[error("client authentication is missing; send the client credentials")]
    SecretMissing,
    /// The presented secret matches no secret of the client.
    #[error("client authentication failed; check the client identifier and its credentials")]
    SecretWrong,
    /// The presented secret has expired.
    #[error("the client secret has expired; create a new one")]
    SecretExpired(Evidence),
    /// A public client sent a secret.
    #[error("a public client has no secret; send client_id only")]
    SecretUnexpected,
    /// The client is not registered for this authentication method (RFC 7591 section 2, `token_endpoint_auth_method`).
    #[error("the client is not registered for this authentication method")]
    AuthenticationMethodNotAllowed(Evidence),
    /// The client used more than one authentication method (RFC 6749 section 2.3).
    #[error("the request uses more than one client authentication method; use one")]
    AuthenticationMethodAmbiguous,
    /// `client_assertion_type` is not that of a JWT (RFC 7523 section 2.2).
    #[error("client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    AssertionTypeUnsupported(Evidence),
    /// The client assertion is not a signed JWT with the required claims (RFC 7523 section 3).
    #[error("the client assertion must be a signed JWT with iss, sub, aud, exp and jti")]
    AssertionMalformed,
    /// No registered key matches the header of the client assertion.
    #[error("no registered key has the kid and alg of the client assertion")]
    AssertionKeyUnknown,
    /// No registered key verifies the signature of the client assertion (RFC 7523 section 3).
    #[error("the signature of the client assertion is wrong")]
    AssertionSignatureWrong,
    /// The public keys of the client cannot be fetched from its `jwks_uri` (RFC 7591 section 2).
    #[error("the keys at the jwks_uri of the client cannot be fetched")]
    KeysUnavailable(Evidence),
    /// `iss` or `sub` of the client assertion is not the client (RFC 7523 section 3).
    #[error("iss and sub of the client assertion must be the client identifier")]
    AssertionOfAnotherClient(Evidence),
    /// `aud` of the client assertion is not this server (RFC 7523 section 3).
    #[error("aud of the client assertion must be the issuer or the token endpoint")]
    AssertionForAnotherAudience(Evidence),
    /// `exp` of the client assertion has passed or is too far in the future.
    #[error("the client assertion has expired or its lifetime is too long")]
    AssertionExpired(Evidence),
    /// `nbf` or `iat` of the client assertion is in the future.
    #[error("the client assertion is not valid yet; check the clock of the client")]
    AssertionNotYetValid(Evidence),
    /// `jti` of the client assertion was used before.
    #[error("the client assertion was used before; send a new one")]
    AssertionReplayed,

    /// The client is not registered for this grant type.
    #[error("the client is not registered for this grant type")]
    GrantTypeNotAllowed(Evidence),

    // Authorization request (RFC 6749 section 4.1.1)
    /// `response_type` is not `code`.
    #[error("response_type must be code")]
    ResponseTypeUnsupported(Evidence),
    /// `response_type` is missing.
    #[error("response_type is missing")]
    ResponseTypeMissing,
    /// The request has a `request` parameter, which is not supported.
    #[error("request objects are not supported; send plain parameters")]
    RequestObjectUnsupported,
    /// The request has a `request_uri` parameter, which is not supported.
    #[error("request_uri is not supported; send plain parameters")]
    RequestUriUnsupported,
    /// The request has a `registration` parameter, which is not supported.
    #[error("the registration parameter is not supported; register the client first")]
    RegistrationUnsupported,
    /// `prompt` has an unknown value.
    #[error("prompt must be none, or a combination of login, consent and select_account")]
    PromptUnknown(Evidence),
    /// `prompt` combines `none` with another value.
    #[error("prompt=none cannot be combined with another value")]
    PromptContradictory,
    /// `max_age` is not a number of seconds.
    #[error("max_age must be a number of seconds")]
    MaxAgeMalformed(Evidence),
    /// `response_mode` is unknown.
    #[error("response_mode must be query, fragment or form_post")]
    ResponseModeUnsupported(Evidence),
    /// `claims` does not have the form of OpenID Connect Core section 5.5.
    #[error("claims must be a JSON object with the members userinfo and id_token")]
    ClaimsMalformed,
    /// `id_token_hint` is not an ID token that this server issued to this client.
    #[error("id_token_hint is not an ID token that this server issued to this client")]
    IdTokenHintUnknown,
    /// A logout request has `post_logout_redirect_uri`, but neither `id_token_hint` nor `client_id` names the client
    /// (RP-Initiated Logout section 2).
    #[error(
        "id_token_hint is missing; without it or client_id, post_logout_redirect_uri is ignored"
    )]
    IdTokenHintMissing,
    /// `post_logout_redirect_uri` is not registered for the client (RP-Initiated Logout section 3).
    #[error(
        "post_logout_redirect_uri is not registered for this client; it must match a registered URI exactly"
    )]
    PostLogoutRedirectUriNotRegistered(Evidence),
    /// The client is not registered for the resource, or the grant does not include it (RFC 8707 section 2).
    #[error("a requested resource is not allowed for this client")]
    ResourceNotAllowed(Evidence),
    /// The user must sign in, but `prompt` is `none`.
    #[error("the user must sign in")]
    LoginRequired,
    /// The user must consent, but `prompt` is `none`.
    #[error("the user must consent")]
    ConsentRequired,
    /// The user must select an account, but `prompt` is `none`.
    #[error("the user must select an account")]
    AccountSelectionRequired,
    /// The sign-in does not reach a context class that the client requires (OpenID Connect Core section 5.5.1.1).
    #[error("the user could not sign in with the required authentication context class")]
    AcrNotReached,
    /// The user denied consent.
    #[error("the user denied the request")]
    ConsentRefused,
    /// The redirect URI is not registered for the client.
    #[error(
        "the redirect URI is not registered for this client; it must match a registered URI exactly"
    )]
    RedirectUriNotRegistered(Evidence),
    /// The redirect URI is outside the allowed domains of the client.
    #[error("the redirect URI is outside the allowed domains of this client")]
    RedirectUriOutsideDomains(Evidence),
    /// The scope breaks the grammar of RFC 6749 section 3.3.
    #[error("the scope is malformed")]
    ScopeMalformed,
    /// The client is not registered for a requested scope token.
    #[error("a requested scope is not registered for this client")]
    ScopeNotRegistered(Evidence),
    /// The client must use PKCE but sent no code challenge.
    #[error("code_challenge is missing; {0}")]
    ChallengeMissing(crate::client::MissingChallenge),
    /// A code challenge method came without a code challenge.
    #[error("code_challenge_method was sent without code_challenge")]
    ChallengeMethodWithoutChallenge,
    /// The code challenge does not have the form that its method produces.
    #[error("code_challenge is malformed for its method")]
    ChallengeMalformed,
    /// The code challenge method is unknown, or is `plain` and `plain` is not allowed. A missing method means `plain`.
    #[error("code_challenge_method must be S256; if it is missing, it means plain")]
    ChallengeMethodNotAllowed(Evidence),
    /// The scope and the resources together exceed the size limit of a grant.
    #[error("scope and resources are too long together; request fewer")]
    AccessTooLong,

    // Authorization code (RFC 6749 section 4.1.3)
    /// The authorization code is not one that this server sealed.
    #[error("the authorization code is invalid")]
    CodeUnknown,
    /// The authorization code was issued to another client.
    #[error("the authorization code was issued to another client")]
    CodeOfAnotherClient(Evidence),
    /// The authorization code has expired.
    #[error("the authorization code has expired; start a new authorization request")]
    CodeExpired,
    /// `redirect_uri` is missing, and the authorization code has no code challenge.
    #[error("redirect_uri is missing")]
    RedirectUriMissing,
    /// `redirect_uri` differs from that of the authorization request.
    #[error("redirect_uri must be the same as in the authorization request")]
    RedirectUriMismatch(Evidence),
    /// The authorization code has a code challenge, but the request has no code verifier.
    #[error("code_verifier is missing")]
    VerifierMissing,
    /// The code verifier breaks the grammar of RFC 7636 section 4.1.
    #[error("code_verifier must have 43 to 128 unreserved characters")]
    VerifierMalformed,
    /// The code verifier does not match the code challenge.
    #[error("code_verifier does not match code_challenge")]
    VerifierMismatch,
    /// A code verifier came for a code without a code challenge (a PKCE downgrade, RFC 9700 section 4.8.2).
    #[error("code_verifier was sent, but the authorization request had no code_challenge")]
    VerifierUnexpected,
    /// The authorization code was redeemed before. Its grant is revoked.
    #[error("the authorization code was used before; its tokens are revoked")]
    CodeReplayed,

    // Refresh token (RFC 6749 section 6)
    /// The refresh token is not one that this server issued.
    #[error("the refresh token is invalid")]
    RefreshTokenUnknown,
    /// The refresh token was issued to another client.
    #[error("the refresh token was issued to another client")]
    RefreshTokenOfAnotherClient(Evidence),
    /// The grant is no longer stored.
    #[error("the grant of this refresh token no longer exists; start a new authorization request")]
    GrantUnknown,
    /// The grant was revoked.
    #[error("the grant was revoked; start a new authorization request")]
    GrantRevoked,
    /// The grant expired before it was refreshed.
    #[error("the refresh token has expired; start a new authorization request")]
    GrantExpired,
    /// The refresh token was rotated before, and not within the retry window. Its grant is revoked.
    #[error("the refresh token was used before; its grant is revoked")]
    RefreshTokenReplayed,
    /// The stored grant is that of another code or refresh token. The caller read the wrong row, or used one identifier
    /// for two codes.
    #[error("the code or refresh token does not belong to the stored grant")]
    GrantMismatch,
    /// The requested scope exceeds the grant.
    #[error("a requested scope exceeds the granted scope")]
    ScopeBeyondGrant(Evidence),

    // Access token (RFC 6750 section 3.1)
    /// The access token is not one that this server issued.
    #[error("the access token is invalid")]
    AccessTokenUnknown,
    /// The access token has expired.
    #[error("the access token has expired")]
    AccessTokenExpired,
    /// The token or its grant was revoked, or its user is disabled.
    #[error("the access token was revoked")]
    AccessTokenRevoked,
    /// The access token comes from the client credentials grant.
    #[error("the access token has no resource owner; use a token that a user authorized")]
    AccessTokenWithoutOwner,
    /// The access token is for other resources only, not for this server (RFC 8707).
    #[error("the access token is for other resources; request one for the issuer too")]
    AccessTokenForAnotherResource,
    /// The scope of the access token lacks `openid`.
    #[error("the access token requires the scope openid")]
    OpenIdScopeMissing,

    // Login
    /// The email address or the password is wrong, or the user is disabled.
    #[error("the email address or the password is wrong")]
    LoginFailed,
    /// The identifier of the login step is forged, or belongs to another kind of step or another login.
    #[error("the login step is invalid; start the login again")]
    LoginStepUnknown,
    /// The login step has expired.
    #[error("the login step has expired; start the login again")]
    LoginStepExpired,
    /// The login step was used before.
    #[error("the login step was used before; start the login again")]
    LoginStepUsed,
    /// The one-time code is wrong.
    #[error("the verification code is wrong")]
    OneTimeCodeWrong,
    /// The rate limit for one-time codes of one user was reached, over all logins.
    #[error("too many verification codes for this user; try again in a few minutes")]
    OneTimeCodesExhausted,
    /// The user was disabled or deleted after the authorization code was issued.
    #[error("the user is disabled")]
    UserDisabled,
    /// The user is not the resource owner of the authorization code. The caller read the wrong user.
    #[error("the user is not the resource owner of the authorization code")]
    UserMismatch,
    /// The user's password changed after the login started.
    #[error("the password changed after this login started; start the login again")]
    PasswordChanged,
    /// The session in which the authorization code was issued has ended.
    #[error("the session of the authorization code has ended; start a new authorization request")]
    SessionEnded,
    /// The login ended after too many wrong one-time codes.
    #[error("too many wrong verification codes; start the login again")]
    LoginEnded,

    // Account
    /// The last sign-in is too old to change a credential.
    #[error("the last sign-in is too old for this change; sign in again")]
    AuthenticationStale,
    /// The new password is too short, too long or too easy to guess.
    #[error("the password cannot be used: {0}; choose another one")]
    PasswordWeak(Weakness),
    /// Another user has this email address.
    #[error("a user with this email address already exists")]
    EmailTaken,
    /// The text is not an email address.
    #[error("the email address is invalid")]
    EmailMalformed,
    /// The text is not a country code (ISO 3166-1 alpha-3).
    #[error("country must be a three-letter code, such as DEU")]
    CountryMalformed,
    /// Second factors are disabled.
    #[error("second factors are disabled on this server")]
    FactorsOff,
    /// The user must keep at least one second factor.
    #[error("this server requires a second factor; add another one before you remove this one")]
    FactorDemanded,
    /// The user must have a second factor, and this login without a browser supports only an authenticator app.
    #[error("a second factor is required; sign in with a browser and set up an authenticator app")]
    FactorMissing,
    /// The user already has an authenticator app.
    #[error("an authenticator app is already set up; remove it first")]
    FactorPresent,
    /// The browser's response does not match the request, or the passkey is already enrolled.
    #[error("the passkey was rejected; try again or use another one")]
    PasskeyRefused,
    /// The scope of the access token lacks `user:information`.
    #[error("the access token requires the scope user:information")]
    InformationScopeMissing,
    /// The scope of the access token lacks `user:management`.
    #[error("the access token requires the scope user:management")]
    ManagementScopeMissing,
    /// The scope of the access token lacks `user:sessions`.
    #[error("the access token requires the scope user:sessions")]
    SessionsScopeMissing,
    /// The access token was issued to a client that is not first-party.
    #[error("only first-party clients may manage sessions and users")]
    ClientNotFirstParty,
    /// The operator lacks a permission.
    #[error("the operator lacks a permission")]
    PermissionMissing(Evidence),
    /// A sensitive command without a recent second factor (RFC 9470 section 3).
    #[error("this command requires a sign-in with two factors in the last 15 minutes")]
    SecondFactorStale,
    /// No operator marked the client of the access token for administration.
    #[error("the client of the access token may not use the admin API")]
    ClientNotForAdministration,
    /// Self-registration is disabled.
    #[error("registration is disabled on this server")]
    RegistrationClosed,
}
