//! Administration of user attributes.

mod uses;

use super::definitions;
use super::events::{Done, EventSource};
use super::fields::Fields;
use super::replies::with_reply;
use super::{AdminError, Conflict, TRIES, may};
use crate::definitions::stored;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::claims::attribute::{Attribute, AttributeParty, InvalidAttribute};
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::value_rule::ValueRule;
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Clock, Definition, EventRecord, Race, Slice, Store};
use regex::{Regex, RegexBuilder};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Maximum size of a compiled pattern in bytes.
const PATTERN_SIZE: usize = 256 * 1024;

/// Values of a user attribute, apart from its name.
#[derive(Clone, Debug)]
pub struct AttributeChange {
    /// Description.
    pub description: String,
    /// Rules for values.
    pub rule: ValueRule,
    /// Parties that may read it.
    pub readers: BTreeSet<AttributeParty>,
    /// Parties that may write it.
    pub writers: BTreeSet<AttributeParty>,
    /// Set of files that declares the attribute, or none.
    pub managed_by: Option<ManagedBy>,
}

impl AttributeChange {
    /// Applies the change to an attribute.
    pub fn apply(&self, attribute: &mut Attribute) {
        let Self {
            description,
            rule,
            readers,
            writers,
            managed_by,
        } = self.clone();
        attribute.description = description;
        attribute.rule = rule;
        attribute.readers = readers;
        attribute.writers = writers;
        attribute.managed_by = managed_by;
    }
}

/// Validates an attribute, including the syntax of its pattern.
pub fn check(attribute: &Attribute) -> Result<(), InvalidAttribute> {
    attribute.check()?;
    let pattern = attribute.rule.pattern.as_deref();
    // A pattern such as `a)|(b` would be valid only inside of the group that makes it match whole strings.
    let is_valid = |pattern| compiled(pattern).is_some() && Regex::new(pattern).is_ok();
    if pattern.is_some_and(|pattern| !is_valid(pattern)) {
        return Err(InvalidAttribute::Pattern);
    }
    Ok(())
}

/// Returns whether a text matches a pattern as a whole.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    compiled(pattern).is_some_and(|own| own.is_match(text))
}

fn compiled(pattern: &str) -> Option<Regex> {
    let whole = format!("^(?:{pattern})$");
    RegexBuilder::new(&whole)
        .size_limit(PATTERN_SIZE)
        .build()
        .ok()
}

/// Commands for user attributes.
pub struct AttributeAdmin<S> {
    /// Attributes, and the policies that use them.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> AttributeAdmin<S> {
    /// Returns a slice of the attributes, ordered by name.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<Attribute>, AdminError> {
        may(operator, Permission::AttributesRead)?;
        Ok(stored::list(&*self.store, tenant.id, after).await?)
    }

    /// Finds an attribute by its name.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &AttributeName,
    ) -> Result<Attribute, AdminError> {
        may(operator, Permission::AttributesRead)?;
        self.expected(tenant, name, None).await
    }

    /// Creates an attribute.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: AttributeName,
        change: &AttributeChange,
    ) -> Result<Attribute, AdminError> {
        may(operator, Permission::AttributesWrite)?;
        let mut attribute = Attribute::new(name, change.rule.kind, self.clock.now());
        change.apply(&mut attribute);
        check(&attribute)?;
        let all: Vec<Attribute> = stored::all(&*self.store, tenant.id).await?;
        if all.len() >= Attribute::MAX_PER_TENANT {
            return Err(InvalidAttribute::TooMany.into());
        }
        let changes = Fields::of_attribute(&attribute).since(&Fields::default());
        let event = self.event(
            tenant,
            operator,
            (Action::ATTRIBUTE_CREATED, &attribute),
            changes,
        );
        attribute.version = 1;
        let event = with_reply(event, &attribute);
        let definition = Definition::Attribute(attribute.clone());
        match self
            .store
            .insert_definition(tenant.id, &definition, &event)
            .await?
        {
            Race::Won => Ok(attribute),
            Race::Lost => Err(Conflict::AttributeName.into()),
        }
    }

    /// Changes an attribute. Values that users have stay as they are. Fails if a claims policy uses the attribute in a way
    /// that the change does not allow. With `expected`, fails if the attribute has another version.
    pub async fn update(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &AttributeName,
        expected: Option<u64>,
        change: &AttributeChange,
    ) -> Result<Attribute, AdminError> {
        may(operator, Permission::AttributesWrite)?;
        for _ in 0..TRIES {
            let before = self.expected(tenant, name, expected).await?;
            let mut attribute = before.clone();
            change.apply(&mut attribute);
            let changes = Fields::of_attribute(&attribute).since(&Fields::of_attribute(&before));
            if changes.is_empty() {
                return Ok(before);
            }
            check(&attribute)?;
            let parties = |own: &Attribute| (own.readers.clone(), own.writers.clone());
            if parties(&attribute) != parties(&before) {
                self.check_uses(tenant, name, Some(&attribute)).await?;
            }
            let event = self.event(
                tenant,
                operator,
                (Action::ATTRIBUTE_UPDATED, &attribute),
                changes,
            );
            let definition = Definition::Attribute(attribute.clone());
            let updated = self.store.update_definition(tenant.id, &definition, &event);
            if updated.await? == Race::Won {
                attribute.version += 1;
                return Ok(attribute);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Deletes an attribute. Fails if a claims policy uses it. Values that users have stay, but no one can read them at
    /// this server until an attribute with this name exists again. With `expected`, fails if the attribute has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &AttributeName,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may(operator, Permission::AttributesWrite)?;
        for _ in 0..TRIES {
            let attribute = self.expected(tenant, name, expected).await?;
            self.check_uses(tenant, name, None).await?;
            let changes = Fields::default().since(&Fields::of_attribute(&attribute));
            let event = self.event(
                tenant,
                operator,
                (Action::ATTRIBUTE_DELETED, &attribute),
                changes,
            );
            if definitions::delete(&*self.store, tenant, &attribute, &event).await? == Race::Won {
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    async fn expected(
        &self,
        tenant: &Tenant,
        name: &AttributeName,
        expected: Option<u64>,
    ) -> Result<Attribute, AdminError> {
        definitions::expected(&*self.store, tenant, name.as_str(), expected).await
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, attribute): (Action, &Attribute),
        changes: Vec<FieldChange>,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("attribute", attribute.name.as_str()),
            changes,
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::claims::value_rule::AttributeType;
    use countersign_domain::time::Timestamp;

    #[test]
    fn pattern_is_valid_on_its_own_and_matches_whole_strings() {
        let name = AttributeName::parse("team").unwrap();
        let mut attribute =
            Attribute::new(name, AttributeType::Text, Timestamp::from_unix_seconds(1));
        for (pattern, is_valid) in [
            ("a|b", true),
            ("a)|(b", false),
            ("(", false),
            ("(a{1000}){1000}", false),
        ] {
            attribute.rule.pattern = Some(pattern.to_owned());
            assert_eq!(check(&attribute).is_ok(), is_valid, "{pattern}");
        }
        assert!(matches("a|b", "b"));
        assert!(!matches("a|b", "ab"));
    }
}
