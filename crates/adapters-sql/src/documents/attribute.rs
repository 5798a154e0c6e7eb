//! Document of a user attribute, and the values in the document of a user.

use super::members::{self, Members};
use crate::columns::{Failure, Unreadable};
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue, Attributes};
use countersign_domain::claims::value_rule::{AttributeType, TextFormat, ValueRule};
use countersign_domain::later::LaterMembers;
use countersign_domain::time::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Members of the document of an attribute. Limits that are not set are omitted.
#[derive(Serialize)]
struct AttributeDocument<'a> {
    description: &'a str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    r#enum: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_items: Option<usize>,
    readers: Vec<&'static str>,
    writers: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a str>,
}

/// Writes the document of an attribute.
pub(super) fn write(attribute: &Attribute) -> Result<String, Failure> {
    let rule = &attribute.rule;
    let document = AttributeDocument {
        description: &attribute.description,
        r#type: rule.kind.as_str(),
        min_length: rule.min_length,
        max_length: rule.max_length,
        pattern: rule.pattern.as_deref(),
        r#enum: &rule.values,
        format: rule.format.map(TextFormat::as_str),
        minimum: rule.minimum,
        maximum: rule.maximum,
        max_items: rule.max_items,
        readers: attribute.readers.iter().map(|own| own.as_str()).collect(),
        writers: attribute.writers.iter().map(|own| own.as_str()).collect(),
        managed_by: attribute.managed_by.as_ref().map(ManagedBy::as_str),
    };
    members::write(&document, &attribute.later)
}

/// Reads an attribute from its document and columns.
pub(super) fn read(
    members: &mut Members,
    id: &str,
    created_at: Timestamp,
    version: u64,
) -> Result<Attribute, Unreadable> {
    let rule = ValueRule {
        kind: members.require_parsed("type", AttributeType::parse)?,
        min_length: members.take("min_length")?,
        max_length: members.take("max_length")?,
        pattern: members.take("pattern")?,
        values: members.take("enum")?.unwrap_or_default(),
        format: members.take_parsed("format", TextFormat::parse)?,
        minimum: members.take("minimum")?,
        maximum: members.take("maximum")?,
        max_items: members.take("max_items")?,
    };
    let readers = members.require_list("readers", AttributeParty::parse)?;
    let writers = members.require_list("writers", AttributeParty::parse)?;
    Ok(Attribute {
        name: AttributeName::parse(id).map_err(|_| Unreadable("definitions.id"))?,
        description: members.require("description")?,
        rule,
        readers: readers.into_iter().collect(),
        writers: writers.into_iter().collect(),
        managed_by: members.take_managed_by()?,
        created_at,
        version,
        later: members.take_later()?,
    })
}

/// Returns the attributes of a user for a document, with those of later versions.
pub(super) fn values(attributes: &Attributes) -> Result<BTreeMap<String, Box<RawValue>>, Failure> {
    let mut all: BTreeMap<String, Box<RawValue>> = match attributes.later.as_str() {
        "" => BTreeMap::new(),
        later => serde_json::from_str(later)?,
    };
    for (name, value) in &attributes.values {
        let value = serde_json::value::to_raw_value(value)?;
        all.insert(name.as_str().to_owned(), value);
    }
    Ok(all)
}

/// Takes the attributes of a user. A value that this version cannot represent belongs to a later one.
pub(super) fn take_values(members: &mut Members) -> Result<Attributes, Unreadable> {
    let all: Option<BTreeMap<String, Box<RawValue>>> = members.take("attributes")?;
    let (mut attributes, mut later) = (Attributes::default(), BTreeMap::new());
    for (name, value) in all.into_iter().flatten() {
        let read = serde_json::from_str::<AttributeValue>(value.get());
        match (AttributeName::parse(&name), read) {
            (Ok(name), Ok(value)) => {
                attributes.values.insert(name, value);
            }
            _ => {
                later.insert(name, value);
            }
        }
    }
    if !later.is_empty() {
        let text = serde_json::to_string(&later).map_err(|_| members.unreadable())?;
        attributes.later = LaterMembers::new(text);
    }
    Ok(attributes)
}
