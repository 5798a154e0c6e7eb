//! Validation of client registrations (RFC 6749 section 2, RFC 7591 section 2).

use crate::client::openid_registration::SubjectType;
use crate::client::texts::is_domain;
use crate::client::{
    AuthenticationMethod, Client, ClientType, GrantType, Jwks, KeySource, PkceRequirement,
};
use crate::refusal::Refusal;
use crate::tenant::lifetimes::Lifetimes;
use crate::token::signing_algorithm::SigningAlgorithm;
use core::ops::RangeInclusive;

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
        /// `authorization_code` without a redirect URI (RFC 6749 section 3.1.2.2).
        #[error("authorization_code needs at least one redirect URI")]
        RedirectUriMissing,
        /// `refresh_token` without a grant type that issues refresh tokens: `authorization_code` or a custom one.
        #[error("refresh_token requires authorization_code or a custom grant type")]
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
        /// More than [`Client::MAX_ENTRIES`] resources.
        #[error("a client may have at most {max} resources", max = Client::MAX_ENTRIES)]
        TooManyResources,
    }
}

impl Client {
    /// Maximum length of a client name, secret name or audience, in characters.
    pub const LONGEST_NAME: usize = 200;

    /// Maximum number of secrets. Each token request can compare all of them.
    pub const MAX_SECRETS: usize = 10;

    /// Maximum number of redirect URIs, of domains and of resources.
    pub const MAX_ENTRIES: usize = 100;

    /// Allowed lifetimes of access tokens, in seconds. The maximum is one day, because a resource server that does not
    /// use introspection accepts a revoked token until it expires.
    pub const ACCESS_TOKEN_SECONDS: RangeInclusive<u64> = 1..=Lifetimes::LONGEST_TOKEN.as_secs();

    /// Validates the registration. Returns the first broken rule.
    pub(crate) fn check_registration(&self) -> Result<(), InvalidRegistration> {
        use InvalidRegistration as Invalid;
        let Self {
            name,
            client_type,
            secrets,
            grant_types,
            redirect_uris,
            domains,
            pkce,
            signing_algorithm,
            audience,
            access_token_lifetime,
            openid,
            ..
        } = self;
        let uses = |grant_type: &GrantType| grant_types.contains(grant_type);
        let rule = |holds: bool, broken: Invalid| if holds { Ok(()) } else { Err(broken) };

        rule(Self::is_name(name), Invalid::NameMalformed)?;
        self.check_counts()?;
        rule(!grant_types.is_empty(), Invalid::GrantTypeMissing)?;
        if *client_type == ClientType::Public {
            let shared_key = *signing_algorithm == Some(SigningAlgorithm::Hs256);
            rule(
                !uses(&GrantType::CLIENT_CREDENTIALS),
                Invalid::PublicClientCredentials,
            )?;
            rule(secrets.is_empty(), Invalid::PublicSecret)?;
            rule(
                pkce.required == PkceRequirement::Always,
                Invalid::PublicWithoutPkce,
            )?;
            rule(!pkce.replaces_secret, Invalid::PublicPkceReplacesSecret)?;
            rule(!shared_key, Invalid::PublicSharedKey)?;
            rule(
                openid.userinfo_signing_algorithm != Some(SigningAlgorithm::Hs256),
                Invalid::PublicSharedUserInfoKey,
            )?;
        }
        if uses(&GrantType::AUTHORIZATION_CODE) {
            rule(!redirect_uris.is_empty(), Invalid::RedirectUriMissing)?;
        } else {
            let has_custom = grant_types.iter().any(|grant_type| !grant_type.is_known());
            rule(
                has_custom || !uses(&GrantType::REFRESH_TOKEN),
                Invalid::RefreshWithoutCode,
            )?;
        }
        rule(
            domains.iter().all(|domain| is_domain(domain)),
            Invalid::DomainMalformed,
        )?;
        let outside = redirect_uris.iter().any(|uri| {
            matches!(
                self.registered_redirect_uri(uri.as_str()),
                Err(Refusal::RedirectUriOutsideDomains(_))
            )
        });
        rule(!outside, Invalid::RedirectUriOutsideDomains)?;
        for (index, secret) in secrets.iter().enumerate() {
            rule(Self::is_name(&secret.name), Invalid::SecretNameMalformed)?;
            let taken = secrets
                .iter()
                .skip(index + 1)
                .any(|other| other.name == secret.name);
            rule(!taken, Invalid::SecretNameTaken)?;
            rule(secret.has_valid_expiry(), Invalid::SecretExpiry)?;
        }
        rule(
            audience.as_deref().is_none_or(Self::is_name),
            Invalid::AudienceMalformed,
        )?;
        self.check_openid()?;
        self.check_authentication()?;
        rule(
            access_token_lifetime
                .is_none_or(|lifetime| Self::ACCESS_TOKEN_SECONDS.contains(&lifetime.as_secs())),
            Invalid::AccessTokenLifetime,
        )
    }
}

impl Client {
    fn check_counts(&self) -> Result<(), InvalidRegistration> {
        use InvalidRegistration as Invalid;
        let counts = [
            (
                self.secrets.len(),
                Self::MAX_SECRETS,
                Invalid::TooManySecrets,
            ),
            (
                self.redirect_uris.len(),
                Self::MAX_ENTRIES,
                Invalid::TooManyRedirectUris,
            ),
            (
                self.domains.len(),
                Self::MAX_ENTRIES,
                Invalid::TooManyDomains,
            ),
            (
                self.resources.len(),
                Self::MAX_ENTRIES,
                Invalid::TooManyResources,
            ),
        ];
        let broken = counts.into_iter().find(|(count, max, _)| count > max);
        broken.map_or(Ok(()), |(_, _, rule)| Err(rule))
    }

    fn check_openid(&self) -> Result<(), InvalidRegistration> {
        let openid = &self.openid;
        if let SubjectType::Pairwise(sector) = &openid.subject_type
            && !is_domain(&sector.host)
        {
            return Err(InvalidRegistration::SectorMissing);
        }
        let told = [
            &openid.backchannel_logout_uri,
            &openid.frontchannel_logout_uri,
        ];
        if told.into_iter().flatten().any(|uri| uri.host().is_none()) {
            return Err(InvalidRegistration::LogoutUriNotHttp);
        }
        Ok(())
    }
}

impl Client {
    fn check_authentication(&self) -> Result<(), InvalidRegistration> {
        let method = self.authentication_method;
        let is_public = self.client_type == ClientType::Public;
        if method.is_some_and(|method| (method == AuthenticationMethod::None) != is_public) {
            return Err(InvalidRegistration::MethodOfAnotherType);
        }
        if let Some(AuthenticationMethod::Custom(name)) = method
            && AuthenticationMethod::parse(name).is_some()
        {
            return Err(InvalidRegistration::MethodReserved);
        }
        // The server decides whether a custom method needs keys.
        let is_custom = matches!(method, Some(AuthenticationMethod::Custom(_)));
        let needs_keys = method == Some(AuthenticationMethod::PrivateKeyJwt);
        if !is_custom && needs_keys != self.keys.is_some() {
            return Err(InvalidRegistration::KeysWithoutMethod);
        }
        match &self.keys {
            Some(KeySource::Registered(jwks)) if jwks.as_str().len() > Jwks::MAX_LENGTH => {
                Err(InvalidRegistration::KeysTooLong)
            }
            Some(KeySource::Published(uri)) if uri.host().is_none() => {
                Err(InvalidRegistration::KeysUriNotHttp)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
