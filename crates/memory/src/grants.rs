//! Grants, and the loop that carries out decisions.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use countersign_domain::decision::{Decision, Race};
use countersign_domain::grant::Grant;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::redemption::{Insertion, Redemption};
use countersign_domain::grant::refresh::Refreshed;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::GrantId;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_domain::token::issuance::Issuance;

/// Stored grants. `K` is the key of a row: the grant's identifier, or a pair with the tenant.
#[derive(Clone, Debug)]
pub struct Grants<K = GrantId>(BTreeMap<K, Grant>);

impl<K> Default for Grants<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// The statements of a store. Each changes at most one row, and reports a lost race.
impl<K: Ord> Grants<K> {
    /// Inserts a grant. Returns `Lost` if a row has its key: the code was redeemed before.
    pub fn insert(&mut self, key: K, grant: Grant) -> Race {
        match self.0.entry(key) {
            Entry::Occupied(_) => Race::Lost,
            Entry::Vacant(place) => {
                place.insert(grant);
                Race::Won
            }
        }
    }

    /// Returns a grant.
    #[must_use]
    pub fn find(&self, key: &K) -> Option<&Grant> {
        self.0.get(key)
    }

    /// Applies a rotation, under the condition of [`Grant::apply`].
    pub fn rotate(&mut self, key: &K, rotation: &Rotation) -> Race {
        let grant = self.0.get_mut(key);
        grant.map_or(Race::Lost, |grant| grant.apply(rotation))
    }

    /// Revokes a grant. Returns `Lost` if it is already revoked, or not stored.
    pub fn revoke(&mut self, key: &K, at: Timestamp) -> Race {
        let grant = self.0.get_mut(key);
        grant.map_or(Race::Lost, |grant| grant.revoke(at))
    }

    /// Revokes all grants that `matches` selects, such as those of a user or a session. Returns their number.
    pub fn revoke_all(&mut self, matches: impl Fn(&K, &Grant) -> bool, at: Timestamp) -> u64 {
        let mut revoked = 0;
        for (key, grant) in &mut self.0 {
            if matches(key, grant) && grant.revoke(at) == Race::Won {
                revoked += 1;
            }
        }
        revoked
    }

    /// Returns all rows in the order of their keys.
    #[must_use]
    pub const fn rows(&self) -> &BTreeMap<K, Grant> {
        &self.0
    }

    /// Returns all rows, to remove some. Keep each row until [`Grant::expires_at`]: until then, it makes its code
    /// single-use.
    pub const fn rows_mut(&mut self) -> &mut BTreeMap<K, Grant> {
        &mut self.0
    }
}

/// The loop: read, judge, write, and only then issue.
impl Grants {
    /// Stores the grant of a redeemed code, or of a custom grant type, and returns the tokens to issue.
    ///
    /// `is_still_valid` runs after the grant is stored. It reads the user and the session of the grant again, and refuses
    /// if the user was disabled or the session has ended in the meantime. The grant is then revoked. A concurrent disable
    /// either sees the grant and revokes it, or is seen here.
    pub fn redeem(
        &mut self,
        decision: Decision<Redemption>,
        is_still_valid: impl FnOnce(&Authorization) -> Result<(), Refusal>,
        now: Timestamp,
    ) -> Result<Issuance, Refusal> {
        let redemption = self.carry_out(decision, now)?;
        let grant = redemption.grant().clone();
        let id = grant.id();
        let answer = match self.insert(id, grant) {
            Race::Won => Insertion::Won,
            Race::Lost => Insertion::Lost {
                stored: self.find(&id),
            },
        };
        let decision = redemption.stored(answer);
        let issuance = self.carry_out(decision, now)?;
        let stored = self.find(&id).map(Grant::authorization);
        match stored.map_or(Ok(()), is_still_valid) {
            Ok(()) => Ok(issuance),
            Err(refusal) => self.carry_out(Decision::Revoke(id, refusal), now),
        }
    }

    /// Reads the grant of a refresh token, judges the refresh with `judge`, and stores the rotation.
    pub fn refresh(
        &mut self,
        token: &RefreshToken,
        judge: impl FnOnce(&Grant) -> Decision<Refreshed>,
        now: Timestamp,
    ) -> Result<Issuance, Refusal> {
        let grant = self.find(&token.grant()).ok_or(Refusal::GrantUnknown)?;
        let decision = judge(grant);
        let refreshed = self.carry_out(decision, now)?;
        let race = match refreshed.rotation() {
            Some(rotation) => self.rotate(&rotation.grant, rotation),
            None => Race::Won,
        };
        refreshed.stored(race).ok_or(Refusal::GrantUnknown)
    }

    /// Carries out a decision: revokes the grant if the decision says so, and returns what may be issued.
    pub fn carry_out<T>(&mut self, decision: Decision<T>, now: Timestamp) -> Result<T, Refusal> {
        match decision {
            Decision::Issue(issue) => Ok(issue),
            Decision::Refuse(refusal) => Err(refusal),
            Decision::Revoke(id, refusal) => {
                // A grant that is already revoked stays revoked.
                let _ = self.revoke(&id, now);
                Err(refusal)
            }
        }
    }
}

#[cfg(test)]
mod tests;
