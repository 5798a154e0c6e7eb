//! What a sign-in at a provider changes in an account.

use super::upstream_user::UpstreamUser;
use crate::administration::group_name::GroupName;
use crate::authorize::claims_request::StandardClaim;
use crate::claims::roles::HeldRoles;
use crate::client::Client;
use crate::federation::profile_mapping::ProfileField;
use crate::federation::provider::UpstreamProvider;
use crate::federation::value_table::RoleAt;
use crate::user::User;
use alloc::vec::Vec;

/// Claims of the profile that a provider sets, apart from name and address.
const CLAIMS: [(ProfileField, StandardClaim); 5] = [
    (ProfileField::GivenName, StandardClaim::GivenName),
    (ProfileField::FamilyName, StandardClaim::FamilyName),
    (
        ProfileField::PreferredUsername,
        StandardClaim::PreferredUsername,
    ),
    (ProfileField::Picture, StandardClaim::Picture),
    (ProfileField::Locale, StandardClaim::Locale),
];

impl UpstreamUser {
    /// Sets the profile of a user to what the provider says. Ignores values that break a rule. Never changes the email
    /// address: it is how the user signs in, and another user may have the new one.
    pub fn put_profile(&self, user: &mut User) {
        let name = self.profile.get(&ProfileField::Name);
        let is_name = |name: &str| {
            (1..=Client::LONGEST_NAME).contains(&name.chars().count())
                && !name.chars().any(char::is_control)
        };
        if let Some(name) = name.filter(|name| is_name(name)) {
            user.name = Some(name.clone());
        }
        for (field, claim) in CLAIMS {
            let value = self.profile.get(&field);
            if let Some(value) = value.filter(|value| claim.may_say(value).is_ok()) {
                user.profile.set_text(claim, Some(value.clone()));
            }
        }
    }
}

impl UpstreamProvider {
    /// Returns the groups of a user after a sign-in: without those that only other values of the claim give, and with
    /// those that the present values give. A group for which `may_change` is false is neither given nor taken away.
    #[must_use]
    pub fn groups_after(
        &self,
        upstream: &UpstreamUser,
        present: &[GroupName],
        may_change: impl Fn(&GroupName) -> bool,
    ) -> Vec<GroupName> {
        let Some(table) = &self.groups else {
            return present.to_vec();
        };
        let all = table.all();
        let stays = |own: &&GroupName| {
            !all.contains(own) || upstream.groups.contains(*own) || !may_change(own)
        };
        let mut groups: Vec<GroupName> = present.iter().filter(stays).cloned().collect();
        for given in &upstream.groups {
            let is_new = !groups.contains(given) && may_change(given);
            if is_new && groups.len() < User::MAX_GROUPS {
                groups.push(given.clone());
            }
        }
        groups
    }

