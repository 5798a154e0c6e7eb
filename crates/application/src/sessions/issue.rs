//! Session secrets, and the signed tokens that earlier versions use.

use super::{SessionCredential, Sessions};
use crate::app::App;
use crate::failure::Failure;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::login::session::Session;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_ports::prelude::*;
use countersign_ports::{FormatGeneration, SessionTokenClaims};

impl<A: App> Sessions<A> {
    /// Returns a new secret of 256 random bits.
    ///
    /// Returns `None` while a node of an earlier version is live, because that node would clear a cookie with a secret.
    /// A session that already has a secret always gets a new one, so that its earlier tokens stay invalid.
    pub(super) fn new_secret(&self, session: Option<&Session>) -> Option<Secret> {
        let has_secret = session.is_some_and(|session| session.secret.is_some());
        let generation = FormatGeneration::SESSION_SECRETS;
        if !has_secret && !self.formats.all_nodes_understand(generation) {
            return None;
        }
        let mut random = [0; 32];
        self.entropy.fill(&mut random);
        Some(Secret::new(Base64UrlUnpadded::encode_string(&random)))
    }

    /// Returns the credential of a session. Signs a token if `secret` is `None`.
    pub(super) async fn credential(
        &self,
        tenant: &Tenant,
        session: &Session,
        secret: Option<Secret>,
    ) -> Result<SessionCredential, Failure> {
        if let Some(secret) = secret {
            return Ok(SessionCredential::Secret(session.id, secret));
        }
        let claims = SessionTokenClaims {
            issuer: &tenant.issuer,
            user: session.user,
            session: session.id,
            issued_at: session.last_active_at,
            expires_at: session.expires_at,
        };
        let algorithm = tenant.settings.signing_algorithm;
        let signed = self
            .signer
            .sign_session_token(tenant.id, &claims, algorithm);
        Ok(SessionCredential::Signed(signed.await?))
    }
}
