//! Rules for upstream providers.

use super::profile_mapping::are_claims;
use super::protocol::UpstreamProtocol;
use super::provider::UpstreamProvider;
use super::url::UpstreamUrl;
use super::value_table::{GroupTable, RoleTable, ValueTable};
use crate::administration::description::{LONGEST, is_name};
use crate::claims::roles::HeldRoles;
use alloc::string::String;

crate::error_type! {
    /// Reason why an upstream provider is invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidUpstreamProvider {
        /// The display name is empty, too long or contains control characters.
        #[error("display_name has 1 to {max} characters and no control characters", max = LONGEST)]
        DisplayName,
        /// The protocol of a preset is another one.
        #[error("preset does not fit the issuer or the endpoints; remove the preset or the issuer")]
        Preset,
        /// An issuer with a query.
        #[error("issuer must have no query")]
        Issuer,
        /// Plain `http` to a provider that is not in a private network.
        #[error("the issuer and the endpoints must use https; http is allowed only with allow_private_network")]
        PlainHttp,
        /// Members that identify the user are missing or malformed.
        #[error("subject_claims needs 1 to 5 names of at most 128 bytes")]
        SubjectClaims,
        /// The client ID is empty, too long or contains control characters.
        #[error("client_id has 1 to {max} ASCII characters", max = UpstreamProvider::LONGEST_CLIENT_TEXT)]
        ClientId,
        /// A secret that the authentication method does not use.
        #[error("client_secret is only for the methods client_secret_basic and client_secret_post")]
        Secret,
        /// No secret for an authentication method that needs one.
        #[error("client_secret is missing; copy it from the registration of this server at the provider")]
        SecretMissing,
        /// A secret that would be sent to another server than before.
        #[error("client_secret must be given again if the issuer or the token endpoint changes")]
        SecretAgain,
        /// A client secret that is empty, too long or has other characters.
        #[error("client_secret has 1 to {max} ASCII characters", max = UpstreamProvider::LONGEST_CLIENT_TEXT)]
        SecretMalformed,
        /// An OpenID Connect provider without the scope `openid`.
        #[error("scope must contain openid for a provider of the type oidc")]
        Scope,
        /// A malformed list of claims.
        #[error("profile allows up to 5 claims per field, each with 1 to 128 bytes")]
        Profile,
        /// Too many trusted domains.
        #[error("trusted_domains has at most {max} domains", max = UpstreamProvider::MOST_DOMAINS)]
        TrustedDomains,
        /// Too many home domains.
        #[error("home_domains has at most {max} domains", max = UpstreamProvider::MOST_DOMAINS)]
        HomeDomains,
        /// A malformed table of groups.
        #[error("groups needs a claim and 1 to {max} values, each with 1 to 20 groups", max = GroupTable::MOST_VALUES)]
        Groups,
        /// A malformed table of roles.
        #[error("roles needs a claim and 1 to {values} values, each with 1 to 20 roles, and at most {max} roles in all", values = GroupTable::MOST_VALUES, max = HeldRoles::MAX)]
        Roles,
        /// Too many or malformed `acr` values, or values for a provider without ID tokens.
        #[error("two_factor_acr is only for providers of the type oidc, with at most {max} values of 1 to 256 bytes", max = UpstreamProvider::MOST_TWO_FACTOR_VALUES)]
        TwoFactorAcr,
        /// Too many or malformed `amr` values, or values for a provider without ID tokens.
        #[error("two_factor_amr is only for providers of the type oidc, with at most {max} values of 1 to 256 bytes", max = UpstreamProvider::MOST_TWO_FACTOR_VALUES)]
        TwoFactorAmr,
        /// An algorithm that this server does not verify, or one for a provider without ID tokens.
        #[error("id_token_signed_response_alg is only for providers of the type oidc, and RS256, PS256, ES256 or EdDSA")]
        IdTokenAlgorithm,
        /// Logout tokens, which only OpenID Connect has.
        #[error("backchannel_logout is only for providers of the type oidc")]
        BackchannelLogout,
        /// Logout at the provider, which only OpenID Connect has.
        #[error("rp_initiated_logout is only for providers of the type oidc")]
        RpInitiatedLogout,
    }
}

