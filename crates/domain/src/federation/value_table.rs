//! Tables from the values of an upstream claim to groups and application roles.

use super::profile_mapping::is_claim;
use crate::administration::group_name::GroupName;
use crate::claims::roles::ApplicationRoleName;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

/// Application role at the resource server with an audience.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleAt {
    /// Audience of the resource server.
    pub audience: String,
    /// Role.
    pub role: ApplicationRoleName,
}

/// What the values of a claim give a user. The claim is a string or an array of strings.
///
/// A sign-in gives the user what the present values give, and takes away what only the other values of the table give.
/// What no value gives is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueTable<T> {
    /// Name of the claim in the ID token or userinfo response.
    pub claim: String,
    /// What each value gives.
    pub values: BTreeMap<String, BTreeSet<T>>,
}

/// Table from values of a claim to groups.
pub type GroupTable = ValueTable<GroupName>;

/// Table from values of a claim to application roles.
pub type RoleTable = ValueTable<RoleAt>;

impl<T: Ord> ValueTable<T> {
    /// Maximum number of values.
    pub const MOST_VALUES: usize = 200;

    /// Maximum number of things that a value gives.
    pub const MOST_PER_VALUE: usize = 20;

    /// Maximum length of a value in bytes.
    pub const LONGEST_VALUE: usize = 256;

    /// Returns everything that the table can give.
    #[must_use]
    pub fn all(&self) -> BTreeSet<&T> {
        self.values.values().flatten().collect()
    }

    /// Returns what these values of the claim give.
    #[must_use]
    pub fn given<'a>(&'a self, values: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a T> {
        let values = values.into_iter();
        let sets = values.filter_map(|value| self.values.get(value));
        sets.flatten().collect()
    }

    /// Returns whether the names are valid and the numbers within their limits.
    pub(super) fn is_valid(&self) -> bool {
        let is_value = |value: &String| (1..=Self::LONGEST_VALUE).contains(&value.len());
        let is_small = |given: &BTreeSet<T>| (1..=Self::MOST_PER_VALUE).contains(&given.len());
        is_claim(&self.claim)
            && (1..=Self::MOST_VALUES).contains(&self.values.len())
            && self.values.keys().all(is_value)
            && self.values.values().all(is_small)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_give_their_groups_and_no_others() {
        let group = |name| GroupName::parse(name).unwrap();
        let table = GroupTable {
            claim: "groups".into(),
            values: [
                ("eng".into(), [group("staff"), group("engineers")].into()),
                ("sales".into(), [group("staff")].into()),
            ]
            .into(),
        };
        assert!(table.is_valid());
        let staff = group("staff");
        assert_eq!(table.given(["sales", "unknown"]), [&staff].into());
        assert_eq!(table.given([]), BTreeSet::new());
        let both = [group("engineers"), group("staff")];
        assert_eq!(table.all(), both.iter().collect());
        assert_eq!(table.given(["eng", "sales"]), both.iter().collect());
    }
}
