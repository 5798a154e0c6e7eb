//! Sealed form of a sign-in at an upstream provider.

use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::login::interaction::{UpstreamLogin, UpstreamSignIn};
use countersign_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct SealedUpstream {
    provider: String,
    nonce: String,
    verifier: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
    /// User and session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    links: Option<([u8; 16], [u8; 16])>,
    expires_at: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SealedSignIn {
    user: [u8; 16],
    provider: String,
    issuer: String,
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    is_new: bool,
}

impl SealedUpstream {
    pub(super) fn of(login: &UpstreamLogin) -> Self {
        let links = login.links.as_ref();
        Self {
            provider: login.provider.to_string(),
            nonce: login.nonce.clone(),
            verifier: login.verifier.clone(),
            max_age: login.max_age,
            links: links.map(|(user, session)| (*user.as_bytes(), *session.as_bytes())),
            expires_at: login.expires_at.as_unix_seconds(),
        }
    }

    pub(super) fn open(self) -> Option<UpstreamLogin> {
        let ids = |(user, session)| (UserId::from_bytes(user), SessionId::from_bytes(session));
        Some(UpstreamLogin {
            provider: ProviderName::parse(&self.provider).ok()?,
            nonce: self.nonce,
            verifier: self.verifier,
            max_age: self.max_age,
            links: self.links.map(ids),
            expires_at: Timestamp::from_unix_seconds(self.expires_at),
        })
    }
}

impl SealedSignIn {
    pub(super) fn of(sign_in: &UpstreamSignIn) -> Self {
        Self {
            user: *sign_in.user.as_bytes(),
            provider: sign_in.provider.to_string(),
            issuer: sign_in.issuer.clone(),
            subject: sign_in.subject.clone(),
            email: sign_in.email.clone(),
            session: sign_in.session.clone(),
            is_new: sign_in.is_new,
        }
    }

    pub(super) fn open(self) -> Option<UpstreamSignIn> {
        Some(UpstreamSignIn {
            user: UserId::from_bytes(self.user),
            provider: ProviderName::parse(&self.provider).ok()?,
            issuer: self.issuer,
            subject: self.subject,
            email: self.email,
            session: self.session,
            is_new: self.is_new,
        })
    }
}
