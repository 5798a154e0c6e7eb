//! The description of each rule, for the client.

use super::Refusal;
use core::fmt;

impl fmt::Display for Refusal {
    #[expect(clippy::too_many_lines, reason = "one line for each rule")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Refusal as R;
        f.write_str(match self {
            // Client authentication (RFC 6749 section 2.3)
            R::ClientUnknown(_) | R::SecretWrong => "client authentication failed; check the client identifier and its credentials",
            R::ClientDisabled => "the client is disabled",
            R::SecretMissing => "client authentication is missing; send the client credentials",
            R::SecretExpired(_) => "the client secret has expired; create a new one",
            R::SecretUnexpected => "a public client has no secret; send client_id only",
            R::AuthenticationMethodNotAllowed(_) => "the client is not registered for this authentication method",
            R::AuthenticationMethodAmbiguous => "the request uses more than one client authentication method; use one",
            R::AssertionTypeUnsupported(_) => "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            R::AssertionMalformed => "the client assertion must be a signed JWT with iss, sub, aud, exp and jti",
            R::AssertionKeyUnknown => "no key of the client has the kid and alg of the client assertion",
            R::AssertionSignatureWrong => "the signature of the client assertion is wrong",
            R::KeysUnavailable(_) => "the keys at the jwks_uri of the client cannot be fetched",
            R::AssertionOfAnotherClient(_) => "iss and sub of the client assertion must be the client identifier",
            R::AssertionForAnotherAudience(_) => "aud of the client assertion must be the issuer or the token endpoint",
            R::AssertionExpired(_) => "the client assertion has expired or its lifetime is too long",
            R::AssertionNotYetValid(_) => "the client assertion is not valid yet; check the clock of the client",
            R::AssertionReplayed => "the client assertion was used before; send a new one",
            R::GrantTypeNotAllowed(_) => "the client is not registered for this grant type",
            // Authorization request (RFC 6749 section 4.1.1)
            R::ResponseTypeUnsupported(_) => "response_type must be code",
            R::ResponseTypeMissing => "response_type is missing",
            R::RequestObjectUnsupported => "request objects are not supported; send plain parameters",
            R::RequestUriUnsupported => "request_uri is not supported; send plain parameters",
            R::RegistrationUnsupported => "the registration parameter is not supported; register the client first",
            R::PromptUnknown(_) => "prompt must be none, or a combination of login, consent and select_account",
            R::PromptContradictory => "prompt=none cannot be combined with another value",
            R::MaxAgeMalformed(_) => "max_age must be a number of seconds",
            R::ResponseModeUnsupported(_) => "response_mode must be query, fragment or form_post",
            R::ClaimsMalformed => "claims must be a JSON object with the members userinfo and id_token",
            R::IdTokenHintUnknown => "id_token_hint is not an ID token that this server issued to this client",
            R::IdTokenHintMissing => "id_token_hint is missing; without it or client_id, post_logout_redirect_uri is ignored",
            R::PostLogoutRedirectUriNotRegistered(_) => "post_logout_redirect_uri is not registered for this client; it must match a registered URI exactly",
            R::ResourceNotAllowed(_) => "a requested resource is not allowed for this client",
            R::LoginRequired => "the user must sign in",
            R::ConsentRequired => "the user must consent",
            R::AccountSelectionRequired => "the user must select an account",
            R::AcrNotReached => "the user could not sign in with the required authentication context class",
            R::ConsentRefused => "the user denied the request",
            R::RedirectUriNotRegistered(_) => "the redirect URI is not registered for this client; it must match a registered URI exactly",
            R::RedirectUriOutsideDomains(_) => "the redirect URI is outside the allowed domains of this client",
            R::ScopeMalformed => "the scope is malformed",
            R::ScopeNotRegistered(_) => "a requested scope is not registered for this client",
            R::ChallengeMissing(reason) => return write!(f, "code_challenge is missing; {reason}"),
            R::ChallengeMethodWithoutChallenge => "code_challenge_method was sent without code_challenge",
            R::ChallengeMalformed => "code_challenge is malformed for its method",
            R::ChallengeMethodNotAllowed(_) => "code_challenge_method must be S256; if it is missing, it means plain",
            R::AccessTooLong => "scope and resources are too long together; request fewer",
            // Authorization code (RFC 6749 section 4.1.3)
            R::CodeUnknown => "the authorization code is invalid",
            R::CodeOfAnotherClient(_) => "the authorization code was issued to another client",
            R::CodeExpired => "the authorization code has expired; start a new authorization request",
            R::RedirectUriMissing => "redirect_uri is missing",
            R::RedirectUriMismatch(_) => "redirect_uri must be the same as in the authorization request",
            R::VerifierMissing => "code_verifier is missing",
            R::VerifierMalformed => "code_verifier must have 43 to 128 unreserved characters",
            R::VerifierMismatch => "code_verifier does not match code_challenge",
            R::VerifierUnexpected => "code_verifier was sent, but the authorization request had no code_challenge",
            R::CodeReplayed => "the authorization code was used before; its tokens are revoked",
            // Refresh token (RFC 6749 section 6)
            R::RefreshTokenUnknown => "the refresh token is invalid",
            R::RefreshTokenOfAnotherClient(_) => "the refresh token was issued to another client",
            R::GrantUnknown => "the grant of this refresh token no longer exists; start a new authorization request",
            R::GrantRevoked => "the grant was revoked; start a new authorization request",
            R::GrantExpired => "the refresh token has expired; start a new authorization request",
            R::RefreshTokenReplayed => "the refresh token was used before; its grant is revoked",
            R::GrantMismatch => "the code or refresh token does not belong to the stored grant",
            R::ScopeBeyondGrant(_) => "a requested scope exceeds the granted scope",
            // Access token (RFC 6750 section 3.1)
            R::AccessTokenUnknown => "the access token is invalid",
            R::AccessTokenExpired => "the access token has expired",
            R::AccessTokenRevoked => "the access token was revoked",
            R::AccessTokenWithoutOwner => "the access token has no resource owner; use a token that a user authorized",
            R::AccessTokenForAnotherResource => "the access token is for other resources; request one for the issuer too",
            R::OpenIdScopeMissing => "the access token requires the scope openid",
            // Login
            R::LoginFailed => "the email address or the password is wrong",
            R::LoginStepUnknown => "the login step is invalid; start the login again",
            R::LoginStepExpired => "the login step has expired; start the login again",
            R::LoginStepUsed => "the login step was used before; start the login again",
            R::OneTimeCodeWrong => "the verification code is wrong",
            R::OneTimeCodesExhausted => "too many verification codes for this user; try again in a few minutes",
            R::UserDisabled => "the user is disabled",
            R::UserMismatch => "the user is not the resource owner of the authorization code",
            R::PasswordChanged => "the password changed after this login started; start the login again",
            R::SessionEnded => "the session of the authorization code has ended; start a new authorization request",
            R::LoginEnded => "too many wrong verification codes; start the login again",
            // Account
            R::AuthenticationStale => "the last sign-in is too old for this change; sign in again",
            R::PasswordWeak(reason) => return write!(f, "the password cannot be used: {reason}; choose another one"),
            R::FactorsOff => "second factors are disabled on this server",
            R::FactorDemanded => "this server requires a second factor; add another one before you remove this one",
            R::FactorMissing => "a second factor is required; sign in with a browser and set up an authenticator app",
            R::PermissionMissing(_) => "the operator lacks a permission",
            // Server
            R::Custom(rule, _) => rule.description,
        })
    }
}
