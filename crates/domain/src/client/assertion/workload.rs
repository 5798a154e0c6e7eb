//! Workload identities: tokens that a platform issues to a program, such as a Kubernetes service account, as client
//! assertions (RFC 7521 section 4.2).
//!
//! The program needs no secret: the platform gives it a token and replaces it in time. Such a token is presented again
//! and again, and its subject is not the client.

mod identity;
mod invalid;
mod subject;

pub use identity::WorkloadIdentity;
pub use subject::SubjectPattern;

use super::{Assertion, Audience, CheckedAssertion};
use crate::checks::checks;
use crate::client::Client;
use crate::evidence::Evidence;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;

/// Claims of a token of a platform.
///
/// Create this only after the signature was verified with [`WorkloadIdentity::keys`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadToken {
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
    /// Other claims with a text or a number, as text.
    pub claims: Vec<(String, String)>,
}

impl WorkloadToken {
    /// Checks a token for the identity whose keys verified its signature. `audience` is this server.
    pub fn check(
        &self,
        (client, identity): (&Client, &WorkloadIdentity),
        audience: Audience<'_>,
        now: Timestamp,
    ) -> Result<CheckedAssertion, Refusal> {
        check_workload(self, identity, audience, now)?;
        Ok(CheckedAssertion {
            client: client.id.clone(),
        })
    }

    fn check_identity(&self, identity: &WorkloadIdentity) -> Result<(), Refusal> {
        let has = |(name, text): &(String, String)| {
            let mut own = self.claims.iter();
            own.any(|(own, value)| own == name && value == text)
        };
        let matches = self.issuer == identity.issuer
            && identity.subject.matches(&self.subject)
            && identity.claims.iter().all(has);
        if matches {
            Ok(())
        } else {
            Err(Refusal::WorkloadUnknown(Evidence::of(&self.subject)))
        }
    }

    fn check_audience(
        &self,
        identity: &WorkloadIdentity,
        here: Audience<'_>,
    ) -> Result<(), Refusal> {
        match &identity.audience {
            Some(own) if self.audience.contains(own) => Ok(()),
            None => here.check(&self.audience),
            Some(_) => {
                let named = self.audience.first().map_or("", String::as_str);
                Err(Refusal::AssertionForAnotherAudience(Evidence::of(named)))
            }
        }
    }

    /// A platform decides how long its tokens live.
    fn check_expiry(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.expires_at.has_passed(now) {
            let seconds = self.expires_at.as_unix_seconds();
            return Err(Refusal::AssertionExpired(Evidence::of(seconds)));
        }
        Ok(())
    }
}

checks! {
    /// Checks of a token of a platform, in order.
    pub const WORKLOAD_CHECKS;
    /// Runs [`WORKLOAD_CHECKS`].
    fn check_workload(
        token: &WorkloadToken,
        identity: &WorkloadIdentity,
        audience: Audience<'_>,
        now: Timestamp,
    );
    /// `iss`, `sub` and the other claims of the token are those of the workload identity.
    workload_known ["workload_unknown"] => token.check_identity(identity),
    /// `aud` of the token is that of the workload identity, or this server.
    workload_audience ["assertion_for_another_audience"] => token.check_audience(identity, audience),
    /// The token has not expired.
    workload_not_expired ["assertion_expired"] => token.check_expiry(now),
    /// The token is valid already.
    workload_valid_already ["assertion_not_yet_valid"] => Assertion::check_not_before(token.not_before, now),
}

#[cfg(test)]
mod tests;
