//! Conversion of the JSON form of an upstream provider into a provider. An error names the field.

use super::body::Body;
use super::table::{GroupTableBody, RoleTableBody};
use crate::api::problem::Problem;
use crate::api::resources::managed_by::managed_by;
use countersign_domain::evidence::Evidence;
use countersign_domain::federation::email_domain::{EmailDomain, TrustedDomains};
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::profile_mapping::{ProfileField, ProfileMapping};
use countersign_domain::federation::protocol::{
    OAuth2Endpoints, UpstreamAuthentication, UpstreamProtocol,
};
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;

impl Body {
    /// Returns the provider. Absent fields have the defaults of a new provider with this preset.
    pub(in crate::api) fn provider(
        &self,
        created_at: Timestamp,
    ) -> Result<UpstreamProvider, Problem> {
        let name =
            ProviderName::parse(&self.name).map_err(|error| Problem::field("name", error))?;
        let preset = named("preset", self.preset.as_deref(), Preset::parse)?;
        let protocol = self.protocol(preset)?;
        let mut provider =
            UpstreamProvider::new(name, preset, protocol, &*self.client_id, created_at);
        if let Some(display_name) = &self.display_name {
            provider.display_name.clone_from(display_name);
        }
        provider.enabled = self.enabled;
        let method = self.token_endpoint_auth_method.as_deref();
        let method = named(
            "token_endpoint_auth_method",
            method,
            UpstreamAuthentication::parse,
        )?;
        provider.authentication = method.unwrap_or(provider.authentication);
        provider
            .id_token_signed_response_alg
            .clone_from(&self.id_token_signed_response_alg);
        if let Some(scope) = &self.scope {
            provider.scope = parsed_scope(scope)?;
        }
        provider.profile = self.profile()?;
        if let Some(domains) = &self.trusted_domains {
            let domains = TrustedDomains::parse(domains.iter().map(String::as_str));
            let rule = "must be domains in lower-case ASCII such as example.com, or * alone";
            let domains = domains.map_err(|_| Problem::field("trusted_domains", rule));
            provider.trusted_domains = domains?;
        }
        let home = self
            .home_domains
            .iter()
            .map(|text| EmailDomain::parse(text));
        let home = home.collect::<Result<_, _>>();
        provider.home_domains = home.map_err(|error| Problem::field("home_domains", error))?;
        provider.create_users = self.create_users;
        provider.link_by_email = self.link_by_email;
        provider.groups = self
            .groups
            .as_ref()
            .map(GroupTableBody::table)
            .transpose()?;
        provider.roles = self.roles.as_ref().map(RoleTableBody::table).transpose()?;
        provider.two_factor_acr.clone_from(&self.two_factor_acr);
        provider.two_factor_amr.clone_from(&self.two_factor_amr);
        provider.allow_private_network = self.allow_private_network;
        let backchannel = self.backchannel_logout;
        provider.backchannel_logout = backchannel.unwrap_or(provider.backchannel_logout);
        provider.rp_initiated_logout = self.rp_initiated_logout;
        provider.managed_by = managed_by(self.managed_by.as_deref())?;
        Ok(provider)
    }

    fn protocol(&self, preset: Option<Preset>) -> Result<UpstreamProtocol, Problem> {
        let default = preset.and_then(Preset::protocol);
        let given = default.as_ref().map(UpstreamProtocol::as_str);
        let name = self.r#type.as_deref().or(given);
        match name.unwrap_or(UpstreamProtocol::OIDC) {
            UpstreamProtocol::OIDC => self.openid_connect(default.as_ref()),
            UpstreamProtocol::OAUTH2 => self.oauth2(default.as_ref()),
            _ => Err(Problem::field("type", "must be oidc or oauth2")),
        }
    }

