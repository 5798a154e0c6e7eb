//! Facts that tests begin with. Change what a test is about: `Grant { generation: 7, ..fixtures::grant(1) }`.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "the texts parsed here are good, or the test that brought them is wrong"
)]

use countersign_domain::authentication::{Authentication, Method, Methods};
use countersign_domain::claims_request::RequestedClaims;
use countersign_domain::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::consent::Consent;
use countersign_domain::credential::{Device, Passkey};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{DeviceId, GrantId, SessionId, Subject, UserId};
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::openid_registration::OpenIdRegistration;
use countersign_domain::profile::Profile;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refresh_token::Rotation;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::session::Session;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use std::time::Duration;

/// The present of every fixture.
pub const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

/// The point `seconds` after [`NOW`].
#[must_use]
pub const fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
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

/// A confidential client that may use every grant type, with one secret.
#[must_use]
pub fn client(id: &str) -> Client {
    Client {
        id: client_id(id),
        name: "App".into(),
        client_type: ClientType::Confidential,
        status: ClientStatus::Active,
        secrets: vec![client_secret("first")],
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
    }
}

/// The id of the grant of this number; ids of higher numbers sort later.
#[must_use]
pub const fn grant_id(number: u64) -> GrantId {
    GrantId::from_bytes((number as u128).to_be_bytes())
}

/// A live grant of the client `app`, of generation 0.
#[must_use]
pub fn grant(number: u64) -> Grant {
    Grant {
        id: grant_id(number),
        client: client_id("app"),
        subject: Subject::new("jane"),
        scope: Scope::parse("openid read").unwrap(),
        authentication: Authentication {
            time: NOW,
            methods: Methods::NONE.with(Method::Password),
            session: None,
        },
        claims: RequestedClaims::default(),
        resources: Vec::new(),
        bound_to_verifier: true,
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

/// The id of the user of this number.
#[must_use]
pub const fn user_id(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

/// A user without a second factor.
#[must_use]
pub fn user(number: u8, email: &str) -> User {
    User {
        id: user_id(number),
        email: Email::parse(email).unwrap(),
        email_verified: true,
        name: Some("Jane".into()),
        profile: Profile::default(),
        enabled: true,
        password_hash: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into()),
        sealed_totp_secret: None,
        created_at: NOW,
    }
}

/// A signing key of the server that signs from [`NOW`] on. Its sealed private key is not one.
#[must_use]
pub fn signing_key(id: &str) -> SigningKey {
    SigningKey {
        id: id.into(),
        algorithm: SigningAlgorithm::Es256,
        client: None,
        sealed_private_key: vec![0, 1, 2, 255],
        created_at: NOW,
        signs_from: NOW,
        retires_at: None,
    }
}

/// The id of the session of this number; ids of higher numbers sort later.
#[must_use]
pub const fn session_id(number: u64) -> SessionId {
    SessionId::from_bytes((number as u128).to_be_bytes())
}

/// A session of an hour of the user of number 1, begun by password at [`NOW`].
#[must_use]
pub const fn session(number: u64) -> Session {
    Session {
        id: session_id(number),
        user: user_id(1),
        authenticated_at: NOW,
        methods: Methods::NONE.with(Method::Password),
        created_at: NOW,
        last_active_at: NOW,
        expires_at: later(3600),
        ended_at: None,
        ip_address: None,
        user_agent: None,
    }
}

/// The consent of the user of this number to a client.
#[must_use]
pub fn consent(number: u8, client: &str) -> Consent {
    Consent {
        user: user_id(number),
        client: client_id(client),
        scope: Scope::parse("openid read").unwrap(),
        given_at: NOW,
    }
}

/// A passkey of the user of number 1. What is in it is no key.
#[must_use]
pub fn passkey(id: &[u8]) -> Passkey {
    Passkey {
        id: id.into(),
        user: user_id(1),
        name: "Phone".into(),
        credential: vec![0, 1, 2, 255],
        created_at: NOW,
        last_used_at: None,
    }
}

/// The id of the device of this number; ids of higher numbers sort later.
#[must_use]
pub const fn device_id(number: u64) -> DeviceId {
    DeviceId::from_bytes((number as u128).to_be_bytes())
}

/// A device that the user of number 1 asked to have remembered for a day.
#[must_use]
pub fn device(number: u64) -> Device {
    Device {
        id: device_id(number),
        user: user_id(1),
        name: "Firefox".into(),
        created_at: NOW,
        expires_at: later(24 * 3600),
    }
}
