//! Validation of client registrations (RFC 6749 section 2, RFC 7591 section 2).

mod invalid;
mod secret_expiry;

use crate::administration::description;
use crate::client::assertion::workload::WorkloadIdentity;
use crate::client::openid_registration::SubjectType;
use crate::client::texts::is_domain;
use crate::client::{
    AuthenticationMethod, Client, ClientType, ExchangeRule, GrantType, Jwks, KeySource,
    PkceRequirement,
};
use crate::federation::provider::UpstreamProvider;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::tenant::lifetimes::Lifetimes;
use crate::token::signing_algorithm::SigningAlgorithm;
use core::ops::RangeInclusive;
pub use invalid::InvalidRegistration;

impl Client {
    /// Maximum length of a client name, secret name or audience, in characters.
    pub const LONGEST_NAME: usize = description::LONGEST;

    /// Allowed lengths of a client secret that an operator chooses. Only a digest without a work factor is stored, so a
    /// short secret could be guessed from it.
    pub const SECRET_CHARACTERS: RangeInclusive<usize> = 32..=255;

    /// Maximum number of secrets. Each token request can compare all of them.
    pub const MAX_SECRETS: usize = 10;

    /// Maximum number of redirect URIs, of domains and of resources.
    pub const MAX_ENTRIES: usize = 100;

    /// Allowed lifetimes of access tokens, in seconds. The maximum is one day, because a resource server that does not
    /// use introspection accepts a revoked token until it expires.
    pub const ACCESS_TOKEN_SECONDS: RangeInclusive<u64> = 1..=Lifetimes::LONGEST_TOKEN.as_secs();

    /// Validates a client secret that an operator chooses, for example to move a client from another server.
    pub fn check_chosen_secret(secret: &Secret) -> Result<(), InvalidRegistration> {
        let bytes = secret.expose_secret().as_bytes();
        let is_allowed = Self::SECRET_CHARACTERS.contains(&bytes.len())
            && bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
        is_allowed
            .then_some(())
            .ok_or(InvalidRegistration::SecretMalformed)
    }

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
            rule(
                !uses(&GrantType::TOKEN_EXCHANGE),
                Invalid::PublicTokenExchange,
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
        let shares_key = *signing_algorithm == Some(SigningAlgorithm::Hs256);
        rule(
            !shares_key || !uses(&GrantType::TOKEN_EXCHANGE),
            Invalid::SharedKeyTokenExchange,
        )?;
        if uses(&GrantType::AUTHORIZATION_CODE) {
            rule(!redirect_uris.is_empty(), Invalid::RedirectUriMissing)?;
        } else {
            let has_custom = grant_types.iter().any(|grant_type| !grant_type.is_known());
            let has_device = uses(&GrantType::DEVICE_CODE);
            rule(
                has_custom || has_device || !uses(&GrantType::REFRESH_TOKEN),
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
        self.check_token_exchange()?;
        self.check_dynamic()?;
        rule(
            access_token_lifetime
                .is_none_or(|lifetime| Self::ACCESS_TOKEN_SECONDS.contains(&lifetime.as_secs())),
            Invalid::AccessTokenLifetime,
        )
    }
}

impl Client {
    /// Rejects values that are well-formed, but do not do what their author expects. Stored clients may have such
    /// values, so only a new client, or a change that introduces one, is refused.
    pub fn check_mistakes(&self) -> Result<(), InvalidRegistration> {
        let after_logout = &self.openid.post_logout_redirect_uris;
        let mut uris = self.redirect_uris.iter().chain(after_logout);
        if uris.any(|uri| uri.as_str().contains('*')) {
            return Err(InvalidRegistration::RedirectUriWildcard);
        }
        if self.scope.tokens().any(|token| token.contains(',')) {
            return Err(InvalidRegistration::ScopeWithComma);
        }
        if self.scope.is_empty() && self.redirect_uris.is_empty() {
            return Err(InvalidRegistration::ScopeMissing);
        }
        Ok(())
    }

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
                self.upstream_providers.len(),
                UpstreamProvider::MOST,
                Invalid::TooManyUpstreamProviders,
            ),
            (
                self.resources.len(),
                Self::MAX_ENTRIES,
                Invalid::TooManyResources,
            ),
            (
                self.workload_identities.len(),
                WorkloadIdentity::MOST,
                Invalid::TooManyWorkloads,
            ),
            (
                self.token_exchange.len(),
                ExchangeRule::MOST,
                Invalid::TooManyExchangeRules,
            ),
        ];
        let broken = counts.into_iter().find(|(count, max, _)| count > max);
        broken.map_or(Ok(()), |(_, _, rule)| Err(rule))
    }

    fn check_token_exchange(&self) -> Result<(), InvalidRegistration> {
        let rules = &self.token_exchange;
        if !rules.iter().all(|rule| Self::is_name(&rule.audience)) {
            return Err(InvalidRegistration::ExchangeAudienceMalformed);
        }
        let is_repeated = |(index, rule): (usize, &ExchangeRule)| {
            let mut later = rules.iter().skip(index + 1);
            later.any(|other| other.is_about(rule.subject_client.as_str(), &rule.audience))
        };
        if rules.iter().enumerate().any(is_repeated) {
            return Err(InvalidRegistration::ExchangeRuleRepeated);
        }
        Ok(())
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
        let has_workloads = !self.workload_identities.is_empty();
        if has_workloads && !needs_keys {
            return Err(InvalidRegistration::WorkloadWithoutMethod);
        }
        let has_keys = self.keys.is_some();
        if !is_custom && needs_keys != (has_keys || has_workloads) {
            return Err(InvalidRegistration::KeysWithoutMethod);
        }
        for identity in &self.workload_identities {
            identity.check_registered()?;
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
