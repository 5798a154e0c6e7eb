//! Fields of clients.

use super::{Fields, REDACTED};
use countersign_domain::client::assertion::workload::WorkloadIdentity;
use countersign_domain::client::dynamic::initial_access_token::InitialAccessToken;
use countersign_domain::client::openid_registration::{ScopeClaims, SubjectType};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientSecret, ExchangeRule, GrantType, Jwks, KeySource,
    PkceRequirement,
};
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::resource::Resource;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use std::fmt::Write as _;

impl Fields {
    /// Returns the fields of a client.
    pub(in crate::admin) fn of_client(client: &Client) -> Self {
        let mut fields = Self::default();
        let method = client.authentication_method;
        let signing = client.signing_algorithm;
        let lifetime = client.access_token_lifetime;
        let grant_types = client.grant_types.iter().map(GrantType::as_str);
        let redirect_uris = client.redirect_uris.iter().map(RedirectUri::as_str);
        fields.set("client_name", &client.name);
        fields.set("client_type", client.client_type.as_str());
        fields.set("status", client.status.as_str());
        fields.set_some(
            "token_endpoint_auth_method",
            method.map(AuthenticationMethod::as_str),
        );
        let keys = client.keys.as_ref();
        let jwks = keys.and_then(KeySource::registered).map(Jwks::as_str);
        fields.set_some("jwks", jwks);
        let jwks_uri = keys.and_then(KeySource::uri).map(RedirectUri::as_str);
        fields.set_some("jwks_uri", jwks_uri);
        fields.set_workloads(&client.workload_identities);
        fields.set_list("grant_types", grant_types);
        fields.set("scope", &client.scope);
        fields.set_list("redirect_uris", redirect_uris);
        fields.set_list("domains", client.domains.iter().map(String::as_str));
        let pkce = client.pkce.required;
        fields.set("require_pkce", pkce != PkceRequirement::Never);
        fields.set_if("nonce_replaces_pkce", pkce == PkceRequirement::UnlessNonce);
        fields.set("allow_plain_pkce", client.pkce.plain_allowed);
        fields.set("pkce_replaces_secret", client.pkce.replaces_secret);
        fields.set_some(
            "access_token_signed_response_alg",
            signing.map(SigningAlgorithm::as_str),
        );
        fields.set_some("access_token_lifetime", lifetime.map(|own| own.as_secs()));
        fields.set_some("audience", client.audience.as_deref());
        fields.set_list("resources", client.resources.iter().map(Resource::as_str));
        fields.set("first_party", client.first_party);
        fields.set_some("owner", client.owner.as_ref());
        fields.set_dynamic(client);
        fields.set_some("managed_by", client.managed_by.as_ref());
        let providers = client.upstream_providers.iter();
        fields.set_list("upstream_providers", providers.map(ProviderName::as_str));
        fields.set_policy(&client.claims_policy);
        fields.set_token_exchange(&client.token_exchange);
        fields.set_some("may_act", client.may_act.as_ref());
        fields.set_openid(client);
        for secret in &client.secrets {
            fields.set_secret(secret);
        }
        for (index, key) in client.api_keys.iter().enumerate() {
            let digest = *key.digest.as_bytes();
            fields.set_hiding(format!("api_key:{index}"), REDACTED, Some(digest));
        }
        fields
    }

    fn set_workloads(&mut self, all: &[WorkloadIdentity]) {
        for (index, own) in all.iter().enumerate() {
            let mut text = format!("{} {}", own.issuer, own.subject);
            for (name, value) in &own.claims {
                let _ = write!(text, " {name}={value}");
            }
            if let Some(audience) = &own.audience {
                let _ = write!(text, " for {audience}");
            }
            let keys = own.keys.uri().map(RedirectUri::as_str);
            let keys = keys.or_else(|| own.keys.registered().map(Jwks::as_str));
            let _ = write!(text, " keys {}", keys.unwrap_or_default());
            self.set(format!("workload_identity.{index}"), text);
        }
    }

    fn set_token_exchange(&mut self, rules: &[ExchangeRule]) {
        for (index, rule) in rules.iter().enumerate() {
            let ExchangeRule {
                subject_client,
                audience,
                impersonation,
            } = rule;
            let kind = if *impersonation { " impersonation" } else { "" };
            let text = format!("{subject_client} -> {audience}{kind}");
            self.set(format!("token_exchange.{index}"), text);
        }
    }

    /// Returns the fields of an initial access token.
    pub(in crate::admin) fn of_initial_access_token(token: &InitialAccessToken) -> Self {
        let mut fields = Self::default();
        fields.set_hiding("token", REDACTED, Some(*token.digest.as_bytes()));
        fields.set_some("expires_at", token.expires_at);
        fields.set_some("most_uses", token.most_uses);
        fields
    }

    /// Sets the fields of a client that registered itself. Hides the token that manages it.
    fn set_dynamic(&mut self, client: &Client) {
        let Some(own) = &client.dynamic else { return };
        let digest = *own.access_token.as_bytes();
        self.set_hiding("registration_access_token", REDACTED, Some(digest));
        self.set_some("initial_access_token", own.initial_access_token.as_ref());
        let uri = |uri: &Option<RedirectUri>| uri.as_ref().map(|uri| uri.as_str().to_owned());
        self.set_some("client_uri", uri(&own.links.home));
        self.set_some("logo_uri", uri(&own.links.logo));
        self.set_some("policy_uri", uri(&own.links.policy));
        self.set_some("tos_uri", uri(&own.links.terms));
    }

    /// Sets the OpenID fields. Hides the salt of the sector, which is a secret.
    fn set_openid(&mut self, client: &Client) {
        let openid = &client.openid;
        let (subject_type, sector) = match &openid.subject_type {
            SubjectType::Public => ("public", None),
            SubjectType::Pairwise(sector) => ("pairwise", Some(sector)),
        };
        let signing = openid.userinfo_signing_algorithm;
        let after_logout = openid.post_logout_redirect_uris.iter();
        let uri = |uri: &Option<RedirectUri>| uri.as_ref().map(|uri| uri.as_str().to_owned());
        self.set("subject_type", subject_type);
        if let Some(sector) = sector {
            self.set_hiding("sector", &sector.host, Some(sector.salt));
        }
        self.set_some(
            "userinfo_signed_response_alg",
            signing.map(SigningAlgorithm::as_str),
        );
        let claims = openid.scope_claims_in_id_token;
        self.set("scope_claims_in_id_token", claims == ScopeClaims::All);
        self.set_if(
            "profile_and_email_in_id_token",
            claims == ScopeClaims::ProfileAndEmail,
        );
        self.set("token_use_in_id_token", openid.token_use_in_id_token);
        self.set_list(
            "post_logout_redirect_uris",
            after_logout.map(RedirectUri::as_str),
        );
        self.set_some(
            "backchannel_logout_uri",
            uri(&openid.backchannel_logout_uri),
        );
        self.set_some(
            "frontchannel_logout_uri",
            uri(&openid.frontchannel_logout_uri),
        );
    }

    fn set_secret(&mut self, secret: &ClientSecret) {
        let name = &secret.name;
        let digest = *secret.digest.as_bytes();
        self.set_hiding(format!("client_secret:{name}"), REDACTED, Some(digest));
        if let Some(expires_at) = secret.expires_at {
            self.set(format!("client_secret_expires_at:{name}"), expires_at);
        }
    }
}
