//! Reasons why a registration is invalid.

use crate::client::assertion::workload::WorkloadIdentity;
use crate::client::{Client, ExchangeRule, Jwks};
use crate::federation::provider::UpstreamProvider;

crate::error_type! {
    /// Reason why a client registration is invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidRegistration {
        /// Empty or too long client name, or one with control characters.
        #[error("a client name must have 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
        NameMalformed,
        /// No grant type.
        #[error("a client needs at least one grant type")]
        GrantTypeMissing,
        /// `client_credentials` for a public client. RFC 6749 section 4.4: "MUST only be used by confidential clients".
        #[error(
            "a public client cannot use client_credentials because it cannot authenticate (RFC 6749 section 4.4)"
        )]
        PublicClientCredentials,
        /// Workload identities without `private_key_jwt`.
        #[error("a client with workload identities needs the authentication method private_key_jwt")]
        WorkloadWithoutMethod,
        /// Too many workload identities.
        #[error("a client may have at most {max} workload identities", max = WorkloadIdentity::MOST)]
        TooManyWorkloads,
        /// Empty or too long issuer or audience of a workload identity, or one with control characters.
        #[error("the issuer and the audience of a workload identity must have 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
        WorkloadNameMalformed,
        /// Workload identity with too many claims, or a claim with an empty or too long name or value.
        #[error("a workload identity can have at most {max} claims, each with a name and a text of 1 to 200 characters", max = WorkloadIdentity::MOST_CLAIMS)]
        WorkloadClaimsMalformed,
        /// Claim of a workload identity that has a field.
        #[error("iss, sub, aud, exp, nbf and iat of a workload identity cannot be listed as claims; use their own fields")]
        WorkloadClaimReserved,
        /// GitHub Actions without the number of a repository, whose name another owner can take over.
        #[error("tokens of GitHub Actions need the claim repository_id, because the name of a repository can pass to another owner")]
        WorkloadRepositoryMissing,
        /// Token exchange for a public client: anyone could present its identifier with a stolen token.
        #[error("a public client cannot exchange tokens because it cannot authenticate")]
        PublicTokenExchange,
        /// Token exchange for a client with HS256: each API that gets its tokens could sign tokens for the others.
        #[error("a client with HS256 cannot exchange tokens: all APIs that get its tokens would share its key")]
        SharedKeyTokenExchange,
        /// Too many rules for token exchange.
        #[error("a client may have at most {max} rules for token exchange", max = ExchangeRule::MOST)]
        TooManyExchangeRules,
        /// Rule for token exchange with a malformed audience.
        #[error("the audience of a rule for token exchange must have 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
        ExchangeAudienceMalformed,
        /// Two rules about the same client and audience.
        #[error("two rules for token exchange have the same client and audience; keep one")]
        ExchangeRuleRepeated,
        /// `authorization_code` without a redirect URI (RFC 6749 section 3.1.2.2).
        #[error("authorization_code needs at least one redirect URI")]
        RedirectUriMissing,
        /// Redirect URI with `*`, which would match nothing: redirect URIs are compared byte for byte (RFC 9700
        /// section 2.1).
        #[error("a redirect URI must not contain *; register each URI, because they are matched exactly")]
        RedirectUriWildcard,
        /// Scope with commas. RFC 6749 section 3.3 allows them in a token, but spaces separate tokens.
        #[error("a scope must not contain commas; separate scope tokens by spaces, such as \"openid notes\"")]
        ScopeWithComma,
        /// No scope and no redirect URI: neither users nor the client could get a useful token.
        #[error("a client needs a scope or a redirect URI; without a scope, its tokens would allow nothing")]
        ScopeMissing,
        /// `refresh_token` without a grant type that issues refresh tokens: `authorization_code`, `device_code` or a custom one.
        #[error("refresh_token requires authorization_code, device_code or a custom grant type")]
        RefreshWithoutCode,
        /// Redirect URI outside [`Client::domains`]. Every request with it would be refused.
        #[error("a redirect URI is outside the domains of this client")]
        RedirectUriOutsideDomains,
        /// Malformed domain.
        #[error(
            "a domain must be a host name in lower case, such as example.org, without scheme, port or path"
        )]
        DomainMalformed,
        /// Public client without required PKCE (OAuth 2.1 section 7.6).
        #[error("a public client must use PKCE")]
        PublicWithoutPkce,
        /// Public client with [`PkcePolicy::replaces_secret`](crate::client::PkcePolicy::replaces_secret).
        #[error("a public client has no secret that PKCE could replace")]
        PublicPkceReplacesSecret,
        /// Public client with HS256.
        #[error("a public client cannot use HS256: it cannot keep the shared key")]
        PublicSharedKey,
        /// Public client with a secret (RFC 6749 section 2.1).
        #[error("a public client cannot have secrets")]
        PublicSecret,
        /// Empty or too long name of a secret, or one with control characters.
        #[error("the name of a secret must have 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
        SecretNameMalformed,
        /// Two secrets with the same name.
        #[error("the client already has a secret with this name")]
        SecretNameTaken,
        /// Expiry of a secret after [`Timestamp::LATEST`](crate::time::Timestamp::LATEST).
        #[error("a secret must expire before the year 10000")]
        SecretExpiry,
        /// Chosen secret that is too short or too long, or has characters that RFC 6749 appendix A.2 does not allow.
        #[error("a client secret must have {least} to {most} visible ASCII characters",
            least = Client::SECRET_CHARACTERS.start(), most = Client::SECRET_CHARACTERS.end())]
        SecretMalformed,
        /// Empty or too long audience, or one with control characters (RFC 7519 section 4.1.3).
        #[error("an audience must have 1 to {max} characters and no control characters", max = Client::LONGEST_NAME)]
        AudienceMalformed,
        /// Pairwise subject type without a valid sector host (OpenID Connect Core section 8.1).
        #[error("a pairwise client needs a sector: one host name, in lower case")]
        SectorMissing,
        /// Logout URI that is not HTTP or HTTPS.
        #[error("a logout URI must be an https URL, or an http URL on the loopback interface")]
        LogoutUriNotHttp,
        /// Public client with HS256-signed userinfo responses.
        #[error("a public client cannot use HS256 for userinfo: it cannot keep the shared key")]
        PublicSharedUserInfoKey,
        /// `private_key_jwt` without keys, or keys without `private_key_jwt`.
        #[error(
            "the method private_key_jwt must be registered together with a JWK Set (jwks) or its URL (jwks_uri)"
        )]
        KeysWithoutMethod,
        /// Method `none` for a confidential client, or another method for a public client (RFC 7591 section 2).
        #[error("a public client must use the method none, and a confidential client must not")]
        MethodOfAnotherType,
        /// Custom method with the name of a method of this crate.
        #[error("a custom authentication method must not have the name of a built-in one")]
        MethodReserved,
        /// Key set longer than [`Jwks::MAX_LENGTH`].
        #[error("a JWK Set may have at most {max} bytes", max = Jwks::MAX_LENGTH)]
        KeysTooLong,
        /// `jwks_uri` that is not HTTP or HTTPS.
        #[error("jwks_uri must be an https URL, or an http URL on the loopback interface")]
        KeysUriNotHttp,
        /// Access token lifetime outside [`Client::ACCESS_TOKEN_SECONDS`].
        #[error("the lifetime of an access token must be {least} to {most} seconds",
            least = Client::ACCESS_TOKEN_SECONDS.start(), most = Client::ACCESS_TOKEN_SECONDS.end())]
        AccessTokenLifetime,
        /// More than [`Client::MAX_SECRETS`] secrets, expired ones included.
        #[error("a client may have at most {max} secrets; remove one first", max = Client::MAX_SECRETS)]
        TooManySecrets,
        /// More than [`Client::MAX_ENTRIES`] redirect URIs.
        #[error("a client may have at most {max} redirect URIs", max = Client::MAX_ENTRIES)]
        TooManyRedirectUris,
        /// More than [`Client::MAX_ENTRIES`] domains.
        #[error("a client may have at most {max} domains", max = Client::MAX_ENTRIES)]
        TooManyDomains,
        /// Too many upstream providers.
        #[error("a client can name at most {max} upstream providers", max = UpstreamProvider::MOST)]
        TooManyUpstreamProviders,
        /// First-party client that registered itself. Its users always see a consent page.
        #[error("a client that registered itself cannot be first-party; create a new client")]
        DynamicFirstParty,
        /// `client_credentials` for a client that registered itself.
        #[error("a client that registered itself cannot use client_credentials; create a new client")]
        DynamicClientCredentials,
        /// The admin API as a resource of a client that registered itself.
        #[error("a client that registered itself cannot use the admin API; create a new client")]
        DynamicAdministration,
        /// More than [`Client::MAX_ENTRIES`] resources.
        #[error("a client may have at most {max} resources", max = Client::MAX_ENTRIES)]
        TooManyResources,
    }
}
