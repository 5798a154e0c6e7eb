//! Limits of a tenant, so that one tenant cannot use up what all share.

/// Limits of a tenant. `None` means that there is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TenantLimits {
    /// Requests per minute that each node answers.
    pub requests: Option<u32>,
    /// Users.
    pub users: Option<u32>,
    /// Clients.
    pub clients: Option<u32>,
    /// Expiring values of one kind, such as sign-in steps.
    pub expiring_values: Option<u32>,
}

impl TenantLimits {
    /// Names of the limits, in the order of [`TenantLimits::values`].
    pub const NAMES: [&'static str; 4] = ["requests", "users", "clients", "expiring_values"];

    /// Returns the limits in the order of [`TenantLimits::NAMES`].
    #[must_use]
    pub const fn values(self) -> [Option<u32>; 4] {
        [
            self.requests,
            self.users,
            self.clients,
            self.expiring_values,
        ]
    }

    /// Returns the limits with these values, in the order of [`TenantLimits::NAMES`].
    #[must_use]
    pub const fn from_values(
        [requests, users, clients, expiring_values]: [Option<u32>; 4],
    ) -> Self {
        Self {
            requests,
            users,
            clients,
            expiring_values,
        }
    }

    /// Returns whether a limit leaves room for one more than `count`.
    #[must_use]
    pub fn admits(limit: Option<u32>, count: u64) -> bool {
        limit.is_none_or(|limit| count < u64::from(limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_admits_only_fewer_objects() {
        assert!(TenantLimits::admits(None, u64::MAX));
        assert!(TenantLimits::admits(Some(2), 1));
        assert!(!TenantLimits::admits(Some(2), 2));
        assert!(!TenantLimits::admits(Some(0), 0));
    }
}
