//! Application roles: what a user may do at a resource server.

use crate::claims::description::{LONGEST, is_description};
use crate::later::LaterMembers;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

crate::error_type! {
    /// The text is not a valid name of an application role.
    #[error("the name of a role has 1 to 64 letters, digits and characters of . _ : / -, and starts with a letter or digit")]
    pub struct InvalidRoleName;
}

/// Name of an application role, unique within its resource server.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationRoleName(String);

impl ApplicationRoleName {
    /// Validates length and characters.
    pub fn parse(text: &str) -> Result<Self, InvalidRoleName> {
        let starts = text.starts_with(|first: char| first.is_ascii_alphanumeric());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
        if starts && text.len() <= 64 && text.bytes().all(plain) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidRoleName)
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApplicationRoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ApplicationRoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Application role that a resource server defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRole {
    /// Name.
    pub name: ApplicationRoleName,
    /// Description; may be empty.
    pub description: String,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

crate::error_type! {
    /// Reason why roles are invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidRoles {
        /// Too many roles of a resource server.
        #[error("a resource server can define at most {max} roles", max = ApplicationRole::MAX_PER_SERVER)]
        TooManyDefined,
        /// Two roles with the same name.
        #[error("two roles have the same name")]
        NameTaken,
        /// The description is too long or contains control characters.
        #[error("the description of a role has at most {max} characters and no control characters", max = LONGEST)]
        DescriptionMalformed,
        /// Too many roles of a user or group.
        #[error("a user or group can hold at most {max} roles", max = HeldRoles::MAX)]
        TooManyHeld,
    }
}

impl ApplicationRole {
    /// Maximum number of roles of a resource server.
    pub const MAX_PER_SERVER: usize = 100;

    /// Validates the roles of a resource server. Returns the first broken rule.
    pub fn check_all(roles: &[Self]) -> Result<(), InvalidRoles> {
        if roles.len() > Self::MAX_PER_SERVER {
            return Err(InvalidRoles::TooManyDefined);
        }
        let names: BTreeSet<_> = roles.iter().map(|role| &role.name).collect();
        if names.len() < roles.len() {
            return Err(InvalidRoles::NameTaken);
        }
        let mut descriptions = roles.iter().map(|role| &role.description);
        if descriptions.all(|own| is_description(own)) {
            Ok(())
        } else {
            Err(InvalidRoles::DescriptionMalformed)
        }
    }
}

/// Application roles that a user or a group holds, by the audience of the resource server.
///
/// A role that the resource server does not define gives nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldRoles(BTreeMap<String, BTreeSet<ApplicationRoleName>>);

impl HeldRoles {
    /// Maximum number of roles.
    pub const MAX: usize = 100;

    /// Adds a role.
    pub fn insert(&mut self, audience: &str, role: ApplicationRoleName) {
        self.0.entry(audience.into()).or_default().insert(role);
    }

    /// Returns the roles at a resource server, ordered by name.
    pub fn at(&self, audience: &str) -> impl Iterator<Item = &ApplicationRoleName> {
        self.0.get(audience).into_iter().flatten()
    }

    /// Returns the audiences, each with at least one role.
    pub fn audiences(
        &self,
    ) -> impl Iterator<Item = (&str, impl Iterator<Item = &ApplicationRoleName>)> {
        let all = self.0.iter();
        all.map(|(audience, roles)| (audience.as_str(), roles.iter()))
    }

    /// Returns whether there are no roles.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Validates the number of roles.
    pub fn check(&self) -> Result<(), InvalidRoles> {
        let count: usize = self.0.values().map(BTreeSet::len).sum();
        if count <= Self::MAX {
            Ok(())
        } else {
            Err(InvalidRoles::TooManyHeld)
        }
    }

    /// Returns the pairs of audience and role that are not in `before`.
    #[must_use]
    pub fn since<'a>(&'a self, before: &Self) -> Vec<(&'a str, &'a ApplicationRoleName)> {
        let all = self.0.iter();
        let all =
            all.flat_map(|(audience, roles)| roles.iter().map(|role| (audience.as_str(), role)));
        let is_new = |(audience, role): &(&str, &ApplicationRoleName)| {
            before
                .0
                .get(*audience)
                .is_none_or(|own| !own.contains(*role))
        };
        all.filter(is_new).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn invalid_role_name_is_rejected() {
        for name in ["", ":a", "a b", "a,b", "ä", &"a".repeat(65)] {
            assert_eq!(
                ApplicationRoleName::parse(name),
                Err(InvalidRoleName),
                "{name}"
            );
        }
        for name in ["editor", "Invoices:Approve", "1.a/b-c_d"] {
            assert!(ApplicationRoleName::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn roles_of_resource_server_are_checked() {
        let role = |name: &str| ApplicationRole {
            name: ApplicationRoleName::parse(name).unwrap(),
            description: String::new(),
            later: LaterMembers::default(),
        };
        let many: Vec<_> = (0..=100).map(|index| role(&format!("r{index}"))).collect();
        assert_eq!(
            ApplicationRole::check_all(&many),
            Err(InvalidRoles::TooManyDefined)
        );
        let twice = [role("a"), role("a")];
        assert_eq!(
            ApplicationRole::check_all(&twice),
            Err(InvalidRoles::NameTaken)
        );
        let mut odd = [role("a")];
        odd[0].description = "\n".into();
        assert_eq!(
            ApplicationRole::check_all(&odd),
            Err(InvalidRoles::DescriptionMalformed)
        );
        assert_eq!(ApplicationRole::check_all(&[role("a"), role("b")]), Ok(()));
    }

    #[test]
    fn held_roles_are_bounded_and_compared() {
        let mut held = HeldRoles::default();
        for index in 0..100 {
            held.insert(
                "api",
                ApplicationRoleName::parse(&format!("r{index}")).unwrap(),
            );
        }
        assert_eq!(held.check(), Ok(()));
        let before = held.clone();
        let extra = ApplicationRoleName::parse("extra").unwrap();
        held.insert("other", extra.clone());
        assert_eq!(held.check(), Err(InvalidRoles::TooManyHeld));
        assert_eq!(held.since(&before), [("other", &extra)]);
        assert!(before.since(&held).is_empty());
    }
}
