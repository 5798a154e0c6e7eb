//! Application roles, attributes and claims policies in commands, and the preview of claims.

mod held;
mod preview;
mod shown;

pub(super) use held::{bound_roles, drop_earlier_roles};
pub use preview::{ClaimsAdmin, Preview, PreviewedClaim};
pub(super) use shown::{hide_values, show_all};

use super::AdminError;
use crate::definitions::stored;
use countersign_domain::claims::policy::{ClaimsPolicy, PolicyOwner};
use countersign_domain::tenant::Tenant;
use countersign_ports::DefinitionRepository;
use std::collections::BTreeMap;

/// Checks a changed policy, with the attributes that it names.
pub(super) async fn check_policy<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: &Tenant,
    owner: PolicyOwner<'_>,
    policy: &ClaimsPolicy,
) -> Result<(), AdminError> {
    policy.check(owner)?;
    let mut attributes = BTreeMap::new();
    for name in policy.attributes() {
        if !attributes.contains_key(name)
            && let Some(attribute) = stored::find(store, tenant.id, name.as_str()).await?
        {
            attributes.insert(name.clone(), attribute);
        }
    }
    Ok(policy.check_attributes(|name| attributes.get(name))?)
}