    /// Returns the application roles of a user after a sign-in, as [`UpstreamProvider::groups_after`] does. The caller
    /// binds them to their resource servers.
    #[must_use]
    pub fn roles_after(&self, upstream: &UpstreamUser, present: &HeldRoles) -> HeldRoles {
        let Some(table) = &self.roles else {
            return present.clone();
        };
        let all = table.all();
        let mut after = HeldRoles::default();
        let mut count = 0;
        for (audience, roles) in present.audiences() {
            for role in roles {
                let is_own = |own: &&RoleAt| own.audience == audience && own.role == *role;
                let is_of_table = all.iter().any(is_own);
                if !is_of_table || upstream.roles.iter().any(|own| is_own(&own)) {
                    after.insert(audience, role.clone());
                    count += 1;
                }
            }
        }
        for (audience, server) in present.servers() {
            after.bind(audience, Some(server));
        }
        for given in &upstream.roles {
            if !after.contains(&given.audience, &given.role) && count < HeldRoles::MAX {
                after.insert(&given.audience, given.role.clone());
                count += 1;
            }
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::roles::ApplicationRoleName;
    use crate::federation::claims::{ClaimValue, UpstreamClaims};
    use crate::federation::preset::Preset;
    use crate::federation::provider_name::ProviderName;
    use crate::federation::value_table::{GroupTable, RoleTable};
    use crate::test_facts::user;
    use crate::time::Timestamp;
    use alloc::string::String;
    use alloc::vec;

    fn group(name: &str) -> GroupName {
        GroupName::parse(name).unwrap()
    }

    fn role_at(role: &str) -> RoleAt {
        RoleAt {
            audience: "https://api.example".into(),
            role: ApplicationRoleName::parse(role).unwrap(),
        }
    }

    fn provider() -> UpstreamProvider {
        let now = Timestamp::from_unix_seconds(1_750_000_000);
        let name = ProviderName::parse("corp").unwrap();
        let protocol = Preset::Google.protocol().unwrap();
        let mut provider = UpstreamProvider::new(name, None, protocol, "id", now);
        provider.groups = Some(GroupTable {
            claim: "teams".into(),
            values: [
                ("eng".into(), [group("engineers"), group("staff")].into()),
                ("sales".into(), [group("sellers"), group("staff")].into()),
            ]
            .into(),
        });
        provider.roles = Some(RoleTable {
            claim: "teams".into(),
            values: [
                ("eng".into(), [role_at("editor")].into()),
                ("sales".into(), [role_at("viewer")].into()),
            ]
            .into(),
        });
        provider
    }

    fn upstream(provider: &UpstreamProvider, texts: &[(&str, &str)]) -> UpstreamUser {
        let mut claims = UpstreamClaims::default();
        for (name, text) in [&[("sub", "1")], texts].concat() {
            claims.insert(name, ClaimValue::Text(text.into()));
        }
        provider.user(&claims, None).unwrap()
    }

    #[test]
    fn sign_in_gives_and_takes_only_groups_of_table() {
        let provider = provider();
        let present = vec![group("friends"), group("sellers"), group("staff")];
        let in_eng = upstream(&provider, &[("teams", "eng")]);
        let groups = provider.groups_after(&in_eng, &present, |_| true);
        let expected = ["friends", "staff", "engineers"].map(group);
        assert_eq!(groups, expected);
        let in_none = upstream(&provider, &[]);
        let groups = provider.groups_after(&in_none, &present, |_| true);
        assert_eq!(groups, [group("friends")]);
        // Groups with admin roles are no matter of a provider.
        let groups = provider.groups_after(&in_eng, &present, |own| own.as_str() == "staff");
        assert_eq!(groups, present);
    }

    #[test]
    fn sign_in_gives_and_takes_only_roles_of_table() {
        let provider = provider();
        let mut present = HeldRoles::default();
        for role in ["viewer", "owner"] {
            present.insert("https://api.example", role_at(role).role);
        }
        present.insert("https://other.example", role_at("viewer").role);
        let in_eng = upstream(&provider, &[("teams", "eng")]);
        let after = provider.roles_after(&in_eng, &present);
        let held = |audience, role| after.contains(audience, &role_at(role).role);
        assert!(held("https://api.example", "editor"));
        assert!(held("https://api.example", "owner"));
        assert!(held("https://other.example", "viewer"));
        assert!(!held("https://api.example", "viewer"));
    }

    #[test]
    fn profile_takes_valid_values_and_never_the_address() {
        let provider = provider();
        let mut account = user();
        let email = account.email.clone();
        let long: String = "a".repeat(501);
        let texts = [
            ("name", "Jane Doe"),
            ("email", "other@corp.example"),
            ("picture", "javascript:alert(1)"),
            ("family_name", &long),
            ("given_name", "Jane"),
        ];
        upstream(&provider, &texts).put_profile(&mut account);
        assert_eq!(account.name.as_deref(), Some("Jane Doe"));
        let text = |claim| account.profile.text(claim);
        assert_eq!(text(StandardClaim::GivenName), Some("Jane"));
        assert_eq!(text(StandardClaim::FamilyName), None);
        assert_eq!(text(StandardClaim::Picture), None);
        assert!(account.email == email);
    }
}
