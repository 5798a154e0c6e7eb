//! The store of one issuer.

use crate::{Clients, Consents, Grants, Sessions};
use alloc::vec::Vec;
use countersign_domain::decision::{Decision, Race};
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::redemption::Redemption;
use countersign_domain::identifier::{SessionId, Subject};
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_domain::token::issuance::Issuance;

/// Clients, grants, sessions and consents of one issuer.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// Registered clients.
    pub clients: Clients,
    /// Stored grants.
    pub grants: Grants,
    /// Browser sessions.
    pub sessions: Sessions,
    /// Stored consent.
    pub consents: Consents,
    disabled: Vec<Subject>,
}

impl Store {
    /// Stores the grant of a redeemed code, or of a custom grant type, then reads its user and its session again. Returns
    /// the tokens to issue.
    ///
    /// Refuses the request, and revokes the grant, if the session has ended or the user was disabled in the meantime.
    pub fn redeem(
        &mut self,
        decision: Decision<Redemption>,
        now: Timestamp,
    ) -> Result<Issuance, Refusal> {
        let is_still_valid = |owner: &Authorization| {
            if self.disabled.contains(&owner.subject) {
                return Err(Refusal::UserDisabled);
            }
            self.sessions.check_live(owner.session, now)
        };
        self.grants.redeem(decision, is_still_valid, now)
    }

    /// Ends a session, then revokes the grants that began in it. Returns `Lost` if the session has already ended.
    ///
    /// In this order, a code that is redeemed at the same moment either finds the session ended, or its grant is
    /// revoked here.
    pub fn sign_out(&mut self, session: SessionId, now: Timestamp) -> Race {
        let ended = self.sessions.end(session, now);
        let session = Some(session);
        self.grants
            .revoke_all(|_, grant| grant.authorization().session == session, now);
        ended
    }

    /// Disables a user, then revokes the user's grants. Returns their number.
    pub fn disable(&mut self, user: &Subject, now: Timestamp) -> u64 {
        if !self.disabled.contains(user) {
            self.disabled.push(user.clone());
        }
        self.grants
            .revoke_all(|_, grant| grant.authorization().subject == *user, now)
    }
}

#[cfg(test)]
mod tests;
