//! Groups of users.

use super::description::{LONGEST, is_description};
use super::group_name::GroupName;
use super::managed_by::ManagedBy;
use crate::claims::roles::HeldRoles;
use crate::later::LaterMembers;
use crate::time::Timestamp;
use alloc::collections::BTreeSet;
use alloc::string::String;

/// Group of users. Each user has the names of their groups: [`User::groups`](crate::user::User::groups). A member of a
/// group is also a member of its parents: [`EffectiveGroups`](crate::claims::groups::EffectiveGroups).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name.
    pub name: GroupName,
    /// Description.
    pub description: String,
    /// Groups that contain this one. One that does not exist gives nothing.
    pub parents: BTreeSet<GroupName>,
    /// Application roles of all members.
    pub roles: HeldRoles,
    /// Set of files that declares the group.
    pub managed_by: Option<ManagedBy>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored. Every change increments it.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

crate::error_type! {
    /// Reason why a group is invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidGroup {
        /// The description is too long or contains control characters.
        #[error("a description has at most {max} characters and no control characters", max = LONGEST)]
        DescriptionMalformed,
        /// Too many parents.
        #[error("a group can have at most {max} parents", max = Group::MAX_PARENTS)]
        TooManyParents,
        /// The group would be its own parent, directly or through other groups.
        #[error("a group cannot be above itself; remove the parent that leads back to it")]
        ParentCycle,
        /// Too many groups above the group.
        #[error("too many groups are above this one; use fewer levels")]
        TooManyAbove,
        /// Too many application roles.
        #[error("a user or group can hold at most {max} roles", max = HeldRoles::MAX)]
        TooManyRoles,
    }
}

impl Group {
    /// Maximum number of parents.
    pub const MAX_PARENTS: usize = 20;

    /// Creates a group without a description, parents and roles.
    #[must_use]
    pub fn new(name: GroupName, created_at: Timestamp) -> Self {
        Self {
            name,
            description: String::new(),
            parents: BTreeSet::new(),
            roles: HeldRoles::default(),
            managed_by: None,
            created_at,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Validates a group without the groups above it.
    pub fn check(&self) -> Result<(), InvalidGroup> {
        if !is_description(&self.description) {
            return Err(InvalidGroup::DescriptionMalformed);
        }
        if self.parents.len() > Self::MAX_PARENTS {
            return Err(InvalidGroup::TooManyParents);
        }
        if self.parents.contains(&self.name) {
            return Err(InvalidGroup::ParentCycle);
        }
        self.roles.check().map_err(|_| InvalidGroup::TooManyRoles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::group_name::InvalidGroupName;

    #[test]
    fn invalid_group_is_rejected() {
        for name in ["", "Staff", "1st", "a b", &"a".repeat(65)] {
            assert_eq!(GroupName::parse(name), Err(InvalidGroupName), "{name}");
        }
        let now = Timestamp::from_unix_seconds(1);
        let mut group = Group::new(GroupName::parse("staff-2").unwrap(), now);
        assert_eq!(group.check(), Ok(()));
        group.description = "a\nb".into();
        assert_eq!(group.check(), Err(InvalidGroup::DescriptionMalformed));
        group.description.clear();
        group.parents.insert(group.name.clone());
        assert_eq!(group.check(), Err(InvalidGroup::ParentCycle));
        let parent = |index: usize| GroupName::parse(&alloc::format!("g{index}")).unwrap();
        group.parents = (0..=Group::MAX_PARENTS).map(parent).collect();
        assert_eq!(group.check(), Err(InvalidGroup::TooManyParents));
    }
}
