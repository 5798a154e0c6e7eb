//! What operators see of users.

use super::drop_earlier_roles;
use crate::admin::AdminError;
use crate::admin::fields::{attribute_of, redacted};
use crate::definitions::stored;
use countersign_domain::audit::event::FieldChange;
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::DefinitionRepository;
use std::collections::BTreeSet;

/// Removes what operators do not see of users: attributes that they may not read, and roles that give nothing because
/// their resource server was deleted and created again.
pub(in crate::admin) async fn show_all<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    users: &mut [User],
) -> Result<(), AdminError> {
    let roles = users.iter_mut().map(|user| &mut user.roles);
    drop_earlier_roles(store, tenant, roles.collect()).await?;
    if users.iter().all(|user| user.attributes.values.is_empty()) {
        return Ok(());
    }
    let readable = readable(store, tenant).await?;
    for user in users {
        let values = &mut user.attributes.values;
        values.retain(|name, _| readable.contains(name.as_str()));
    }
    Ok(())
}

/// Hides the values of attributes that operators may not read, in the changes of an event.
pub(in crate::admin) async fn hide_values<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    mut changes: Vec<FieldChange>,
) -> Result<Vec<FieldChange>, AdminError> {
    if changes.iter().any(|change| attribute_of(change).is_some()) {
        let readable = readable(store, tenant).await?;
        for change in &mut changes {
            if attribute_of(change).is_some_and(|name| !readable.contains(name)) {
                let (was_set, is_set) = (change.before.is_some(), change.after.is_some());
                *change = redacted(change.field.clone(), was_set, is_set);
            }
        }
    }
    Ok(changes)
}

/// Returns the names of the attributes that operators may read.
async fn readable<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
) -> Result<BTreeSet<String>, AdminError> {
    let all = stored::all::<Attribute>(store, tenant.id)
        .await?
        .into_iter();
    let readable = all.filter(|own| own.readers.contains(&AttributeParty::Admin));
    Ok(readable.map(|own| own.name.to_string()).collect())
}