    fn openid_connect(
        &self,
        default: Option<&UpstreamProtocol>,
    ) -> Result<UpstreamProtocol, Problem> {
        let others = [
            (
                "authorization_endpoint",
                self.authorization_endpoint.is_some(),
            ),
            ("token_endpoint", self.token_endpoint.is_some()),
            ("userinfo_endpoint", self.userinfo_endpoint.is_some()),
            ("emails_endpoint", self.emails_endpoint.is_some()),
            ("subject_claims", self.subject_claims.is_some()),
        ];
        none_of(
            &others,
            "is only for the type oauth2; the discovery document has the endpoints",
        )?;
        let default = default.and_then(UpstreamProtocol::issuer);
        let issuer = url("issuer", self.issuer.as_deref(), default)?;
        Ok(UpstreamProtocol::OpenIdConnect { issuer })
    }

    fn oauth2(&self, default: Option<&UpstreamProtocol>) -> Result<UpstreamProtocol, Problem> {
        let rule = "is only for the type oidc";
        none_of(&[("issuer", self.issuer.is_some())], rule)?;
        let default = default.and_then(UpstreamProtocol::endpoints);
        let emails = match self.emails_endpoint.as_deref() {
            // Without the other endpoints, all come from the preset.
            None if self.userinfo_endpoint.is_none() => default.and_then(|own| own.emails.clone()),
            None => None,
            text => Some(url("emails_endpoint", text, None)?),
        };
        let claims = self.subject_claims.clone();
        let claims = claims.or_else(|| default.map(|own| own.subject_claims.clone()));
        let names = || OAuth2Endpoints::SUBJECT_CLAIMS.iter();
        Ok(UpstreamProtocol::OAuth2(OAuth2Endpoints {
            authorization: url(
                "authorization_endpoint",
                self.authorization_endpoint.as_deref(),
                default.map(|own| &own.authorization),
            )?,
            token: url(
                "token_endpoint",
                self.token_endpoint.as_deref(),
                default.map(|own| &own.token),
            )?,
            userinfo: url(
                "userinfo_endpoint",
                self.userinfo_endpoint.as_deref(),
                default.map(|own| &own.userinfo),
            )?,
            emails,
            subject_claims: claims
                .unwrap_or_else(|| names().map(|name| (*name).to_owned()).collect()),
        }))
    }

    fn profile(&self) -> Result<ProfileMapping, Problem> {
        let mut mapping = ProfileMapping::default();
        for (name, claims) in &self.profile {
            let field = ProfileField::parse(name).ok_or_else(|| {
                let known: Vec<_> = ProfileField::ALL.iter().map(|own| own.as_str()).collect();
                let name = Evidence::of(name);
                let rule = format!("{name:?} is unknown; the fields are {}", known.join(", "));
                Problem::field("profile", rule)
            })?;
            mapping.set(field, claims.clone());
        }
        Ok(mapping)
    }
}

fn parsed_scope(text: &str) -> Result<Scope, Problem> {
    match text {
        "" => Ok(Scope::none()),
        text => Scope::parse(text).map_err(|error| Problem::field("scope", error)),
    }
}

/// Parses an optional name.
fn named<T>(
    field: &str,
    name: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let unknown = |name| {
        Problem::field(
            field,
            format!("the value {:?} is unknown", Evidence::of(name)),
        )
    };
    name.map(|name| parse(name).ok_or_else(|| unknown(name)))
        .transpose()
}

/// Parses a URL, or returns the default.
fn url(
    field: &str,
    text: Option<&str>,
    default: Option<&UpstreamUrl>,
) -> Result<UpstreamUrl, Problem> {
    match (text, default) {
        (Some(text), _) => UpstreamUrl::parse(text).map_err(|error| Problem::field(field, error)),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(Problem::field(field, "is missing")),
    }
}

/// Checks that none of these fields is given.
fn none_of(fields: &[(&str, bool)], rule: &str) -> Result<(), Problem> {
    match fields.iter().find(|(_, is_given)| *is_given) {
        Some((field, _)) => Err(Problem::field(field, rule)),
        None => Ok(()),
    }
}
