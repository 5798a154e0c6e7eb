//! Operators of administration commands, and their permissions.

use crate::audit::event::Party;
use crate::evidence::Evidence;
use crate::refusal::Refusal;
use alloc::vec::Vec;

/// Permission for a group of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// List and show clients.
    ClientsRead,
    /// Create, edit, disable and delete clients.
    ClientsWrite,
    /// List and show users.
    UsersRead,
    /// Create, edit and disable users.
    UsersWrite,
    /// Set passwords and second factors of users.
    UsersResetFactors,
    /// List and show resource servers.
    ResourceServersRead,
    /// Create, edit and delete resource servers.
    ResourceServersWrite,
    /// List signing keys.
    KeysRead,
    /// Create and rotate signing keys.
    KeysWrite,
}
crate::wire_names!(Permission {
    ClientsRead = "clients:read",
    ClientsWrite = "clients:write",
    UsersRead = "users:read",
    UsersWrite = "users:write",
    UsersResetFactors = "users:reset-factors",
    ResourceServersRead = "resource-servers:read",
    ResourceServersWrite = "resource-servers:write",
    KeysRead = "keys:read",
    KeysWrite = "keys:write",
});

/// Person or process that runs a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Identity in the audit log.
    pub identity: Party,
    /// Permissions.
    pub permissions: Vec<Permission>,
}

impl Operator {
    /// Returns the operator of the local command line, with all permissions. Such an operator already has access to the
    /// store and the master key. `name` is the operating system account.
    #[must_use]
    pub fn command_line(name: &str) -> Self {
        Self {
            identity: Party::new("command_line", name),
            permissions: Permission::ALL.into(),
        }
    }

    /// Checks that the operator has a permission.
    pub fn may(&self, permission: Permission) -> Result<(), Refusal> {
        if self.permissions.contains(&permission) {
            Ok(())
        } else {
            Err(Refusal::PermissionMissing(Evidence::of(
                permission.as_str(),
            )))
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
}
