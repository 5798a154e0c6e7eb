//! Admin roles: named sets of permissions.

use super::description::{LONGEST, is_description};
use super::managed_by::ManagedBy;
use super::permission::{Permission as P, Permissions};
use crate::later::LaterMembers;
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;

crate::plain_name! {
    /// Name of an admin role.
    pub struct RoleName;
    /// The text is not a valid name of an admin role.
    #[error("the name of an admin role has 1 to 64 lower-case letters, digits and hyphens, and starts with a letter")]
    pub struct InvalidRoleName;
}

/// Admin role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminRole {
    /// Name.
    pub name: RoleName,
    /// Description; may be empty.
    pub description: String,
    /// Permissions.
    pub permissions: Permissions,
    /// Names of permissions from a later version, kept without effect.
    pub later_permissions: Vec<String>,
    /// Set of files that declares the role.
    pub managed_by: Option<ManagedBy>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored, and for a shipped role. Every change increments it.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

crate::error_type! {
    /// Reason why an admin role is invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidRole {
        /// The name belongs to a shipped role.
        #[error("this admin role is part of the server and cannot be changed")]
        Shipped,
        /// The description is too long or contains control characters.
        #[error("a description has at most {max} characters and no control characters", max = LONGEST)]
        DescriptionMalformed,
    }
}

/// Admin role that is part of the server.
#[derive(Clone, Copy, Debug)]
pub struct ShippedRole {
    /// Name.
    pub name: &'static str,
    /// Description.
    pub description: &'static str,
    /// Permissions.
    pub permissions: Permissions,
}

/// Read-only permissions.
const READ: Permissions = Permissions::of(&[
    P::ClientsRead,
    P::UsersRead,
    P::SessionsRead,
    P::ResourceServersRead,
    P::KeysRead,
    P::RolesRead,
    P::AuditRead,
    P::GroupsRead,
    P::WebhooksRead,
    P::AttributesRead,
    P::UpstreamProvidersRead,
]);

/// Admin roles that are part of the server.
pub const SHIPPED: &[ShippedRole] = &[
    ShippedRole {
        name: AdminRole::OWNER,
        description: "All permissions. The last owner cannot be removed.",
        permissions: Permissions::ALL,
    },
    ShippedRole {
        name: "administrator",
        description: "All permissions except those on tenants, changes of admin roles and of the audit log, and upstream providers in private networks.",
        permissions: Permissions::ALL.without(Permissions::of(&[
            P::RolesWrite,
            P::AuditWrite,
            P::TenantsRead,
            P::TenantsWrite,
            P::UpstreamPrivateNetworks,
        ])),
    },
    ShippedRole {
        name: "server-operator",
        description: "Manages the tenants of the server, but nothing within them.",
        permissions: Permissions::of(&[P::TenantsRead, P::TenantsWrite]),
    },
    ShippedRole {
        name: "operator",
        description: "Manages clients, resource servers, user attributes, signing keys and webhooks. Reads users, groups and the audit log.",
        permissions: Permissions::of(&[
            P::ClientsRead,
            P::ClientsWrite,
            P::UsersRead,
            P::SessionsRead,
            P::ResourceServersRead,
            P::ResourceServersWrite,
            P::KeysRead,
            P::KeysWrite,
            P::AuditRead,
            P::GroupsRead,
            P::WebhooksRead,
            P::WebhooksWrite,
            P::AttributesRead,
            P::AttributesWrite,
            P::UpstreamProvidersRead,
        ]),
    },
    ShippedRole {
        name: "support",
        description: "Manages users, their second factors and groups.",
        permissions: Permissions::of(&[
            P::ClientsRead,
            P::UsersRead,
            P::UsersWrite,
            P::UsersResetFactors,
            P::SessionsRead,
            P::GroupsRead,
            P::GroupsWrite,
            P::AttributesRead,
        ]),
    },
    ShippedRole {
        name: "auditor",
        description: "Reads everything and changes nothing.",
        permissions: READ,
    },
    ShippedRole {
        name: "developer",
        description: "Creates clients and manages their own.",
        permissions: Permissions::of(&[P::ClientsOwn]),
    },
];

impl AdminRole {
    /// Name of the role with all permissions.
    pub const OWNER: &'static str = "owner";

    /// Creates a custom role without permissions.
    #[must_use]
    pub fn new(name: RoleName, created_at: Timestamp) -> Self {
        Self {
            name,
            description: String::new(),
            permissions: Permissions::NONE,
            later_permissions: Vec::new(),
            managed_by: None,
            created_at,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns the shipped role with this name.
    #[must_use]
    pub fn shipped(name: &str) -> Option<&'static ShippedRole> {
        SHIPPED.iter().find(|role| role.name == name)
    }

    /// Validates a custom role. Returns the first broken rule.
    pub fn check(&self) -> Result<(), InvalidRole> {
        if Self::shipped(self.name.as_str()).is_some() {
            return Err(InvalidRole::Shipped);
        }
        if !is_description(&self.description) {
            return Err(InvalidRole::DescriptionMalformed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped(name: &str) -> Permissions {
        AdminRole::shipped(name).unwrap().permissions
    }

    #[test]
    fn shipped_roles_have_their_permissions() {
        assert_eq!(shipped("owner"), Permissions::ALL);
        let lacks = Permissions::ALL.without(shipped("administrator"));
        let of_server = [P::TenantsRead, P::TenantsWrite];
        let others = [P::RolesWrite, P::AuditWrite, P::UpstreamPrivateNetworks];
        assert_eq!(lacks, Permissions::from(of_server).and(others.into()));
        assert_eq!(shipped("server-operator"), Permissions::from(of_server));
        assert!(
            shipped("auditor")
                .iter()
                .all(|own| own.as_str().ends_with(":read"))
        );
        let within = P::ALL.iter().filter(|own| **own != P::TenantsRead);
        let read = within.filter(|own| own.as_str().ends_with(":read"));
        assert_eq!(read.count(), shipped("auditor").iter().count());
        assert_eq!(shipped("developer"), Permissions::from([P::ClientsOwn]));
        assert!(!shipped("support").contain(P::ClientsWrite));
        assert!(!shipped("operator").contain(P::UsersWrite));
    }

    #[test]
    fn invalid_role_is_rejected() {
        for name in ["", "Owner", "1st", "a b", &"a".repeat(65)] {
            assert_eq!(RoleName::parse(name), Err(InvalidRoleName), "{name}");
        }
        let now = Timestamp::from_unix_seconds(1);
        let mut role = AdminRole::new(RoleName::parse("help-desk").unwrap(), now);
        assert_eq!(role.check(), Ok(()));
        role.description = "a\nb".into();
        assert_eq!(role.check(), Err(InvalidRole::DescriptionMalformed));
        for shipped in SHIPPED {
            let role = AdminRole::new(RoleName::parse(shipped.name).unwrap(), now);
            assert_eq!(role.check(), Err(InvalidRole::Shipped));
        }
    }
}
