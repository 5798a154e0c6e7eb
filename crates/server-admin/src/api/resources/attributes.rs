//! `/attributes`.

use super::managed_by::managed_by;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::{ATTRIBUTE, NAME, PLAIN_TEXT, one_of};
use crate::api::slice::{List, name};
use countersign_application::App;
use countersign_application::admin::attributes::AttributeChange;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{AttributesRead, AttributesWrite};
use countersign_domain::claims::attribute::{Attribute, AttributeParty};
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::value_rule::{AttributeType, TextFormat, ValueRule};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// User attribute. Most fields have the meaning of the keyword of JSON Schema.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Attribute")]
pub(in crate::api) struct Body {
    /// Name: lower-case letters, digits and underscores. It cannot change.
    #[schemars(regex(pattern = ATTRIBUTE))]
    pub(in crate::api) name: String,
    /// Description.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = PLAIN_TEXT))]
    description: String,
    /// `string`, `integer`, `boolean`, or `array` for an array of strings. Values of an earlier type stay, but no token
    /// contains them.
    #[schemars(extend("enum" = ["string", "integer", "boolean", "array"]))]
    r#type: String,
    /// Minimum length of a string or an item in characters; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1000))]
    min_length: Option<usize>,
    /// Maximum length of a string or an item in characters; 1000 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    max_length: Option<usize>,
    /// Regular expression that a string or an item must match as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pattern: Option<String>,
    /// Allowed strings or items. If empty, all are allowed.
    #[serde(default)]
    #[schemars(length(max = 200))]
    r#enum: Vec<String>,
    /// Format of a string or an item: `email`, `uri` or `date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["email", "uri", "date", null]))]
    format: Option<String>,
    /// Minimum of an integer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minimum: Option<i64>,
    /// Maximum of an integer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    maximum: Option<i64>,
    /// Maximum number of items of an array; 50 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50))]
    max_items: Option<usize>,
    /// Parties that may read it: `user`, `admin` and `application`. Claims policies need `application`.
    #[serde(default = "admin")]
    #[schemars(transform = parties)]
    readers: Vec<String>,
    /// Parties that may write it.
    #[serde(default = "admin")]
    #[schemars(transform = parties)]
    writers: Vec<String>,
    /// Set of files that declares the attribute; see `countersign apply`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NAME))]
    managed_by: Option<String>,
}

fn admin() -> Vec<String> {
    vec![AttributeParty::Admin.as_str().to_owned()]
}

fn parties(schema: &mut Schema) {
    let names = AttributeParty::ALL.iter().map(|own| own.as_str());
    schema.insert("items".to_owned(), one_of(names));
}

impl From<&Attribute> for Body {
    fn from(attribute: &Attribute) -> Self {
        let rule = &attribute.rule;
        let names = |parties: &BTreeSet<AttributeParty>| {
            parties.iter().map(|own| own.as_str().to_owned()).collect()
        };
        Self {
            name: attribute.name.to_string(),
            description: attribute.description.clone(),
            r#type: rule.kind.as_str().to_owned(),
            min_length: rule.min_length,
            max_length: rule.max_length,
            pattern: rule.pattern.clone(),
            r#enum: rule.values.clone(),
            format: rule.format.map(|own| own.as_str().to_owned()),
            minimum: rule.minimum,
            maximum: rule.maximum,
            max_items: rule.max_items,
            readers: names(&attribute.readers),
            writers: names(&attribute.writers),
            managed_by: attribute.managed_by.as_ref().map(ToString::to_string),
        }
    }
}

impl Body {
    pub(in crate::api) fn change(&self) -> Result<AttributeChange, Problem> {
        let kind = AttributeType::parse(&self.r#type);
        let kind = kind
            .ok_or_else(|| Problem::field("type", "must be string, integer, boolean or array"))?;
        let format = self.format.as_deref().map(TextFormat::parse);
        let rule = "must be email, uri or date";
        let format = format
            .map(|own| own.ok_or_else(|| Problem::field("format", rule)))
            .transpose()?;
        let parties = |field: &str, names: &[String]| {
            let parties = names.iter().map(|name| AttributeParty::parse(name));
            let parties: Option<BTreeSet<_>> = parties.collect();
            parties.ok_or_else(|| Problem::field(field, "must be user, admin or application"))
        };
        Ok(AttributeChange {
            description: self.description.clone(),
            rule: ValueRule {
                kind,
                min_length: self.min_length,
                max_length: self.max_length,
                pattern: self.pattern.clone(),
                values: self.r#enum.clone(),
                format,
                minimum: self.minimum,
                maximum: self.maximum,
                max_items: self.max_items,
            },
            readers: parties("readers", &self.readers)?,
            writers: parties("writers", &self.writers)?,
            managed_by: managed_by(self.managed_by.as_deref())?,
        })
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/attributes", "/attributes/{name}");
    vec![
        Operation::list(
            (all, "listAttributes", "List user attributes"),
            &[AttributesRead],
        )
        .gives::<List<Body>>()
        .by(list),
        Operation::create(
            (all, "createAttribute", "Create a user attribute"),
            &[AttributesWrite],
        )
        .takes::<Body>()
        .gives::<Body>()
        .keeps(reply)
        .by(create),
        Operation::get(
            (one, "getAttribute", "Show a user attribute"),
            &[AttributesRead],
        )
        .gives::<Body>()
        .by(get),
        Operation::patch(
            (one, "updateAttribute", "Change a user attribute"),
            &[AttributesRead, AttributesWrite],
        )
        .keeping(&["name"])
        .takes::<Body>()
        .gives::<Body>()
        .by(patch),
        Operation::delete(
            (one, "deleteAttribute", "Delete a user attribute"),
            &[AttributesWrite],
        )
        .conditional()
        .by(delete),
    ]
}

fn reply(attribute: &Attribute) -> Outcome {
    Ok(Reply::of(&Body::from(attribute))?.at(attribute.version))
}

/// Returns the name of the attribute in the path.
fn attribute_name<A: App>(call: &Call<A>) -> Result<AttributeName, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Attribute).into();
    AttributeName::parse(call.path(0)).map_err(missing)
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let attributes = &call.commands().attributes;
    let slice = attributes.list(&call.tenant, &call.operator, after).await?;
    Reply::of(&List::of(&slice, |own| own.name.to_string(), Body::from))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let name = attribute_name(&call)?;
    let attributes = &call.commands().attributes;
    reply(&attributes.find(&call.tenant, &call.operator, &name).await?)
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let name = AttributeName::parse(&body.name).map_err(|error| Problem::field("name", error))?;
    let (attributes, change) = (&call.commands().attributes, body.change()?);
    let created = attributes.create(&call.tenant, &call.operator, name, &change);
    reply(&created.await?)
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    let name = attribute_name(&call)?;
    let attributes = &call.commands().attributes;
    let attribute = attributes.find(&call.tenant, &call.operator, &name).await?;
    let expected = call.version(attribute.version)?;
    let body = call.patched(&Body::from(&attribute))?;
    if body.name != name.as_str() {
        let rule = "cannot change; create a new attribute";
        return Err(Problem::field("name", rule));
    }
    let change = body.change()?;
    let updated = attributes.update(&call.tenant, &call.operator, &name, expected, &change);
    reply(&call.changed(updated.await)?)
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let name = attribute_name(&call)?;
    let attributes = &call.commands().attributes;
    let deleted = attributes.delete(&call.tenant, &call.operator, &name, call.expected);
    deleted.await?;
    Ok(Reply::empty())
}
