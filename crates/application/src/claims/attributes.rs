//! Attributes of a tenant, and those that users read themselves.

use crate::definitions::Definitions;
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{After, Definition, DefinitionKind, DefinitionRepository, StoreError};

impl<S: DefinitionRepository + Send + Sync> Definitions<S> {
    /// Returns the attributes of a user that users may read.
    pub async fn own_attributes<'a>(
        &self,
        tenant: TenantId,
        user: &'a User,
    ) -> Result<Vec<(&'a AttributeName, &'a AttributeValue)>, StoreError> {
        let mut readable = Vec::new();
        for (name, value) in &user.attributes.values {
            let attribute = self.attribute(tenant, name.as_str()).await?;
            if attribute.is_some_and(|own| own.readers.contains(&AttributeParty::User)) {
                readable.push((name, value));
            }
        }
        Ok(readable)
    }
}

/// Returns all attributes of a tenant, as the store has them now.
pub(crate) async fn stored_attributes<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: TenantId,
) -> Result<Vec<Attribute>, StoreError> {
    // Concurrent commands can create a few more than the maximum.
    let all = After {
        key: None,
        limit: 500,
    };
    let kind = DefinitionKind::Attribute;
    let all = store.list_definitions(tenant, kind, all).await?;
    let all = all.items.into_iter();
    let attributes = all.filter_map(|definition| match definition {
        Definition::Attribute(attribute) => Some(attribute),
        _ => None,
    });
    Ok(attributes.collect())
}
