//! Facts that the tests of the rules start from.

use crate::authorization_code::AuthorizationCode;
use crate::authorization_request::RequestedGrant;
use crate::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use crate::grant::Grant;
use crate::identifier::{GrantId, Subject};
use crate::lifetimes::Lifetimes;
use crate::pkce::{ChallengeMethod, CodeChallenge};
use crate::redirect_uri::RedirectUri;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::time::Timestamp;

pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) fn secret() -> Secret {
    Secret::new("correct horse battery staple")
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
        grant_types: [GrantType::AuthorizationCode, GrantType::RefreshToken].into(),
        scope: Scope::parse("openid read write").unwrap(),
        redirect_uris: [RedirectUri::parse("https://app.example/callback").unwrap()].into(),
        domains: [].into(),
        pkce: PkcePolicy::STRICT,
        signing_algorithm: None,
        audience: None,
        access_token_lifetime: None,
        created_at: NOW,
    }
}

pub(crate) fn public_client() -> Client {
    Client {
        client_type: ClientType::Public,
        secrets: [].into(),
        ..confidential_client()
    }
}

pub(crate) fn code_for(client: &Client) -> AuthorizationCode {
    AuthorizationCode {
        grant: GrantId::from_bytes([3; 16]),
        subject: Subject::new("jane"),
        requested: RequestedGrant {
            client: client.id.clone(),
            redirect_uri: client.redirect_uris[0].clone(),
            scope: client.scope.clone(),
            challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
            nonce: None,
        },
        auth_time: NOW,
        expires_at: NOW.plus(Lifetimes::DEFAULT.authorization_code),
    }
}

pub(crate) fn grant_of(client: &Client) -> Grant {
    Grant {
        id: GrantId::from_bytes([3; 16]),
        client: client.id.clone(),
        subject: Subject::new("jane"),
        scope: client.scope.clone(),
        auth_time: NOW,
        bound_to_verifier: true,
        generation: 0,
        rotated_at: NOW,
        expires_at: NOW.plus(Lifetimes::DEFAULT.refresh_token),
        revoked_at: None,
    }
}
