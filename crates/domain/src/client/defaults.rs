//! Defaults of new clients. They are written into a client at its creation, so a new default changes no existing client.

use crate::claims::policy::ClaimsPolicy;
use crate::client::openid_registration::{OpenIdRegistration, ScopeClaims};
use crate::client::{Client, ClientId, ClientStatus, ClientType, PkcePolicy, PkceRequirement};
use crate::later::LaterMembers;
use crate::scope::Scope;
use crate::time::Timestamp;
use alloc::vec::Vec;

impl Client {
    /// Creates an active client with the defaults of its type, but without grant types, scope, redirect URIs and
    /// secrets.
    #[must_use]
    pub fn new(id: ClientId, name: &str, client_type: ClientType, created_at: Timestamp) -> Self {
        Self {
            id,
            name: name.into(),
            client_type,
            status: ClientStatus::Active,
            secrets: Vec::new(),
            api_keys: Vec::new(),
            authentication_method: None,
            keys: None,
            grant_types: Vec::new(),
            scope: Scope::none(),
            redirect_uris: Vec::new(),
            domains: Vec::new(),
            pkce: PkcePolicy {
                required: pkce_requirement(client_type),
                ..PkcePolicy::STRICT
            },
            signing_algorithm: None,
            audience: None,
            resources: Vec::new(),
            first_party: false,
            dynamic: None,
            owner: None,
            openid: OpenIdRegistration {
                scope_claims_in_id_token: scope_claims(client_type),
                ..OpenIdRegistration::default()
            },
            access_token_lifetime: None,
            claims_policy: ClaimsPolicy::none(),
            upstream_providers: Vec::new(),
            token_exchange: Vec::new(),
            may_act: None,
            workload_identities: Vec::new(),
            managed_by: None,
            created_at,
            updated_at: None,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Replaces the strict settings of an earlier default by the defaults of new clients. Keeps a setting that already
    /// allows more.
    pub fn apply_defaults(&mut self) {
        if self.pkce.required == PkceRequirement::Always {
            self.pkce.required = pkce_requirement(self.client_type);
        }
        let claims = &mut self.openid.scope_claims_in_id_token;
        if *claims == ScopeClaims::None {
            *claims = scope_claims(self.client_type);
        }
    }
}

/// A confidential client may rely on a nonce, as many do by default.
const fn pkce_requirement(client_type: ClientType) -> PkceRequirement {
    match client_type {
        ClientType::Confidential => PkceRequirement::UnlessNonce,
        ClientType::Public => PkceRequirement::Always,
    }
}

/// Many confidential clients read only the ID token. They receive it directly from the token endpoint; a public client may
/// keep it in a browser or on a device.
const fn scope_claims(client_type: ClientType) -> ScopeClaims {
    match client_type {
        ClientType::Confidential => ScopeClaims::ProfileAndEmail,
        ClientType::Public => ScopeClaims::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::{NOW, confidential_client, public_client};

    fn new(client_type: ClientType) -> Client {
        Client::new(ClientId::parse("app").unwrap(), "App", client_type, NOW)
    }

    fn settings(client: &Client) -> (PkceRequirement, ScopeClaims) {
        (client.pkce.required, client.openid.scope_claims_in_id_token)
    }

    #[test]
    fn new_confidential_client_may_rely_on_nonce_and_id_token() {
        let expected = (PkceRequirement::UnlessNonce, ScopeClaims::ProfileAndEmail);
        assert_eq!(settings(&new(ClientType::Confidential)), expected);
    }

    #[test]
    fn new_public_client_must_use_pkce_and_userinfo() {
        let expected = (PkceRequirement::Always, ScopeClaims::None);
        assert_eq!(settings(&new(ClientType::Public)), expected);
    }

    #[test]
    fn defaults_apply_to_existing_client_of_the_same_type() {
        for mut existing in [confidential_client(), public_client()] {
            assert_eq!(
                settings(&existing),
                (PkceRequirement::Always, ScopeClaims::None)
            );
            existing.apply_defaults();
            assert_eq!(settings(&existing), settings(&new(existing.client_type)));
        }
    }

    #[test]
    fn defaults_keep_settings_that_allow_more() {
        let mut existing = confidential_client();
        existing.pkce.required = PkceRequirement::Never;
        existing.openid.scope_claims_in_id_token = ScopeClaims::All;
        existing.apply_defaults();
        assert_eq!(
            settings(&existing),
            (PkceRequirement::Never, ScopeClaims::All)
        );
    }
}
