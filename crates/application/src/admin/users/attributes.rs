//! Attributes and application roles of a user.

use super::UserAdmin;
use super::invalid_attribute::InvalidUserAttribute;
use crate::admin::AdminError;
use crate::admin::attributes::matches;
use crate::admin::claims::show_all;
use crate::app::App;
use crate::definitions::stored;
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue, Attributes};
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use std::collections::BTreeMap;
use std::slice;

/// Changes of attributes by name; `None` removes one.
pub type AttributeChanges = BTreeMap<AttributeName, Option<AttributeValue>>;

/// Applies changes to attributes.
pub(super) fn apply(
    changes: &AttributeChanges,
    attributes: &mut Attributes,
) -> Result<(), AdminError> {
    for (name, value) in changes {
        match value {
            Some(value) => attributes.values.insert(name.clone(), value.clone()),
            None => attributes.values.remove(name),
        };
        if attributes.length() > Attributes::MAX_LENGTH {
            return Err(AdminError::Attribute(
                name.clone(),
                InvalidUserAttribute::TooLong,
            ));
        }
    }
    Ok(())
}

impl<A: App> UserAdmin<A> {
    /// Checks attributes that a party changes against their definitions. Anything can be removed that the party may write,
    /// and operators can also remove what is no longer defined.
    pub(super) async fn check_attributes(
        &self,
        tenant: &Tenant,
        party: AttributeParty,
        changes: &AttributeChanges,
    ) -> Result<(), AdminError> {
        for (name, value) in changes {
            let invalid = |reason| AdminError::Attribute(name.clone(), reason);
            let found: Option<Attribute> =
                stored::find(&*self.store, tenant.id, name.as_str()).await?;
            let (attribute, value) = match (found, value) {
                (None, None) if party == AttributeParty::Admin => continue,
                (None, _) => return Err(invalid(InvalidUserAttribute::Unknown)),
                (Some(attribute), value) => (attribute, value),
            };
            if !attribute.writers.contains(&party) {
                return Err(invalid(InvalidUserAttribute::NotWritable(party)));
            }
            let checked = value
                .as_ref()
                .map_or(Ok(()), |value| attribute.rule.check(value, matches));
            checked.map_err(|reason| invalid(reason.into()))?;
        }
        Ok(())
    }

    /// Returns a user as operators see them; see [`show_all`].
    pub(super) async fn shown(&self, tenant: &Tenant, mut user: User) -> Result<User, AdminError> {
        show_all(&*self.store, tenant, slice::from_mut(&mut user)).await?;
        Ok(user)
    }
}
