//! Permissions of operators.

use crate::scope::Scope;
use alloc::vec::Vec;
use core::fmt;

/// Permission for a group of commands. Its name is also a scope token of the admin API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// List and show clients.
    ClientsRead,
    /// Create, edit, disable and delete clients.
    ClientsWrite,
    /// Create clients; list, show, edit and delete clients that the operator owns.
    ClientsOwn,
    /// List and show users with their factors and consents.
    UsersRead,
    /// Create, invite, edit, disable, unlock and delete users; end their sessions, revoke their grants and withdraw
    /// consents.
    UsersWrite,
    /// Set users' passwords; set and remove their second factors.
    UsersResetFactors,
    /// List the sessions and grants of users.
    SessionsRead,
    /// List and show resource servers.
    ResourceServersRead,
    /// Create, edit and delete resource servers.
    ResourceServersWrite,
    /// List signing keys.
    KeysRead,
    /// Create and rotate signing keys.
    KeysWrite,
    /// List and show admin roles and their holders.
    RolesRead,
    /// Create, edit, delete, grant and revoke admin roles.
    RolesWrite,
    /// Read the audit log.
    AuditRead,
    /// Erase events by law, and adopt events that are not sealed.
    AuditWrite,
    /// List and show groups.
    GroupsRead,
    /// Create, edit and delete groups; add and remove their members.
    GroupsWrite,
    /// List and show webhooks.
    WebhooksRead,
    /// Create, edit and delete webhooks. All but deletion also require [`Permission::AuditRead`].
    WebhooksWrite,
    /// List and show user attributes.
    AttributesRead,
    /// Create, edit and delete user attributes.
    AttributesWrite,
    /// List and show upstream providers.
    UpstreamProvidersRead,
    /// Create, edit and delete upstream providers. A provider can sign users in.
    UpstreamProvidersWrite,
    /// Let this server reach upstream providers in private networks, in addition to
    /// [`Permission::UpstreamProvidersWrite`].
    UpstreamPrivateNetworks,
    /// List and show the tenants of a server. It gives nothing within another tenant.
    TenantsRead,
    /// Create, edit, disable and delete tenants.
    TenantsWrite,
}
crate::wire_names!(Permission {
    ClientsRead = "clients:read",
    ClientsWrite = "clients:write",
    ClientsOwn = "clients:own",
    UsersRead = "users:read",
    UsersWrite = "users:write",
    UsersResetFactors = "users:reset-factors",
    SessionsRead = "sessions:read",
    ResourceServersRead = "resource-servers:read",
    ResourceServersWrite = "resource-servers:write",
    KeysRead = "keys:read",
    KeysWrite = "keys:write",
    RolesRead = "admin-roles:read",
    RolesWrite = "admin-roles:write",
    AuditRead = "audit:read",
    AuditWrite = "audit:write",
    GroupsRead = "groups:read",
    GroupsWrite = "groups:write",
    WebhooksRead = "webhooks:read",
    WebhooksWrite = "webhooks:write",
    AttributesRead = "attributes:read",
    AttributesWrite = "attributes:write",
    UpstreamProvidersRead = "upstream-providers:read",
    UpstreamProvidersWrite = "upstream-providers:write",
    UpstreamPrivateNetworks = "upstream-providers:private-networks",
    TenantsRead = "tenants:read",
    TenantsWrite = "tenants:write",
});

impl Permission {
    /// Returns whether commands that require this permission also require a recent second factor. They change keys,
    /// admin roles, the audit log, its receivers, tenants, the factors of users, and the providers that sign users in.
    #[must_use]
    pub const fn is_sensitive(self) -> bool {
        matches!(
            self,
            Self::UsersResetFactors
                | Self::KeysWrite
                | Self::RolesWrite
                | Self::AuditWrite
                | Self::WebhooksWrite
                | Self::UpstreamProvidersWrite
                | Self::UpstreamPrivateNetworks
                | Self::TenantsWrite
        )
    }
}

/// Set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u32);

impl Permissions {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// All permissions.
    pub const ALL: Self = Self::of(Permission::ALL);

    /// Scope token that stands for all permissions of the operator's admin roles.
    pub const SCOPE: &'static str = "admin";

    /// Returns the set of these permissions.
    #[must_use]
    pub const fn of(mut permissions: &[Permission]) -> Self {
        let mut bits = 0;
        while let [first, rest @ ..] = permissions {
            bits |= 1 << *first as u32;
            permissions = rest;
        }
        Self(bits)
    }

    /// Returns the permissions that a token with this scope can carry.
    #[must_use]
    pub fn of_scope(scope: &Scope) -> Self {
        if scope.contains(Self::SCOPE) {
            return Self::ALL;
        }
        let named = Permission::ALL.iter().copied();
        named
            .filter(|permission| scope.contains(permission.as_str()))
            .collect()
    }

    /// Returns whether the set contains a permission.
    #[must_use]
    pub const fn contain(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// Returns the union of the two sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the intersection of the two sets.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the permissions of this set that the other set lacks.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the permissions in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        let all = Permission::ALL.iter().copied();
        all.filter(move |permission| self.contain(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let mut all = Self::NONE;
        for permission in permissions {
            all = all.and(Self::of(&[permission]));
        }
        all
    }
}

impl<const N: usize> From<[Permission; N]> for Permissions {
    fn from(permissions: [Permission; N]) -> Self {
        Self::of(&permissions)
    }
}

/// Names of the permissions, separated by spaces, as in a scope.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Permission::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permissions({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_names_permissions_or_all_of_them() {
        let of = |scope: &str| Permissions::of_scope(&Scope::parse(scope).unwrap());
        let read = Permissions::from([Permission::ClientsRead, Permission::AuditRead]);
        assert_eq!(of("audit:read openid clients:read clients:red"), read);
        assert_eq!(of("openid admin"), Permissions::ALL);
        assert_eq!(of("openid administrator"), Permissions::NONE);
    }

    #[test]
    fn keys_roles_factors_audit_log_and_providers_need_second_factor() {
        let all = Permission::ALL.iter().copied();
        let sensitive: Permissions = all.filter(|own| own.is_sensitive()).collect();
        let expected = "users:reset-factors keys:write admin-roles:write audit:write webhooks:write \
             upstream-providers:write upstream-providers:private-networks tenants:write";
        assert_eq!(alloc::format!("{sensitive}"), expected);
    }
}
