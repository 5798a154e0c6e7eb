//! Checks of admin roles, by the rules of the domain.

use super::declared::Declared;
use super::plan::holder;
use super::present::Present;
use super::read::Mistakes;
use countersign_domain::administration::administrators::{Administrators, Assignment};
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::RoleName;
use countersign_domain::identifier::UserId;
use countersign_server_admin::ObjectKind;
use std::collections::BTreeSet;

/// Grants and revokes the roles as the run would, in the same order: all grants, all revocations, then the deletions.
/// Invalid names and missing objects are mistakes of their own.
pub(crate) fn check_assignments(
    declared: &[Declared],
    present: &Present,
    pruned: &BTreeSet<(ObjectKind, String)>,
    mistakes: &mut Mistakes,
) {
    let mut all = administrators(present);
    let before = all.clone();
    let owns = declared.iter().enumerate();
    let owns = owns.filter_map(|(index, own)| {
        let roles = own.extra.admin_roles.as_ref()?;
        Some((own, future_holder(own, present, index)?, role_names(roles)))
    });
    let owns: Vec<_> = owns.collect();
    for (own, holder, roles) in &owns {
        let present = before.holders.get(holder);
        let exempt = own.extra.without_second_factor;
        let exempt = exempt.unwrap_or(present.is_some_and(|own| own.without_second_factor));
        for role in roles {
            if let Err(rule) = all.grant(holder, role.clone(), exempt) {
                mistakes.add(own.place_of("admin_roles"), format!("admin_roles: {rule}"));
            }
        }
    }
    for (own, holder, roles) in &owns {
        let present = before.holders.get(holder);
        let left = present.iter().flat_map(|own| &own.roles);
        for role in left.filter(|role| !roles.contains(role)) {
            if let Err(rule) = all.revoke(holder, Some(role)) {
                mistakes.add(own.place_of("admin_roles"), format!("admin_roles: {rule}"));
            }
        }
    }
    for (kind, key) in pruned {
        if let Ok(holder) = holder(*kind, key, None).parse()
            && let Err(rule) = all.revoke(&holder, None)
        {
            mistakes.add_without_place(format!("--prune: {holder}: {rule}"));
        }
    }
}

fn administrators(present: &Present) -> Administrators {
    let holders = present.holders.iter().filter_map(|(name, own)| {
        let assignment = Assignment {
            roles: role_names(&own.roles),
            without_second_factor: own.without_second_factor,
        };
        Some((name.parse().ok()?, assignment))
    });
    Administrators {
        holders: holders.collect(),
        ..Administrators::new()
    }
}

fn role_names(names: &BTreeSet<String>) -> BTreeSet<RoleName> {
    let names = names.iter().filter_map(|name| RoleName::parse(name).ok());
    names.collect()
}

/// Returns the holder. A new user has no identifier yet, so the position stands for it.
fn future_holder(own: &Declared, present: &Present, index: usize) -> Option<Holder> {
    let object = present.objects.get(&(own.kind, own.key.clone()));
    match (own.kind, object) {
        (ObjectKind::User, None) => {
            let id = UserId::from_bytes((index as u128).to_be_bytes());
            Some(Holder::User(id))
        }
        (kind, object) => {
            let id = object.and_then(|own| own.id.as_deref());
            holder(kind, &own.key, id).parse().ok()
        }
    }
}
