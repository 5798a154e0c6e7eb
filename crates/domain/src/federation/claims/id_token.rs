use super::UpstreamClaims;
use super::checks::{LEEWAY, LOGOUT_EVENT, Parties, UntrueToken};
use crate::time::Timestamp;
use core::time::Duration;

/// What an ID token must say (OpenID Connect Core section 3.1.3.7).
#[derive(Clone, Copy, Debug)]
pub struct IdTokenDemands<'a> {
    /// Issuer of the provider.
    pub issuer: &'a str,
    /// Client ID of this server.
    pub client_id: &'a str,
    /// `nonce` of the authorization request.
    pub nonce: &'a str,
    /// `max_age` of the authorization request.
    pub max_age: Option<Duration>,
    /// Current time.
    pub now: Timestamp,
}

impl UpstreamClaims {
    /// Checks the claims of an ID token whose signature is valid.
    pub fn check_id_token(&self, demands: &IdTokenDemands<'_>) -> Result<(), UntrueToken> {
        let IdTokenDemands {
            issuer,
            client_id,
            nonce,
            max_age,
            now,
        } = *demands;
        self.check(Parties { issuer, client_id }, now)?;
        if self.has_member("events", LOGOUT_EVENT) {
            return Err(UntrueToken::Event);
        }
        if self.text("nonce") != Some(nonce) {
            return Err(UntrueToken::Nonce);
        }
        self.bounded("sub").ok_or(UntrueToken::Subject)?;
        if let Some(max_age) = max_age {
            let signed_in_at = self.time("auth_time");
            let signed_in_at = signed_in_at.ok_or(UntrueToken::AuthenticationTime)?;
            if signed_in_at.plus(max_age + LEEWAY).has_passed(now) {
                return Err(UntrueToken::AuthenticationTime);
            }
        }
        Ok(())
    }
}
