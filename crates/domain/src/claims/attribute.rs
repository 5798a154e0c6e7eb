//! Definitions of user attributes.

use crate::administration::description::{LONGEST, is_description};
use crate::administration::managed_by::ManagedBy;
use crate::claims::attribute_value::{AttributeName, AttributeValue};
use crate::claims::value_rule::{AttributeType, ValueRule};
use crate::later::LaterMembers;
use crate::time::Timestamp;
use alloc::collections::BTreeSet;
use alloc::string::String;

/// Party that may read or write an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttributeParty {
    /// The user.
    User,
    /// An operator, at the admin API.
    Admin,
    /// An application: claims policies release the attribute to clients and resource servers.
    Application,
}
crate::wire_names!(AttributeParty {
    User = "user",
    Admin = "admin",
    Application = "application",
});

/// Definition of a user attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Name.
    pub name: AttributeName,
    /// Description; may be empty.
    pub description: String,
    /// Rules for values.
    pub rule: ValueRule,
    /// Parties that may read it.
    pub readers: BTreeSet<AttributeParty>,
    /// Parties that may write it.
    pub writers: BTreeSet<AttributeParty>,
    /// Set of files that declares the attribute.
    pub managed_by: Option<ManagedBy>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored. Every change increments it.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

crate::error_type! {
    /// Reason why the definition of an attribute is invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidAttribute {
        /// The description is too long or contains control characters.
        #[error("a description has at most {max} characters and no control characters", max = LONGEST)]
        DescriptionMalformed,
        /// A limit of strings that is not one.
        #[error("min_length and max_length are for strings and arrays, at most {max}, and in order", max = ValueRule::MAX_LENGTH)]
        Lengths,
        /// A pattern for another type, or a malformed one.
        #[error("pattern is for strings and arrays, and must be a regular expression of at most {max} bytes", max = ValueRule::MAX_VALUES)]
        Pattern,
        /// Values for another type, or too many.
        #[error("enum is for strings and arrays, and has at most {max} different values that satisfy the other rules", max = ValueRule::MAX_VALUES)]
        Values,
        /// A format for another type.
        #[error("format is for strings and arrays")]
        Format,
        /// A limit of integers that is not one.
        #[error("minimum and maximum are for integers, and in order")]
        Range,
        /// A limit of arrays that is not one.
        #[error("max_items is for arrays, from 1 to {max}", max = ValueRule::MAX_ITEMS)]
        Items,
        /// Too many attributes of a tenant.
        #[error("at most {max} attributes can be defined", max = Attribute::MAX_PER_TENANT)]
        TooMany,
    }
}

impl Attribute {
    /// Maximum number of attributes of a tenant.
    pub const MAX_PER_TENANT: usize = 100;

    /// Creates an attribute that only operators may read and write.
    #[must_use]
    pub fn new(name: AttributeName, kind: AttributeType, created_at: Timestamp) -> Self {
        Self {
            name,
            description: String::new(),
            rule: ValueRule::new(kind),
            readers: [AttributeParty::Admin].into(),
            writers: [AttributeParty::Admin].into(),
            managed_by: None,
            created_at,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns whether only operators may write it. Other attributes say what users or applications claim, and prove
    /// nothing.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.writers.iter().all(|own| *own == AttributeParty::Admin)
    }

    /// Validates the definition, apart from the syntax of the pattern. Returns the first broken rule.
    pub fn check(&self) -> Result<(), InvalidAttribute> {
        use InvalidAttribute as Invalid;
        let rule = &self.rule;
        let has_texts = matches!(rule.kind, AttributeType::Text | AttributeType::Texts);
        let holds = |holds: bool, broken: Invalid| if holds { Ok(()) } else { Err(broken) };
        let is_described = is_description(&self.description);
        holds(is_described, Invalid::DescriptionMalformed)?;
        let (least, most) = (rule.min_length, rule.max_length);
        let has_lengths = least.is_some() || most.is_some();
        let most = most.unwrap_or(ValueRule::MAX_LENGTH);
        let in_order = least.unwrap_or(0) <= most && (1..=ValueRule::MAX_LENGTH).contains(&most);
        holds(in_order && (has_texts || !has_lengths), Invalid::Lengths)?;
        let is_pattern =
            |own: &String| has_texts && (1..=ValueRule::MAX_VALUES).contains(&own.len());
        holds(
            rule.pattern.as_ref().is_none_or(is_pattern),
            Invalid::Pattern,
        )?;
        holds(rule.format.is_none() || has_texts, Invalid::Format)?;
        let values: BTreeSet<_> = rule.values.iter().collect();
        let is_plain = has_texts || values.is_empty();
        let is_list = values.len() == rule.values.len() && values.len() <= ValueRule::MAX_VALUES;
        let one = ValueRule {
            kind: AttributeType::Text,
            ..rule.clone()
        };
        let fits = |own: &&String| {
            one.check(&AttributeValue::Text((*own).clone()), |_, _| true)
                .is_ok()
        };
        holds(
            is_plain && is_list && values.iter().all(fits),
            Invalid::Values,
        )?;
        let is_range = rule.minimum.unwrap_or(i64::MIN) <= rule.maximum.unwrap_or(i64::MAX);
        let has_range = rule.minimum.is_some() || rule.maximum.is_some();
        holds(
            is_range && (rule.kind == AttributeType::Number || !has_range),
            Invalid::Range,
        )?;
        let is_count = |most: usize| {
            rule.kind == AttributeType::Texts && (1..=ValueRule::MAX_ITEMS).contains(&most)
        };
        holds(rule.max_items.is_none_or(is_count), Invalid::Items)
    }
}

#[cfg(test)]
mod tests;
