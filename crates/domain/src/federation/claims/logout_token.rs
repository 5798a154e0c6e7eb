use super::UpstreamClaims;
use super::checks::{LOGOUT_EVENT, Parties, UntrueToken};
use crate::time::Timestamp;

/// What a logout token must say (OpenID Connect Back-Channel Logout section 2.6).
#[derive(Clone, Copy, Debug)]
pub struct LogoutTokenDemands<'a> {
    /// Issuer of the provider.
    pub issuer: &'a str,
    /// Client ID of this server.
    pub client_id: &'a str,
    /// Current time.
    pub now: Timestamp,
}

/// Sessions that a logout token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpstreamLogout<'a> {
    /// `sid`: one session at the provider. Without it, all sessions of the subject.
    pub session: Option<&'a str>,
    /// `sub`.
    pub subject: Option<&'a str>,
    /// `jti`, which is accepted once.
    pub token_id: &'a str,
}

impl UpstreamClaims {
    /// Checks the claims of a logout token whose signature is valid.
    pub fn check_logout_token(
        &self,
        demands: &LogoutTokenDemands<'_>,
    ) -> Result<UpstreamLogout<'_>, UntrueToken> {
        let LogoutTokenDemands {
            issuer,
            client_id,
            now,
        } = *demands;
        self.check(Parties { issuer, client_id }, now)?;
        if !self.has_member("events", LOGOUT_EVENT) {
            return Err(UntrueToken::Event);
        }
        // An ID token is no logout token.
        if self.has("nonce") {
            return Err(UntrueToken::Nonce);
        }
        let token_id = self.bounded("jti").ok_or(UntrueToken::TokenId)?;
        let (session, subject) = (self.bounded("sid"), self.bounded("sub"));
        let is_named = session.is_some() || subject.is_some();
        let is_readable = session.is_some() || !self.has("sid");
        if !is_named || !is_readable {
            return Err(UntrueToken::Subject);
        }
        Ok(UpstreamLogout {
            session,
            subject,
            token_id,
        })
    }
}
