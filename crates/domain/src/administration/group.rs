//! Groups of users.

use super::group_name::GroupName;
use super::managed_by::ManagedBy;
use crate::client::Client;
use crate::later::LaterMembers;
use crate::time::Timestamp;
use alloc::string::String;

/// Group of users. Groups have no subgroups. Each user has the names of their groups:
/// [`User::groups`](crate::user::User::groups).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name.
    pub name: GroupName,
    /// Description.
    pub description: String,
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
    /// The description of a group is too long or contains control characters.
    #[error("a description has at most 200 characters and no control characters")]
    pub struct InvalidGroup;
}

impl Group {
    /// Creates a group without a description.
    #[must_use]
    pub fn new(name: GroupName, created_at: Timestamp) -> Self {
        Self {
            name,
            description: String::new(),
            managed_by: None,
            created_at,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Validates a group.
    pub fn check(&self) -> Result<(), InvalidGroup> {
        if self.description.is_empty() || Client::is_name(&self.description) {
            Ok(())
        } else {
            Err(InvalidGroup)
        }
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
        assert_eq!(group.check(), Err(InvalidGroup));
    }
}
