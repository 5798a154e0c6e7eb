//! Attributes and application roles of a user.

use super::UserAdmin;
use super::invalid_attribute::InvalidUserAttribute;
use crate::admin::AdminError;
use crate::admin::attributes::matches;
use crate::admin::claims::{show_all, stored_attribute};
use crate::app::App;
use countersign_domain::claims::attribute::AttributeParty;
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
    /// Checks changed attributes against their definitions. Anything can be removed that operators may write, and also
    /// what is no longer defined.
    pub(super) async fn check_attributes(
        &self,
        tenant: &Tenant,
        changes: &AttributeChanges,
    ) -> Result<(), AdminError> {
        for (name, value) in changes {
            let invalid = |reason| AdminError::Attribute(name.clone(), reason);
            let found = stored_attribute(&*self.store, tenant, name).await?;
            let (attribute, value) = match (found, value) {
                (None, None) => continue,
                (None, Some(_)) => return Err(invalid(InvalidUserAttribute::Unknown)),
                (Some(attribute), value) => (attribute, value),
            };
            if !attribute.writers.contains(&AttributeParty::Admin) {
                return Err(invalid(InvalidUserAttribute::NotWritable));
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
