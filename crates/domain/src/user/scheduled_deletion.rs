//! Deletion of an account that its owner requested.

use crate::identifier::UserId;
use crate::later::LaterMembers;
use crate::time::Timestamp;
use core::time::Duration;

/// Deletion of an account that its owner requested. The server carries it out after a grace period, in which the owner
/// can cancel it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledDeletion {
    /// User.
    pub user: UserId,
    /// Time of the request.
    pub created_at: Timestamp,
    /// Time from which the account is deleted.
    pub due_at: Timestamp,
    /// Version of the stored document: 0 before it is stored.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

impl ScheduledDeletion {
    /// Schedules the deletion of a user after a grace period.
    #[must_use]
    pub fn after(grace: Duration, user: UserId, now: Timestamp) -> Self {
        Self {
            user,
            created_at: now,
            due_at: now.plus(grace),
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns whether the grace period has passed.
    #[must_use]
    pub const fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.has_passed(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::NOW;

    #[test]
    fn deletion_is_due_after_grace_period() {
        let week = Duration::from_secs(7 * 86_400);
        let deletion = ScheduledDeletion::after(week, UserId::from_bytes([1; 16]), NOW);
        assert!(!deletion.is_due(NOW));
        assert!(!deletion.is_due(NOW.plus(Duration::from_secs(7 * 86_400 - 1))));
        assert!(deletion.is_due(NOW.plus(week)));
    }
}
