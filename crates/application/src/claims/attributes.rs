//! Attributes of a user that a party may read.

use crate::definitions::Definitions;
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{DefinitionRepository, StoreError};

impl<S: DefinitionRepository + Send + Sync> Definitions<S> {
    /// Returns the attributes of a user that a party may read.
    pub async fn readable_attributes<'a>(
        &self,
        tenant: TenantId,
        party: AttributeParty,
        user: &'a User,
    ) -> Result<Vec<(&'a AttributeName, &'a AttributeValue)>, StoreError> {
        let mut readable = Vec::new();
        for (name, value) in &user.attributes.values {
            let attribute = self.find::<Attribute>(tenant, name.as_str()).await?;
            if attribute.is_some_and(|own| own.readers.contains(&party)) {
                readable.push((name, value));
            }
        }
        Ok(readable)
    }
}
