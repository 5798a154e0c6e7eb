//! Fixtures for the tests of this crate.

use crate::authorize::claims_request::RequestedClaims;
use crate::claims::policy::ClaimsPolicy;
use crate::client::authentication::RegisteredClient;
use crate::client::openid_registration::OpenIdRegistration;
use crate::client::redirect_uri::RedirectUri;
use crate::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use crate::grant::authorization::{Access, Authorization};
use crate::grant::authorization_code::CodeFacts;
use crate::grant::code_binding::CodeBinding;
use crate::grant::pkce::{ChallengeMethod, CodeChallenge};
use crate::grant::{Grant, GrantFacts};
use crate::identifier::{GrantId, SessionId, Subject, UserId};
use crate::later::{LaterFacts, LaterMembers};
use crate::login::authentication::{Acr, AcrNames, Authentication, Method, Methods};
use crate::login::session::Session;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::tenant::lifetimes::Lifetimes;
use crate::tenant::{Tenant, TenantId, TenantSettings};
use crate::time::Timestamp;
use crate::user::{Email, User};

pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) const ACR_NAMES: AcrNames<'_> = AcrNames::new(&[
    (Acr::ONE_FACTOR, "one"),
    (Acr::TWO_FACTORS, "two"),
    (Acr::PHISHING_RESISTANT, "phr"),
]);

/// Tenant of a single-tenant server.
pub(crate) fn tenant() -> Tenant {
    Tenant {
        id: TenantId::SINGLE,
        issuer: "https://auth.example".into(),
        settings: TenantSettings::new("Countersign"),
    }
}

pub(crate) fn secret() -> Secret {
    Secret::new("correct horse battery staple")
}

/// Password sign-in at [`NOW`].
pub(crate) fn login() -> Authentication {
    Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD))
}

/// One-hour session that starts at [`NOW`].
pub(crate) fn session() -> Session {
    Session {
        id: SessionId::from_bytes([6; 16]),
        user: UserId::from_bytes([8; 16]),
        authentication: login(),
        created_at: NOW,
        last_active_at: NOW,
        expires_at: NOW.plus(core::time::Duration::from_secs(3600)),
        ended_at: None,
        ip_address: None,
        user_agent: None,
        secret: None,
    }
}

pub(crate) fn user() -> User {
    let email = Email::parse("jane@example.com").unwrap();
    User {
        password_hash: Some("$argon2id$hash".into()),
        ..User::new(session().user, email, NOW)
    }
}

pub(crate) fn confidential_client() -> Client {
    Client {
        id: ClientId::parse("app").unwrap(),
        name: "App".into(),
        client_type: ClientType::Confidential,
        status: ClientStatus::Active,
        secrets: [ClientSecret {
            name: "first".into(),
            digest: secret().digest(),
            created_at: NOW,
            expires_at: None,
            last_used_at: None,
        }]
        .into(),
        authentication_method: None,
        keys: None,
        grant_types: [GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN].into(),
        scope: Scope::parse("openid read write").unwrap(),
        redirect_uris: [RedirectUri::parse("https://app.example/callback").unwrap()].into(),
        domains: [].into(),
        pkce: PkcePolicy::STRICT,
        signing_algorithm: None,
        audience: None,
        resources: [].into(),
        first_party: false,
        dynamic: None,
        owner: None,
        openid: OpenIdRegistration::default(),
        api_keys: [].into(),
        claims_policy: ClaimsPolicy::none(),
        upstream_providers: alloc::vec::Vec::new(),
        token_exchange: alloc::vec::Vec::new(),
        may_act: None,
        workload_identities: alloc::vec::Vec::new(),
        access_token_lifetime: None,
        managed_by: None,
        created_at: NOW,
        updated_at: None,
        version: 0,
        later: LaterMembers::default(),
    }
}

/// The client, as the store returns it. Tests break its registration on purpose.
pub(crate) const fn stored(client: &Client) -> RegisteredClient<'_> {
    RegisteredClient::from_stored(client)
}

pub(crate) fn public_client() -> Client {
    Client {
        client_type: ClientType::Public,
        secrets: [].into(),
        ..confidential_client()
    }
}

pub(crate) fn authorization_of(client: &Client) -> Authorization {
    Authorization {
        access: Access {
            client: client.id.clone(),
            scope: client.scope.clone(),
            resources: [].into(),
            claims: RequestedClaims::default(),
            later: LaterFacts::none(),
        },
        subject: Subject::new("jane"),
        authentication: login(),
        session: None,
        bound_to_verifier: true,
    }
}

/// Fields of a code, for [`AuthorizationCode::from_sealed`](crate::grant::authorization_code::AuthorizationCode).
pub(crate) fn code_for(client: &Client) -> CodeFacts {
    CodeFacts {
        grant: GrantId::from_bytes([3; 16]),
        authorization: authorization_of(client),
        binding: CodeBinding {
            redirect_uri: client.redirect_uris[0].clone(),
            challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
            nonce: None,
        },
        password: None,
        expires_at: NOW.plus(Lifetimes::DEFAULT.authorization_code()),
    }
}

pub(crate) fn grant_of(client: &Client) -> Grant {
    Grant::from_stored(GrantFacts {
        id: GrantId::from_bytes([3; 16]),
        authorization: authorization_of(client),
        generation: 0,
        rotated_at: NOW,
        expires_at: NOW.plus(Lifetimes::DEFAULT.refresh_token()),
        revoked_at: None,
    })
}

/// Returns the grant as a store would have it after `change`.
pub(crate) fn changed(grant: &Grant, change: impl FnOnce(&mut GrantFacts)) -> Grant {
    let mut facts = grant.facts().clone();
    change(&mut facts);
    Grant::from_stored(facts)
}
