//! Effective groups and roles of a user.

use crate::administration::group::{Group, InvalidGroup};
use crate::administration::group_name::GroupName;
use crate::claims::roles::{ApplicationRoleName, HeldRoles};
use crate::resource_server::ResourceServer;
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Groups of a user: those that the user is in, then their parents, the parents of these, and so on. Each is there once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectiveGroups(Vec<Arc<Group>>);

impl EffectiveGroups {
    /// Maximum number of groups. Further parents are left out. Only concurrent changes can lead to so many, because
    /// [`EffectiveGroups::check_parents`] bounds the groups above each group.
    pub const MAX: usize = 300;

    /// Maximum number of groups above a group.
    pub const MAX_ABOVE: usize = 50;

    /// Collects the groups. `find` returns a group; `None` if it does not exist, which then gives nothing. Its error
    /// ends the search, such as for a group that must be read first.
    ///
    /// A cycle, which concurrent changes can create, does no harm: a group that is already there is not followed again.
    pub fn of<E>(
        direct: &[GroupName],
        mut find: impl FnMut(&GroupName) -> Result<Option<Arc<Group>>, E>,
    ) -> Result<Self, E> {
        let mut groups: Vec<Arc<Group>> = Vec::with_capacity(direct.len());
        for name in direct {
            groups.extend(find(name)?);
        }
        // Parents that the search has met. Many groups of a user often have the same parent.
        let mut met: Vec<Arc<Group>> = Vec::new();
        let mut next = 0;
        while let Some(group) = groups.get(next) {
            next += 1;
            if group.parents.is_empty() {
                continue;
            }
            let group = Arc::clone(group);
            for parent in &group.parents {
                if met.iter().any(|own| own.name == *parent) {
                    continue;
                }
                let known = groups.iter().find(|own| own.name == *parent).cloned();
                let is_new = known.is_none();
                if is_new && groups.len() == Self::MAX {
                    continue;
                }
                let found = known.map_or_else(|| find(parent), |own| Ok(Some(own)))?;
                groups.extend(found.clone().filter(|_| is_new));
                met.extend(found);
            }
        }
        Ok(Self(groups))
    }

    /// Checks the parents of a group, given all groups above it: the parents and their effective groups.
    pub fn check_parents(group: &Group, above: &Self) -> Result<(), InvalidGroup> {
        if above.iter().any(|own| own.name == group.name) || group.parents.contains(&group.name) {
            return Err(InvalidGroup::ParentCycle);
        }
        if above.0.len() > Self::MAX_ABOVE {
            return Err(InvalidGroup::TooManyAbove);
        }
        Ok(())
    }

