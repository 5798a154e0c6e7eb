//! Operators of administration commands, and their permissions.

use crate::administration::holder::Holder;
pub use crate::administration::permission::{Permission, Permissions};
use crate::administration::role::RoleName;
use crate::audit::event::Party;
use crate::client::{Client, ClientId};
use crate::evidence::Evidence;
use crate::federation::provider_name::ProviderName;
use crate::identifier::{SessionId, UserId};
use crate::login::authentication::{Acr, Authentication};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use alloc::collections::BTreeSet;
use alloc::string::ToString as _;
use core::net::IpAddr;
use core::time::Duration;

/// Person or process that runs a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Identity in the audit log.
    pub identity: Party,
    /// Permissions.
    pub permissions: Permissions,
    /// User or client that runs the command, and owns the clients that it creates; `None` on the local command line.
    pub holder: Option<Holder>,
    /// Client of the operator's access token; `None` on the local command line.
    pub client: Option<ClientId>,
    /// Browser session in which the access token was issued.
    pub session: Option<SessionId>,
    /// Admin roles.
    pub roles: BTreeSet<RoleName>,
    /// Whether the operator proved a second factor within [`Operator::FRESH`], or needs none.
    pub has_second_factor: bool,
}

impl Operator {
    /// Maximum age of a sign-in with two factors for sensitive commands.
    pub const FRESH: Duration = Duration::from_secs(15 * 60);

    /// Returns whether a sign-in allows sensitive commands.
    #[must_use]
    pub fn is_fresh(authentication: &Authentication, now: Timestamp) -> bool {
        authentication.acr >= Acr::TWO_FACTORS
            && !authentication.time.plus(Self::FRESH).has_passed(now)
    }

    /// Returns the operator of the local command line, with all permissions. Such an operator already has access to the
    /// store and the master key. `name` is the operating system account.
    #[must_use]
    pub fn command_line(name: &str) -> Self {
        Self {
            identity: Party::new("command_line", name),
            permissions: Permissions::ALL,
            holder: None,
            client: None,
            session: None,
            roles: BTreeSet::new(),
            has_second_factor: true,
        }
    }

    /// Returns the operator of what users do with their own accounts. It has no permissions.
    #[must_use]
    pub fn owner(user: UserId, session: Option<SessionId>) -> Self {
        Self {
            identity: Party::new("user", user.to_string()),
            permissions: Permissions::NONE,
            holder: Some(Holder::User(user)),
            client: None,
            session,
            roles: BTreeSet::new(),
            has_second_factor: false,
        }
    }

    /// Returns the operator of what a client does with the accounts of users. It has no permissions.
    #[must_use]
    pub fn application(client: ClientId) -> Self {
        Self {
            identity: Party::new("client", client.as_str()),
            permissions: Permissions::NONE,
            holder: Some(Holder::Client(client.clone())),
            client: Some(client),
            session: None,
            roles: BTreeSet::new(),
            has_second_factor: false,
        }
    }

    /// Returns the operator of a request without a token. It has no permissions.
    #[must_use]
    pub fn visitor(address: Option<IpAddr>) -> Self {
        let address = address.map_or_else(|| "unknown".to_string(), |own| own.to_string());
        Self {
            identity: Party::new("address", address),
            permissions: Permissions::NONE,
            has_second_factor: false,
            ..Self::command_line("")
        }
    }

    /// Returns the operator of what the sign-ins at an upstream provider do. It has no permissions.
    #[must_use]
    pub fn upstream_provider(name: &ProviderName) -> Self {
        Self {
            identity: Party::new("upstream_provider", name.as_str()),
            ..Self::visitor(None)
        }
    }

    /// Returns the operator of what a server does on its schedule.
    #[must_use]
    pub fn schedule() -> Self {
        Self {
            identity: Party::new("server", "schedule"),
            ..Self::command_line("")
        }
    }

    /// Checks that the operator has a permission, and a recent second factor if the permission is sensitive.
    pub fn may(&self, permission: Permission) -> Result<(), Refusal> {
        self.may_affect([permission].into())
    }

