//! JSON form of claims policies.

use crate::api::problem::Problem;
use crate::api::shape::{PLAIN_TEXT, one_of};
use countersign_domain::claims::mapping::{ClaimMapping, ClaimSource, Destination, ListFormat};
use countersign_domain::claims::policy::ClaimsPolicy;
use countersign_domain::evidence::Evidence;
use countersign_domain::token::custom_claims::CustomValue;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Regular expression of the name of a claim and of a scope token.
const CLAIM: &str = r"^[!#-\[\]-~]+$";
/// Regular expression of a source.
const SOURCE: &str = "^(groups|roles|roles:.+|attribute:[a-z][a-z0-9_]{0,63}|profile:[a-z_]+)$";

/// Mapping of a claims policy. The first mapping of a claim that has a value sets it.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with the fields of a claim mapping"
)]
#[schemars(rename = "ClaimMapping")]
pub(in crate::api) struct MappingBody {
    /// Name of the claim. It is not a claim of the protocol.
    #[schemars(length(min = 1, max = 128), regex(pattern = CLAIM))]
    claim: String,
    /// Source of the value: `groups`, `roles`, `roles:AUDIENCE`, `attribute:NAME` or `profile:CLAIM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = SOURCE))]
    from: Option<String>,
    /// Fixed value instead of `from`: a string, an integer, a boolean, or an array of strings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// Tokens and responses that the claim goes into: `id_token`, `access_token`, `userinfo` or `introspection`. The policy
    /// of a resource server can name `access_token` and `introspection`.
    #[schemars(length(min = 1), transform = destinations)]
    into: Vec<String>,
    /// Scope token that the token must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = CLAIM))]
    scope: Option<String>,
    /// Beginning of the names of groups or roles to include.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = PLAIN_TEXT))]
    prefix: Option<String>,
    /// `list`, or `space_separated` for one string. If absent, a list is an array.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["list", "space_separated", null]))]
    format: Option<String>,
}

fn destinations(schema: &mut Schema) {
    let names = Destination::ALL.iter().map(|own| own.as_str());
    schema.insert("items".to_owned(), one_of(names));
}

/// Returns the JSON form of a policy.
pub(in crate::api) fn bodies(policy: &ClaimsPolicy) -> Vec<MappingBody> {
    policy.mappings.iter().map(MappingBody::from).collect()
}

/// Returns the mappings of a policy.
pub(in crate::api) fn mappings(bodies: &[MappingBody]) -> Result<Vec<ClaimMapping>, Problem> {
    let all = bodies.iter().enumerate();
    all.map(|(index, body)| body.mapping(index)).collect()
}

impl From<&ClaimMapping> for MappingBody {
    fn from(mapping: &ClaimMapping) -> Self {
        let value = match &mapping.source {
            ClaimSource::Value(value) => Some(json!(value)),
            _ => None,
        };
        let is_list = mapping.format == ListFormat::List;
        Self {
            claim: mapping.claim.clone(),
            from: value.is_none().then(|| mapping.source.to_string()),
            value,
            into: mapping
                .into
                .iter()
                .map(|own| own.as_str().to_owned())
                .collect(),
            scope: mapping.scope.clone(),
            prefix: mapping.prefix.clone(),
            format: (!is_list).then(|| mapping.format.as_str().to_owned()),
        }
    }
}

impl MappingBody {
    fn mapping(&self, index: usize) -> Result<ClaimMapping, Problem> {
        let wrong = |field: &str, rule: &str| {
            Problem::field(&format!("claims_policy[{index}].{field}"), rule)
        };
        let source = match (&self.from, &self.value) {
            (Some(from), None) => ClaimSource::parse(from).ok_or_else(|| {
                let from = Evidence::of(from.as_str());
                wrong("from", &format!("the source {from:?} is unknown; use groups, roles, roles:AUDIENCE, attribute:NAME or profile:CLAIM"))
            })?,
            (None, Some(value)) => {
                let rule = "must be a string, an integer, a boolean, or an array of strings";
                let value = CustomValue::deserialize(value).ok();
                let source = value.and_then(ClaimSource::fixed);
                source.ok_or_else(|| wrong("value", rule))?
            }
            _ => return Err(wrong("from", "name either from or value")),
        };
        let into = self.into.iter().map(|name| Destination::parse(name));
        let rule = "must be id_token, access_token, userinfo or introspection";
        let into = into
            .collect::<Option<_>>()
            .ok_or_else(|| wrong("into", rule))?;
        let format = self.format.as_deref().map(ListFormat::parse);
        let rule = "must be list or space_separated";
        Ok(ClaimMapping {
            claim: self.claim.clone(),
            source,
            into,
            scope: self.scope.clone(),
            prefix: self.prefix.clone(),
            format: format
                .unwrap_or(Some(ListFormat::List))
                .ok_or_else(|| wrong("format", rule))?,
        })
    }
}