impl InvalidUpstreamProvider {
    /// Returns the name of the invalid field.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::DisplayName => "display_name",
            Self::Preset => "preset",
            Self::Issuer | Self::PlainHttp => "issuer",
            Self::SubjectClaims => "subject_claims",
            Self::ClientId => "client_id",
            Self::Secret | Self::SecretMissing | Self::SecretAgain | Self::SecretMalformed => {
                "client_secret"
            }
            Self::Scope => "scope",
            Self::Profile => "profile",
            Self::TrustedDomains => "trusted_domains",
            Self::HomeDomains => "home_domains",
            Self::Groups => "groups",
            Self::Roles => "roles",
            Self::TwoFactorAcr => "two_factor_acr",
            Self::TwoFactorAmr => "two_factor_amr",
            Self::IdTokenAlgorithm => "id_token_signed_response_alg",
            Self::BackchannelLogout => "backchannel_logout",
            Self::RpInitiatedLogout => "rp_initiated_logout",
        }
    }
}

impl UpstreamProvider {
    /// Validates a provider that is to be stored, with its secret.
    pub fn check_with_secret(&self) -> Result<(), InvalidUpstreamProvider> {
        self.check()?;
        let (needs, has) = (self.authentication.needs_secret(), self.secret.is_some());
        match (needs, has) {
            (true, false) => Err(InvalidUpstreamProvider::SecretMissing),
            (false, true) => Err(InvalidUpstreamProvider::Secret),
            _ => Ok(()),
        }
    }

    /// Validates a provider without its secret. Returns the first broken rule.
    pub fn check(&self) -> Result<(), InvalidUpstreamProvider> {
        use InvalidUpstreamProvider as Invalid;
        let holds = |holds: bool, broken: Invalid| if holds { Ok(()) } else { Err(broken) };
        let protocol = &self.protocol;
        let issuer = protocol.issuer().map(UpstreamUrl::as_str);
        let is_oidc = issuer.is_some();
        holds(is_name(&self.display_name), Invalid::DisplayName)?;
        let fits = self.preset.is_none_or(|own| own.fits(protocol));
        holds(fits, Invalid::Preset)?;
        holds(issuer.is_none_or(|own| !own.contains('?')), Invalid::Issuer)?;
        let is_secure = protocol.urls().all(|(_, url)| url.is_https());
        holds(is_secure || self.allow_private_network, Invalid::PlainHttp)?;
        holds(has_subject(protocol), Invalid::SubjectClaims)?;
        holds(is_client_text(&self.client_id), Invalid::ClientId)?;
        holds(!is_oidc || self.scope.contains("openid"), Invalid::Scope)?;
        holds(self.profile.is_valid(), Invalid::Profile)?;
        let trusted = self.trusted_domains.texts().len();
        holds(trusted <= Self::MOST_DOMAINS, Invalid::TrustedDomains)?;
        let home = self.home_domains.len();
        holds(home <= Self::MOST_DOMAINS, Invalid::HomeDomains)?;
        let groups = self.groups.as_ref();
        holds(groups.is_none_or(ValueTable::is_valid), Invalid::Groups)?;
        let roles = self.roles.as_ref();
        holds(roles.is_none_or(are_roles), Invalid::Roles)?;
        let fit = |values: &[String]| are_values(values) && (is_oidc || values.is_empty());
        holds(fit(&self.two_factor_acr), Invalid::TwoFactorAcr)?;
        holds(fit(&self.two_factor_amr), Invalid::TwoFactorAmr)?;
        let algorithm = self.id_token_signed_response_alg.as_deref();
        let is_known = |own| is_oidc && Self::ALGORITHMS.contains(&own);
        holds(algorithm.is_none_or(is_known), Invalid::IdTokenAlgorithm)?;
        holds(
            is_oidc || !self.backchannel_logout,
            Invalid::BackchannelLogout,
        )?;
        holds(
            is_oidc || !self.rp_initiated_logout,
            Invalid::RpInitiatedLogout,
        )
    }
}

fn has_subject(protocol: &UpstreamProtocol) -> bool {
    protocol
        .endpoints()
        .is_none_or(|own| !own.subject_claims.is_empty() && are_claims(&own.subject_claims))
}

/// Returns whether a text can be a client ID or a client secret (RFC 6749 appendix A).
#[must_use]
pub fn is_client_text(text: &str) -> bool {
    (1..=UpstreamProvider::LONGEST_CLIENT_TEXT).contains(&text.len())
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn are_roles(table: &RoleTable) -> bool {
    let all = table.all();
    table.is_valid() && all.len() <= HeldRoles::MAX && all.iter().all(|own| is_name(&own.audience))
}

fn are_values(values: &[String]) -> bool {
    values.len() <= UpstreamProvider::MOST_TWO_FACTOR_VALUES
        && values.iter().all(|own| (1..=256).contains(&own.len()))
}

#[cfg(test)]
mod tests;