    /// Checks that the operator has all of these permissions, and a recent second factor if one of them is sensitive.
    /// `reach` contains the permissions that the target of a command has or can obtain, before and after the command.
    pub fn may_affect(&self, reach: Permissions) -> Result<(), Refusal> {
        let missing = reach.without(self.permissions);
        if !missing.is_empty() {
            return Err(Refusal::PermissionMissing(Evidence::of(missing)));
        }
        if reach.iter().any(Permission::is_sensitive) && !self.has_second_factor {
            return Err(Refusal::SecondFactorStale);
        }
        Ok(())
    }

    /// Checks that the operator has the permission, or owns this client and has `clients:own`.
    pub fn may_for(&self, permission: Permission, client: &Client) -> Result<(), Refusal> {
        let owns = client.owner.is_some() && client.owner == self.holder;
        if owns && self.permissions.contain(Permission::ClientsOwn) {
            Ok(())
        } else {
            self.may(permission)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operator_without_permission_is_refused() {
        let mut operator = Operator::command_line("root");
        assert_eq!(operator.may(Permission::ClientsWrite), Ok(()));
        operator.permissions = [Permission::ClientsRead].into();
        assert_eq!(operator.may(Permission::ClientsRead), Ok(()));
        let missing = Refusal::PermissionMissing(Evidence::of("clients:write"));
        assert_eq!(operator.may(Permission::ClientsWrite), Err(missing));
    }

    #[test]
    fn owner_of_client_needs_only_permission_for_own_clients() {
        let jane = Holder::User(UserId::from_bytes([1; 16]));
        let developer = Operator {
            permissions: [Permission::ClientsOwn].into(),
            holder: Some(jane.clone()),
            ..Operator::command_line("jane")
        };
        let client = |owner: Option<Holder>| Client {
            owner,
            ..crate::test_facts::confidential_client()
        };
        let may = |operator: &Operator, owner: Option<Holder>| {
            operator.may_for(Permission::ClientsWrite, &client(owner))
        };
        assert_eq!(may(&developer, Some(jane.clone())), Ok(()));
        let missing = Refusal::PermissionMissing(Evidence::of("clients:write"));
        for owner in [None, Some(Holder::User(UserId::from_bytes([2; 16])))] {
            assert_eq!(may(&developer, owner), Err(missing.clone()));
        }
        let powerless = Operator {
            holder: None,
            ..developer.clone()
        };
        assert_eq!(may(&powerless, None), Err(missing.clone()));
        let reader = Operator {
            permissions: [Permission::ClientsRead].into(),
            ..developer
        };
        assert_eq!(may(&reader, Some(jane)), Err(missing));
    }

    #[test]
    fn sensitive_command_needs_recent_second_factor() {
        let mut operator = Operator::command_line("root");
        operator.has_second_factor = false;
        assert_eq!(operator.may(Permission::ClientsWrite), Ok(()));
        let stale = Err(Refusal::SecondFactorStale);
        assert_eq!(operator.may(Permission::KeysWrite), stale);
        let reach = [Permission::ClientsRead, Permission::KeysWrite];
        assert_eq!(operator.may_affect(reach.into()), stale);
        assert_eq!(
            operator.may_affect([Permission::ClientsRead].into()),
            Ok(())
        );
        operator.permissions = Permissions::NONE;
        let missing = Refusal::PermissionMissing(Evidence::of("keys:write"));
        assert_eq!(operator.may(Permission::KeysWrite), Err(missing));
    }

    #[test]
    fn sign_in_is_fresh_for_fifteen_minutes_with_two_factors() {
        use crate::login::authentication::{Method, Methods};
        let at = Timestamp::from_unix_seconds(1000);
        let both = Methods::NONE.with(Method::PASSWORD).with(Method::TIME_CODE);
        let fresh = |methods, age| {
            let now = at.plus(Duration::from_secs(age));
            Operator::is_fresh(&Authentication::new(at, methods), now)
        };
        assert!(fresh(both, 899));
        assert!(!fresh(both, 901));
        assert!(!fresh(Methods::NONE.with(Method::PASSWORD), 0));
        assert!(fresh(Methods::NONE.with(Method::PASSKEY), 0));
    }
}