    /// Returns the groups.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Group> {
        self.0.iter().map(|group| &**group)
    }

    /// Returns the roles at a resource server: those that the user and the groups hold, as far as it defines them.
    #[must_use]
    pub fn roles<'a>(
        &'a self,
        own: &'a HeldRoles,
        server: &'a ResourceServer,
    ) -> BTreeSet<&'a ApplicationRoleName> {
        let groups = self.0.iter().map(|group| &group.roles);
        let held = [own].into_iter().chain(groups);
        let held = held.filter(|held| !held.is_empty());
        let held = held.flat_map(|held| held.at(&server.audience, server.id));
        held.filter(|name| server.defines(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::roles::ApplicationRole;
    use crate::later::LaterMembers;
    use crate::time::Timestamp;
    use alloc::collections::BTreeMap;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec;
    use core::convert::Infallible;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1);

    type All = BTreeMap<GroupName, Arc<Group>>;

    fn name(text: &str) -> GroupName {
        GroupName::parse(text).unwrap()
    }

    /// Returns groups `g0`, `g1`, .. with the parents that the indexes name.
    fn groups(parents: &[Vec<usize>]) -> All {
        let all = parents.iter().enumerate().map(|(index, parents)| {
            let mut group = Group::new(name(&format!("g{index}")), NOW);
            group.parents = parents.iter().map(|own| name(&format!("g{own}"))).collect();
            (group.name.clone(), Arc::new(group))
        });
        all.collect()
    }

    fn effective(all: &All, direct: &[GroupName]) -> EffectiveGroups {
        let find = |name: &GroupName| Ok::<_, Infallible>(all.get(name).cloned());
        let Ok(found) = EffectiveGroups::of(direct, find);
        found
    }

    fn names(groups: &EffectiveGroups) -> Vec<&str> {
        groups.iter().map(|group| group.name.as_str()).collect()
    }

    #[test]
    fn effective_groups_include_all_parents_once() {
        let all = groups(&[vec![1, 2], vec![3], vec![3], Vec::new()]);
        assert_eq!(
            names(&effective(&all, &[name("g0")])),
            ["g0", "g1", "g2", "g3"]
        );
        assert_eq!(
            names(&effective(&all, &[name("g3"), name("g0")])),
            ["g3", "g0", "g1", "g2"]
        );
        assert_eq!(names(&effective(&all, &[name("gone")])), [""; 0]);
    }

    #[test]
    fn parent_that_leads_back_to_the_group_is_refused() {
        let all = groups(&[vec![1], vec![2], Vec::new()]);
        let mut group = (*all[&name("g2")]).clone();
        for parent in ["g0", "g1", "g2"] {
            group.parents = [name(parent)].into();
            let above = effective(&all, &[name(parent)]);
            let checked = EffectiveGroups::check_parents(&group, &above);
            assert_eq!(checked, Err(InvalidGroup::ParentCycle), "{parent}");
        }
        let mut other = Group::new(name("other"), NOW);
        other.parents = [name("g0")].into();
        let above = effective(&all, &[name("g0")]);
        assert_eq!(EffectiveGroups::check_parents(&other, &above), Ok(()));
        let chain: Vec<_> = (1..=60).map(|next| [next].into()).collect();
        let above = effective(&groups(&chain), &[name("g0")]);
        let checked = EffectiveGroups::check_parents(&other, &above);
        assert_eq!(checked, Err(InvalidGroup::TooManyAbove));
    }

    #[test]
    fn roles_are_those_that_the_resource_server_defines() {
        let mut server = ResourceServer::new("api", "API", NOW);
        let role = |name: &str| ApplicationRoleName::parse(name).unwrap();
        for defined in ["reader", "editor"] {
            let description = String::new();
            server.roles.push(ApplicationRole {
                name: role(defined),
                description,
                later: LaterMembers::default(),
            });
        }
        let mut all = groups(&[vec![1], Vec::new()]);
        let above = Arc::make_mut(all.get_mut(&name("g1")).unwrap());
        above.roles.insert("api", role("editor"));
        above.roles.insert("other", role("reader"));
        let mut own = HeldRoles::default();
        own.insert("api", role("undefined"));
        let groups = effective(&all, &[name("g0")]);
        assert!(
            groups
                .roles(&own, &server)
                .into_iter()
                .eq([&role("editor")])
        );
        own.insert("api", role("reader"));
        assert!(
            groups
                .roles(&own, &server)
                .into_iter()
                .eq([&role("editor"), &role("reader")])
        );
    }

    proptest! {
        #[test]
        fn closure_of_any_graph_ends_and_has_no_duplicates(
            parents in prop::collection::vec(prop::collection::vec(0..12_usize, 0..5), 1..12),
            direct in prop::collection::btree_set(0..12_usize, 0..6),
        ) {
            let all = groups(&parents);
            let direct: Vec<_> = direct.iter().map(|own| name(&format!("g{own}"))).collect();
            let found = effective(&all, &direct);
            let unique: BTreeSet<_> = found.iter().map(|group| &group.name).collect();
            prop_assert_eq!(unique.len(), found.iter().len());
            for group in found.iter() {
                for parent in group.parents.iter().filter(|own| all.contains_key(*own)) {
                    prop_assert!(unique.contains(parent));
                }
            }
        }

        #[test]
        fn checked_parents_never_form_a_cycle(edges in prop::collection::vec((0..8_usize, 0..8_usize), 0..40)) {
            let mut all = groups(&[const { Vec::new() }; 8]);
            for (child, parent) in edges {
                let (child, parent) = (name(&format!("g{child}")), name(&format!("g{parent}")));
                let mut group = (*all[&child]).clone();
                group.parents.insert(parent);
                let parents: Vec<_> = group.parents.iter().cloned().collect();
                let above = effective(&all, &parents);
                if EffectiveGroups::check_parents(&group, &above).is_ok() {
                    all.insert(child, Arc::new(group));
                }
            }
            for group in all.values() {
                let parents: Vec<_> = group.parents.iter().cloned().collect();
                let above = effective(&all, &parents);
                prop_assert!(above.iter().all(|own| own.name != group.name));
            }
        }
    }
}
