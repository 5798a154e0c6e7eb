//! Checks that ID tokens and logout tokens have in common.

use super::UpstreamClaims;
use crate::time::Timestamp;
use core::time::Duration;

crate::error_type! {
    /// Reason why the claims of a token from an upstream provider are not accepted.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum UntrueToken {
        /// `alg` is not one that the provider announces.
        #[error("the algorithm is not one that it announces")]
        NotAnnounced,
        /// `alg` is not the one that this server and the provider agreed on.
        #[error("alg is not id_token_signed_response_alg")]
        NotAgreed,
        /// `iss` is not the issuer of the provider.
        #[error("iss is not the issuer of the provider")]
        Issuer,
        /// `aud` does not contain the client ID of this server.
        #[error("aud is not the client ID")]
        Audience,
        /// `azp` is another client, or is missing although there are several audiences.
        #[error("azp is not the client ID")]
        AuthorizedParty,
        /// `exp` has passed or is missing.
        #[error("exp is missing or has passed")]
        Expired,
        /// `iat` is missing, in the future or long ago.
        #[error("iat is missing, in the future or too long ago")]
        IssuedAt,
        /// `nbf` is in the future.
        #[error("nbf is in the future")]
        NotBefore,
        /// `nonce` is not the one of the authorization request.
        #[error("nonce is not the one of the request")]
        Nonce,
        /// `sub` is missing or too long.
        #[error("sub is missing or too long")]
        Subject,
        /// `auth_time` is missing, in the future, or earlier than `max_age` allows.
        #[error("auth_time is missing, in the future, or earlier than max_age allows")]
        AuthenticationTime,
        /// A logout token without the event of a logout, or a token with it that is no logout token.
        #[error("events does not fit the kind of the token")]
        Event,
        /// `jti` is missing or too long.
        #[error("jti is missing or too long")]
        TokenId,
    }
}

/// Event of a logout token (OpenID Connect Back-Channel Logout section 2.4).
pub(super) const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Difference between the clocks of this server and a provider that is tolerated.
pub(super) const LEEWAY: Duration = Duration::from_secs(60);

/// Maximum age of a token.
const MOST_AGE: Duration = Duration::from_secs(600);

/// Maximum length of `sub` (OpenID Connect Core section 2) and of `sid` and `jti`, in bytes.
pub(super) const LONGEST: usize = 255;

/// Parties of a token.
#[derive(Clone, Copy)]
pub(super) struct Parties<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
}

impl UpstreamClaims {
    /// Returns a claim that identifies something, if its length is within bounds.
    pub(super) fn bounded(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| text.len() <= LONGEST)
    }

    /// Checks who issued a token, for whom, and when (OpenID Connect Core section 3.1.3.7).
    pub(super) fn check(&self, parties: Parties<'_>, now: Timestamp) -> Result<(), UntrueToken> {
        if self.text("iss") != Some(parties.issuer) {
            return Err(UntrueToken::Issuer);
        }
        if !self.texts("aud").any(|own| own == parties.client_id) {
            return Err(UntrueToken::Audience);
        }
        let is_one = self.texts("aud").count() == 1;
        if self.has("azp") && self.text("azp") != Some(parties.client_id) {
            return Err(UntrueToken::AuthorizedParty);
        }
        if !is_one && !self.has("azp") {
            return Err(UntrueToken::AuthorizedParty);
        }
        let expires_at = self.time("exp").ok_or(UntrueToken::Expired)?;
        if expires_at.plus(LEEWAY).has_passed(now) {
            return Err(UntrueToken::Expired);
        }
        let issued_at = self.time("iat").ok_or(UntrueToken::IssuedAt)?;
        let is_old = issued_at.plus(MOST_AGE + LEEWAY).has_passed(now);
        if is_old || issued_at > now.plus(LEEWAY) {
            return Err(UntrueToken::IssuedAt);
        }
        let not_before = self.time("nbf");
        if self.has("nbf") && not_before.is_none_or(|not_before| not_before > now.plus(LEEWAY)) {
            return Err(UntrueToken::NotBefore);
        }
        Ok(())
    }
}
