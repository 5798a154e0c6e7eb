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
    /// `max_age` of the authorization request; zero if the user had to sign in again.
    pub max_age: Option<Duration>,
    /// Time of the authorization request.
    pub asked_at: Timestamp,
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
            asked_at,
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
            let is_old = signed_in_at.plus(max_age + LEEWAY).has_passed(asked_at);
            if is_old || signed_in_at > now.plus(LEEWAY) {
                return Err(UntrueToken::AuthenticationTime);
            }
        }
        Ok(())
    }
}
