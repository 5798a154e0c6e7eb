//! Application roles: what a user may do at a resource server.

use crate::administration::description::{LONGEST, is_description};
use crate::identifier::ResourceServerId;
use crate::later::LaterMembers;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

crate::plain_name! {
    /// Name of an application role, unique within its resource server.
    pub struct ApplicationRoleName if is_role_name;
    /// The text is not a valid name of an application role.
    #[error("the name of a role has 1 to 64 letters, digits and characters of . _ : / -, and starts with a letter or digit")]
    pub struct InvalidRoleName;
}

fn is_role_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(plain)
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
/// A role that the resource server does not define gives nothing. Neither does a role of a resource server that was
/// deleted, if another one with this audience was created since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldRoles(BTreeMap<String, Held>);

/// Roles at one resource server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Held {
    server: Option<ResourceServerId>,
    roles: BTreeSet<ApplicationRoleName>,
}

impl HeldRoles {
    /// Maximum number of roles.
    pub const MAX: usize = 100;

    /// Adds a role at the resource server with this audience.
    pub fn insert(&mut self, audience: &str, role: ApplicationRoleName) {
        let held = self.0.entry(audience.into()).or_default();
        held.roles.insert(role);
    }

    /// Sets the identifier of the resource server of the roles for an audience.
    pub fn bind(&mut self, audience: &str, server: Option<ResourceServerId>) {
        if let Some(held) = self.0.get_mut(audience) {
            held.server = server;
        }
    }

    /// Returns the roles at the resource server with this audience and identifier, ordered by name.
    pub fn at(
        &self,
        audience: &str,
        server: Option<ResourceServerId>,
    ) -> impl Iterator<Item = &ApplicationRoleName> {
        let held = self.0.get(audience);
        let held = held.filter(|held| held.server == server);
        held.into_iter().flat_map(|held| &held.roles)
    }

    /// Returns the audiences, each with at least one role.
    pub fn audiences(
        &self,
    ) -> impl Iterator<Item = (&str, impl Iterator<Item = &ApplicationRoleName>)> {
        let all = self.0.iter();
        all.map(|(audience, held)| (audience.as_str(), held.roles.iter()))
    }

    /// Returns the identifiers of the resource servers by audience, except those that are unknown.
    pub fn servers(&self) -> impl Iterator<Item = (&str, ResourceServerId)> {
        let all = self.0.iter();
        all.filter_map(|(audience, held)| Some((audience.as_str(), held.server?)))
    }

    /// Removes the roles for an audience if they belong to another resource server than this one.
    pub fn drop_earlier(&mut self, audience: &str, server: Option<ResourceServerId>) {
        let is_earlier = |held: &Held| held.server != server;
        if self.0.get(audience).is_some_and(is_earlier) {
            self.0.remove(audience);
        }
    }

    /// Returns whether there are no roles.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Validates the number of roles.
    pub fn check(&self) -> Result<(), InvalidRoles> {
        let count: usize = self.0.values().map(|held| held.roles.len()).sum();
        if count <= Self::MAX {
            Ok(())
        } else {
            Err(InvalidRoles::TooManyHeld)
        }
    }

    /// Returns whether these roles contain a role for an audience.
    #[must_use]
    pub fn contains(&self, audience: &str, role: &ApplicationRoleName) -> bool {
        let held = self.0.get(audience);
        held.is_some_and(|held| held.roles.contains(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec::Vec;

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
    fn held_roles_are_bounded() {
        let mut held = HeldRoles::default();
        for index in 0..100 {
            held.insert(
                "api",
                ApplicationRoleName::parse(&format!("r{index}")).unwrap(),
            );
        }
        assert_eq!(held.check(), Ok(()));
        held.insert("other", ApplicationRoleName::parse("extra").unwrap());
        assert_eq!(held.check(), Err(InvalidRoles::TooManyHeld));
    }

    #[test]
    fn roles_of_deleted_resource_server_give_nothing_at_a_later_one() {
        let editor = ApplicationRoleName::parse("editor").unwrap();
        let server = |byte: u8| Some(ResourceServerId::from_bytes([byte; 16]));
        for (own, other) in [(server(1), server(2)), (None, server(2))] {
            let mut held = HeldRoles::default();
            held.insert("api", editor.clone());
            held.bind("api", own);
            assert!(held.at("api", own).eq([&editor]));
            assert_eq!(held.at("api", other).count(), 0);
            held.drop_earlier("api", own);
            assert!(held.contains("api", &editor));
            held.drop_earlier("api", other);
            assert!(held.is_empty());
        }
    }
}
