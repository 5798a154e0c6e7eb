//! The field that breaks a rule.

use countersign_domain::administration::group::InvalidGroup;
use countersign_domain::administration::role::InvalidRole;
use countersign_domain::claims::attribute::InvalidAttribute;
use countersign_domain::client::registration::InvalidRegistration as Client;
use countersign_domain::resource_server::InvalidResourceServer;
use countersign_domain::tenant::registered::InvalidTenant;
use countersign_domain::webhook::InvalidWebhook;

/// Returns the field of a client that breaks the rule.
pub(super) const fn client(rule: Client) -> &'static str {
    match rule {
        Client::NameMalformed => "client_name",
        Client::GrantTypeMissing
        | Client::PublicClientCredentials
        | Client::PublicTokenExchange
        | Client::SharedKeyTokenExchange
        | Client::DynamicClientCredentials
        | Client::RefreshWithoutCode => "grant_types",
        Client::DynamicFirstParty => "first_party",
        Client::RedirectUriMissing
        | Client::RedirectUriWildcard
        | Client::RedirectUriOutsideDomains
        | Client::TooManyRedirectUris => "redirect_uris",
        Client::DomainMalformed | Client::TooManyDomains => "domains",
        Client::TooManyResources | Client::DynamicAdministration => "resources",
        Client::TooManyUpstreamProviders => "upstream_providers",
        Client::TooManySecrets => "secrets",
        Client::TooManyWorkloads
        | Client::WorkloadNameMalformed
        | Client::WorkloadClaimsMalformed
        | Client::WorkloadClaimReserved
        | Client::WorkloadRepositoryMissing => "workload_identities",
        Client::TooManyExchangeRules
        | Client::ExchangeAudienceMalformed
        | Client::ExchangeRuleRepeated => "token_exchange",
        Client::SecretMalformed => "client_secret",
        Client::ScopeWithComma | Client::ScopeMissing => "scope",
        Client::PublicWithoutPkce => "require_pkce",
        Client::PublicSecret | Client::SecretNameMalformed | Client::SecretNameTaken => "name",
        Client::SecretExpiry => "expires_at",
        Client::PublicSharedKey => "access_token_signed_response_alg",
        Client::PublicPkceReplacesSecret => "pkce_replaces_secret",
        Client::PublicSharedUserInfoKey => "userinfo_signed_response_alg",
        Client::SectorMissing => "sector",
        Client::AudienceMalformed => "audience",
        Client::LogoutUriNotHttp => "backchannel_logout_uri",
        Client::KeysTooLong => "jwks",
        Client::KeysUriNotHttp => "jwks_uri",
        Client::KeysWithoutMethod | Client::WorkloadWithoutMethod | Client::MethodOfAnotherType => {
            "token_endpoint_auth_method"
        }
        Client::AccessTokenLifetime => "access_token_lifetime",
        _ => "client",
    }
}

/// Returns the field of a resource server that breaks the rule.
pub(super) const fn resource_server(rule: InvalidResourceServer) -> &'static str {
    match rule {
        InvalidResourceServer::NameMalformed => "name",
        InvalidResourceServer::TooManyClients => "introspection_clients",
        _ => "audience",
    }
}

/// Returns the field of an admin role that breaks the rule.
pub(super) const fn role(rule: InvalidRole) -> &'static str {
    match rule {
        InvalidRole::DescriptionMalformed => "description",
        _ => "name",
    }
}

/// Returns the field of a webhook that breaks the rule.
pub(super) const fn webhook(rule: InvalidWebhook) -> &'static str {
    match rule {
        InvalidWebhook::DescriptionMalformed => "description",
        InvalidWebhook::Events => "events",
        _ => "url",
    }
}

/// Returns the field of a group that breaks the rule.
pub(super) const fn group(rule: InvalidGroup) -> &'static str {
    match rule {
        InvalidGroup::DescriptionMalformed => "description",
        InvalidGroup::TooManyRoles => "roles",
        _ => "parents",
    }
}

/// Returns the field of a user attribute that breaks the rule.
pub(super) const fn attribute(rule: InvalidAttribute) -> &'static str {
    match rule {
        InvalidAttribute::DescriptionMalformed => "description",
        InvalidAttribute::Lengths => "max_length",
        InvalidAttribute::Pattern => "pattern",
        InvalidAttribute::Values => "enum",
        InvalidAttribute::Format => "format",
        InvalidAttribute::Range => "maximum",
        InvalidAttribute::Items => "max_items",
        _ => "name",
    }
}

/// Returns the field of a tenant that breaks a rule.
pub(super) const fn tenant(rule: InvalidTenant) -> &'static str {
    match rule {
        InvalidTenant::Lifetimes(_) => "lifetimes",
        InvalidTenant::SigningAlgorithm => "signing_algorithm",
        InvalidTenant::Branding(_) => "branding",
        InvalidTenant::Description => "description",
        InvalidTenant::SignUpDomains => "sign_up_domains",
        InvalidTenant::UpstreamOnly => "upstream_only",
        InvalidTenant::Registration(_) => "registration",
        _ => "name",
    }
}
