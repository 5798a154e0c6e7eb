//! Client assertions (RFC 7523), for `private_key_jwt`.

pub mod workload;

use crate::checks::checks;
use crate::client::{Client, ClientId};
use crate::evidence::Evidence;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// Claims of a client assertion (RFC 7523 section 3).
///
/// Create this only after the signature was verified with [`Client::keys`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `aud`: one or more values.
    pub audience: Vec<String>,
    /// `exp`.
    pub expires_at: Timestamp,
    /// The later of `nbf` and `iat`.
    pub not_before: Option<Timestamp>,
    /// `jti`.
    pub token_id: String,
}

/// Client assertion that passed [`Assertion::check`]. Only that function creates it.
#[derive(Clone, Debug)]
pub struct CheckedAssertion {
    pub(crate) client: ClientId,
}

/// Allowed audiences of a client assertion (RFC 7523 section 3).
#[derive(Clone, Copy, Debug)]
pub struct Audience<'a> {
    /// Issuer of this server.
    pub issuer: &'a str,
    /// URL of the endpoint that received the assertion.
    pub endpoint: &'a str,
}

impl Audience<'_> {
    fn check(&self, named: &[String]) -> Result<(), Refusal> {
        let is_here = |name: &String| name == self.issuer || name == self.endpoint;
        if named.iter().any(is_here) {
            Ok(())
        } else {
            let named = named.first().map_or("", String::as_str);
            Err(Refusal::AssertionForAnotherAudience(Evidence::of(named)))
        }
    }
}

impl Assertion {
    /// Maximum time from now to `exp`. The store remembers each assertion until it expires, to detect replays.
    pub const MAX_LIFETIME: Duration = Duration::from_secs(3600);

    /// Maximum clock skew of a client whose clock is ahead.
    pub const LEEWAY: Duration = Duration::from_secs(60);

    /// Runs [`ASSERTION_CHECKS`]. The store must still check `jti` for a replay.
    pub fn check(
        &self,
        client: &Client,
        audience: Audience<'_>,
        now: Timestamp,
    ) -> Result<CheckedAssertion, Refusal> {
        check_assertion(self, client, audience, now)?;
        Ok(CheckedAssertion {
            client: client.id.clone(),
        })
    }

    fn check_client(&self, client: &Client) -> Result<(), Refusal> {
        for claim in [&self.issuer, &self.subject] {
            if claim != client.id.as_str() {
                return Err(Refusal::AssertionOfAnotherClient(Evidence::of(claim)));
            }
        }
        Ok(())
    }

    fn check_expiry(&self, now: Timestamp) -> Result<(), Refusal> {
        let latest = now.plus(Self::MAX_LIFETIME).plus(Self::LEEWAY);
        if self.expires_at.has_passed(now) || self.expires_at > latest {
            let seconds = self.expires_at.as_unix_seconds();
            Err(Refusal::AssertionExpired(Evidence::of(seconds)))
        } else {
            Ok(())
        }
    }

    fn check_not_before(time: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
        let latest = now.plus(Self::LEEWAY);
        match time {
            Some(time) if time > latest => {
                let seconds = time.as_unix_seconds();
                Err(Refusal::AssertionNotYetValid(Evidence::of(seconds)))
            }
            _ => Ok(()),
        }
    }
}

checks! {
    /// Checks of a client assertion, in order (RFC 7523 section 3).
    pub const ASSERTION_CHECKS;
    /// Runs [`ASSERTION_CHECKS`].
    fn check_assertion(assertion: &Assertion, client: &Client, audience: Audience<'_>, now: Timestamp);
    /// `iss` and `sub` of the assertion are the client, or a workload identity of the client matches them.
    issuer_and_subject_are_client ["assertion_of_another_client", "workload_unknown"] => assertion.check_client(client),
    /// `aud` of the assertion is this server.
    audience_is_this_server ["assertion_for_another_audience"] => audience.check(&assertion.audience),
    /// The assertion has not expired, and its lifetime is not too long.
    not_expired ["assertion_expired"] => assertion.check_expiry(now),
    /// The assertion is valid already.
    valid_already ["assertion_not_yet_valid"] => Assertion::check_not_before(assertion.not_before, now),
}

#[cfg(test)]
mod tests;
