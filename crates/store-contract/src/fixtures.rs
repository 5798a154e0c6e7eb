//! Facts that tests begin with. Change what a test is about: `Grant { generation: 7, ..fixtures::grant(1) }`.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "the texts parsed here are good, or the test that brought them is wrong"
)]

mod people;
mod server;

pub use people::{consent, device, device_id, passkey, session, session_id, user, user_id};
pub use server::{ephemeral_key, event, event_in, event_record, node_id, record_of, signing_key};

use countersign_domain::authorize::claims_request::RequestedClaims;
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::grant::Grant;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::refresh_token::Rotation;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::later::{LaterFacts, LaterMembers};
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::tenant::{Tenant, TenantId, TenantSettings};
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use std::time::Duration;

/// The present of every fixture.
pub const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

/// The point `seconds` after [`NOW`].
#[must_use]
pub const fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// The tenant of a server that has one.
#[must_use]
pub fn tenant() -> Tenant {
    Tenant {
        id: TenantId::SINGLE,
        issuer: "https://auth.example".into(),
        settings: TenantSettings {
            name: "Countersign".into(),
            lifetimes: Lifetimes::DEFAULT,
            signing_algorithm: SigningAlgorithm::Es256,
            mfa: MfaPolicy::Optional,
            sliding_sessions: true,
            registration_client: None,
        },
    }
}

/// A second tenant, which differs from [`tenant`] in everything.
#[must_use]
pub fn second_tenant() -> Tenant {
    Tenant {
        id: TenantId::from_number(2).unwrap(),
        issuer: "https://second.example/auth".into(),
        settings: TenantSettings {
            name: "Second".into(),
            lifetimes: Lifetimes {
                access_token: Duration::from_secs(60),
                id_token: Duration::from_secs(61),
                refresh_token: Duration::from_secs(24 * 3600),
                authorization_code: Duration::from_secs(62),
                login: Duration::from_secs(63),
                session: Duration::from_secs(7200),
                device: Duration::from_secs(3600),
                refresh_leeway: Duration::from_secs(5),
            },
            signing_algorithm: SigningAlgorithm::EdDsa,
            mfa: MfaPolicy::Required,
            sliding_sessions: false,
            registration_client: Some(client_id("app")),
        },
    }
}

/// The client identifier of this text.
#[must_use]
pub fn client_id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

/// The secret of [`client`].
#[must_use]
pub fn secret() -> Secret {
    Secret::new("correct horse battery staple")
}

/// A secret of a client by its name, with the digest of [`secret`].
#[must_use]
pub fn client_secret(name: &str) -> ClientSecret {
    ClientSecret {
        name: name.into(),
        digest: secret().digest(),
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }
}

/// A confidential client that may use every grant type, with one secret. It was not stored yet.
#[must_use]
pub fn client(id: &str) -> Client {
    Client {
        id: client_id(id),
        name: "App".into(),
        client_type: ClientType::Confidential,
        status: ClientStatus::Active,
        secrets: vec![client_secret("first")],
        authentication_method: None,
        jwks: None,
        grant_types: GrantType::ALL.to_vec(),
        scope: Scope::parse("openid read write").unwrap(),
        redirect_uris: vec![RedirectUri::parse("https://app.example/callback").unwrap()],
        domains: Vec::new(),
        pkce: PkcePolicy::STRICT,
        signing_algorithm: None,
        audience: None,
        resources: Vec::new(),
        first_party: false,
        openid: OpenIdRegistration::default(),
        access_token_lifetime: None,
        created_at: NOW,
        version: 0,
        later: LaterMembers::default(),
    }
}

/// A sign-in by password at [`NOW`].
#[must_use]
pub const fn authentication() -> Authentication {
    Authentication::new(NOW, Methods::NONE.with(Method::Password))
}

/// What the client `app` asks for.
#[must_use]
pub fn access() -> Access {
    Access {
        client: client_id("app"),
        scope: Scope::parse("openid read").unwrap(),
        resources: Vec::new(),
        claims: RequestedClaims::default(),
        later: LaterFacts::none(),
    }
}

/// What `jane` granted to the client `app`, without a session.
#[must_use]
pub fn authorization() -> Authorization {
    Authorization {
        access: access(),
        subject: Subject::new("jane"),
        authentication: authentication(),
        session: None,
        bound_to_verifier: true,
    }
}

/// The id of the grant of this number; ids of higher numbers sort later.
#[must_use]
pub const fn grant_id(number: u64) -> GrantId {
    GrantId::from_bytes((number as u128).to_be_bytes())
}

/// A live grant of [`authorization`], of generation 0.
#[must_use]
pub fn grant(number: u64) -> Grant {
    Grant {
        id: grant_id(number),
        authorization: authorization(),
        generation: 0,
        rotated_at: NOW,
        expires_at: NOW.plus(Lifetimes::DEFAULT.refresh_token),
        revoked_at: None,
    }
}

/// A rotation of a grant, ten seconds after [`NOW`].
#[must_use]
pub const fn rotation(grant: GrantId, presented: u32) -> Rotation {
    let now = later(10);
    Rotation {
        grant,
        presented,
        now,
        expires_at: now.plus(Lifetimes::DEFAULT.refresh_token),
    }
}
