//! Conversion of the JSON form of a client into a client. An error names the field.

use super::body::{ClientBody, PAIRWISE, PUBLIC};
use super::exchange::ExchangeRuleBody;
use super::workload::WorkloadBody;
use crate::api::problem::Problem;
use crate::api::resources::claims::mapping::mappings;
use crate::api::resources::managed_by::managed_by;
use countersign_application::admin::clients::Pairwise;
use countersign_domain::client::openid_registration::ScopeClaims;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientId, ClientStatus, ClientType, GrantType, Jwks, KeySource,
    PkceRequirement,
};
use countersign_domain::evidence::Evidence;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use serde_json::Value;
use std::time::Duration;

impl ClientBody {
    /// Writes the metadata into a client. Fields that this form does not have stay unchanged.
    pub(in crate::api) fn apply(&self, client: &mut Client) -> Result<(), Problem> {
        client.name.clone_from(&self.client_name);
        client.status = named("status", &self.status, ClientStatus::parse)?;
        let method = self.token_endpoint_auth_method.as_deref();
        client.authentication_method = optional(
            "token_endpoint_auth_method",
            method,
            AuthenticationMethod::parse,
        )?;
        client.keys = self.keys(client.keys.take())?;
        let workloads = self.workload_identities.iter().map(WorkloadBody::identity);
        client.workload_identities = workloads.collect::<Result<_, _>>()?;
        let known = |name: &str| {
            let mut all = GrantType::ALL.iter();
            all.find(|own| own.as_str() == name).cloned()
        };
        client.grant_types = list(&self.grant_types, |name| named("grant_types", name, known))?;
        client.grant_types.sort_unstable();
        client.grant_types.dedup();
        client.scope = match self.scope.as_str() {
            "" => Scope::none(),
            scope => Scope::parse(scope).map_err(|error| Problem::field("scope", error))?,
        };
        client.redirect_uris = list(&self.redirect_uris, |text| uri("redirect_uris", text))?;
        client.domains.clone_from(&self.domains);
        if let Some(required) = &self.require_pkce {
            client.pkce.required = named("require_pkce", required, PkceRequirement::parse)?;
        }
        client.pkce.plain_allowed = self.allow_plain_pkce;
        client.pkce.replaces_secret = self.pkce_replaces_secret;
        client.signing_algorithm = optional(
            "access_token_signed_response_alg",
            self.access_token_signed_response_alg.as_deref(),
            SigningAlgorithm::parse,
        )?;
        client.access_token_lifetime = self.access_token_lifetime.map(Duration::from_secs);
        client.audience.clone_from(&self.audience);
        client.resources = list(&self.resources, |text| {
            Resource::parse(text).map_err(|error| Problem::field("resources", error))
        })?;
        client.first_party = self.first_party;
        client.claims_policy.mappings = mappings(&self.claims_policy)?;
        client.upstream_providers = list(&self.upstream_providers, |name| {
            ProviderName::parse(name).map_err(|error| Problem::field("upstream_providers", error))
        })?;
        client.upstream_providers.sort_unstable();
        client.upstream_providers.dedup();
        let rules = self.token_exchange.iter().map(ExchangeRuleBody::rule);
        client.token_exchange = rules.collect::<Result<_, _>>()?;
        client.token_exchange.sort_unstable();
        let id = |text| ClientId::parse(text).map_err(|error| Problem::field("may_act", error));
        client.may_act = self.may_act.as_deref().map(id).transpose()?;
        client.managed_by = managed_by(self.managed_by.as_deref())?;
        self.apply_openid(client)
    }

    fn apply_openid(&self, client: &mut Client) -> Result<(), Problem> {
        let openid = &mut client.openid;
        if let Some(claims) = &self.scope_claims_in_id_token {
            openid.scope_claims_in_id_token =
                named("scope_claims_in_id_token", claims, ScopeClaims::parse)?;
        }
        openid.userinfo_signing_algorithm = optional(
            "userinfo_signed_response_alg",
            self.userinfo_signed_response_alg.as_deref(),
            SigningAlgorithm::parse,
        )?;
        openid.token_use_in_id_token = self.token_use_in_id_token;
        openid.post_logout_redirect_uris = list(&self.post_logout_redirect_uris, |text| {
            uri("post_logout_redirect_uris", text)
        })?;
        let one = |name: &str, text: Option<&str>| text.map(|text| uri(name, text)).transpose();
        let (back, front) = ("backchannel_logout_uri", "frontchannel_logout_uri");
        openid.backchannel_logout_uri = one(back, self.backchannel_logout_uri.as_deref())?;
        openid.frontchannel_logout_uri = one(front, self.frontchannel_logout_uri.as_deref())?;
        Ok(())
    }

    /// Returns the keys. Keeps the text of an unchanged key set.
    fn keys(&self, present: Option<KeySource>) -> Result<Option<KeySource>, Problem> {
        match (&self.jwks, &self.jwks_uri) {
            (Some(_), Some(_)) => Err(Problem::field("jwks_uri", "cannot be combined with jwks")),
            (Some(jwks), None) => {
                let same = present.filter(|own| own.registered().is_some_and(|own| is(own, jwks)));
                let new = || KeySource::Registered(Jwks::new(jwks.to_string()));
                Ok(Some(same.unwrap_or_else(new)))
            }
            (None, Some(text)) => Ok(Some(KeySource::Published(uri("jwks_uri", text)?))),
            (None, None) => Ok(None),
        }
    }

    /// Returns the pairwise setting of a new client.
    pub(in crate::api) fn pairwise(&self) -> Result<Option<Pairwise>, Problem> {
        match self.subject_type.as_str() {
            PUBLIC if self.sector.is_some() => Err(Problem::field(
                "sector",
                "requires the subject type pairwise",
            )),
            PUBLIC => Ok(None),
            PAIRWISE => Ok(Some(Pairwise {
                sector: self.sector.clone(),
            })),
            other => named("subject_type", other, |_| None),
        }
    }

    /// Returns the client type.
    pub(in crate::api) fn client_type(&self) -> Result<ClientType, Problem> {
        named("client_type", &self.client_type, ClientType::parse)
    }
}

fn is(stored: &Jwks, given: &Value) -> bool {
    serde_json::from_str::<Value>(stored.as_str()).is_ok_and(|stored| stored == *given)
}

fn named<T>(field: &str, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, Problem> {
    let unknown = || {
        let name = Evidence::of(name);
        Problem::field(field, format!("the value {name:?} is unknown"))
    };
    parse(name).ok_or_else(unknown)
}

fn optional<T>(
    field: &str,
    name: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    name.map(|name| named(field, name, parse)).transpose()
}

fn list<T>(
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    texts.iter().map(|text| parse(text)).collect()
}

fn uri(field: &str, text: &str) -> Result<RedirectUri, Problem> {
    RedirectUri::parse(text).map_err(|error| Problem::field(field, error))
}
