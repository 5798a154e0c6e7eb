//! Permissions that an operator can gain by changing a client.

use super::permission::Permissions;
use crate::client::Client;
use crate::resource::Resource;
use crate::tenant::Tenant;
use alloc::string::String;

impl Tenant {
    /// Returns the audience of the admin API, which is also its address.
    #[must_use]
    pub fn admin_api(&self) -> String {
        alloc::format!("{}/admin/v1", self.issuer.trim_end_matches('/'))
    }
}

impl Client {
    /// Returns whether an operator marked the client for administration, so that it may get tokens for the admin API. A
    /// client that registered itself never may.
    #[must_use]
    pub fn is_for_administration(&self, admin_api: &str) -> bool {
        self.dynamic.is_none() && self.names_admin_api(admin_api)
    }

    /// Returns whether the admin API is a resource or the audience of the client.
    #[must_use]
    pub fn names_admin_api(&self, admin_api: &str) -> bool {
        let mut resources = self.resources.iter().map(Resource::as_str);
        resources.any(|resource| resource == admin_api) || self.audience() == admin_api
    }

    /// Returns the permissions that tokens of this client can carry when an operator signs in. The client's redirect
    /// URIs, keys and secrets determine who receives these tokens. Changing the client therefore requires these
    /// permissions.
    #[must_use]
    pub fn reach(&self, admin_api: &str) -> Permissions {
        if self.is_for_administration(admin_api) {
            Permissions::of_scope(&self.scope)
        } else {
            Permissions::NONE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::permission::Permission;
    use crate::audit::operator::Operator;
    use crate::scope::Scope;
    use crate::test_facts::confidential_client;

    const API: &str = "https://auth.example/admin/v1";

    fn client(scope: &str, resources: &[&str], audience: Option<&str>) -> Client {
        let resources = resources.iter().map(|text| Resource::parse(text).unwrap());
        Client {
            scope: Scope::parse(scope).unwrap(),
            resources: resources.collect(),
            audience: audience.map(Into::into),
            ..confidential_client()
        }
    }

    #[test]
    fn client_reaches_scope_if_marked_for_administration() {
        let read = Permissions::from([Permission::UsersRead]);
        for (scope, resources, audience, reach) in [
            ("users:read", &[API][..], None, read),
            ("users:read", &[], Some(API), read),
            (
                "openid admin",
                &["https://b.example", API],
                None,
                Permissions::ALL,
            ),
            (
                "admin",
                &["https://auth.example/admin/v1/"],
                None,
                Permissions::NONE,
            ),
            ("admin", &[], Some("https://api.example"), Permissions::NONE),
            ("openid", &[API], None, Permissions::NONE),
        ] {
            assert_eq!(client(scope, resources, audience).reach(API), reach);
        }
    }

    #[test]
    fn operator_affects_only_permissions_that_they_hold() {
        let mut operator = Operator::command_line("root");
        let both = Permissions::from([Permission::UsersRead, Permission::KeysWrite]);
        assert_eq!(operator.may_affect(both), Ok(()));
        operator.permissions = [Permission::UsersRead, Permission::ClientsWrite].into();
        assert_eq!(operator.may_affect(Permissions::NONE), Ok(()));
        assert_eq!(operator.may_affect([Permission::UsersRead].into()), Ok(()));
        let refused = operator.may_affect(both).unwrap_err();
        let missing = crate::evidence::Evidence::of("keys:write");
        assert_eq!(refused, crate::refusal::Refusal::PermissionMissing(missing));
    }
}
