//! Tables from the values of a claim to groups and application roles.

use crate::api::problem::Problem;
use crate::api::resources::claims::held::{RolesBody, roles_schema};
use crate::api::shape::NAME;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::claims::roles::ApplicationRoleName;
use countersign_domain::federation::value_table::{GroupTable, RoleAt, RoleTable};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Groups that the values of a claim give. A group that does not exist gives nothing.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UpstreamGroups")]
pub(super) struct GroupTableBody {
    /// Claim with a string or an array of strings.
    #[schemars(length(min = 1, max = 128))]
    claim: String,
    /// Names of groups by value of the claim.
    #[schemars(schema_with = "group_values")]
    values: BTreeMap<String, BTreeSet<String>>,
}

/// Application roles that the values of a claim give.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UpstreamRoles")]
pub(super) struct RoleTableBody {
    /// Claim with a string or an array of strings.
    #[schemars(length(min = 1, max = 128))]
    claim: String,
    /// Roles by audience, by value of the claim.
    #[schemars(schema_with = "role_values")]
    values: BTreeMap<String, RolesBody>,
}

fn values(given: &Schema) -> Schema {
    let schema = json!({"type": "object", "minProperties": 1, "maxProperties": 200,
        "propertyNames": {"minLength": 1, "maxLength": 256}, "additionalProperties": given});
    Schema::try_from(schema).unwrap_or_default()
}

fn group_values(_: &mut SchemaGenerator) -> Schema {
    let groups = json!({"type": "array", "minItems": 1, "maxItems": 20,
        "items": {"type": "string", "pattern": NAME}});
    values(&Schema::try_from(groups).unwrap_or_default())
}

fn role_values(_: &mut SchemaGenerator) -> Schema {
    let roles = json!({"type": "object", "minProperties": 1, "maxProperties": 20});
    let mut roles = Schema::try_from(roles).unwrap_or_default();
    roles_schema(&mut roles);
    values(&roles)
}

impl From<&GroupTable> for GroupTableBody {
    fn from(table: &GroupTable) -> Self {
        let values = table.values.iter();
        let names = |given: &BTreeSet<GroupName>| given.iter().map(ToString::to_string).collect();
        Self {
            claim: table.claim.clone(),
            values: values
                .map(|(value, given)| (value.clone(), names(given)))
                .collect(),
        }
    }
}

impl From<&RoleTable> for RoleTableBody {
    fn from(table: &RoleTable) -> Self {
        let mut values: BTreeMap<String, RolesBody> = BTreeMap::new();
        for (value, given) in &table.values {
            let roles = values.entry(value.clone()).or_default();
            for own in given {
                let at = roles.entry(own.audience.clone()).or_default();
                at.push(own.role.to_string());
            }
        }
        Self {
            claim: table.claim.clone(),
            values,
        }
    }
}

impl GroupTableBody {
    /// Returns the table.
    pub(super) fn table(&self) -> Result<GroupTable, Problem> {
        let mut values = BTreeMap::new();
        for (value, names) in &self.values {
            let groups = names.iter().map(|name| GroupName::parse(name));
            let groups = groups.collect::<Result<BTreeSet<_>, _>>();
            let groups = groups.map_err(|error| Problem::field("groups", error))?;
            values.insert(value.clone(), groups);
        }
        Ok(GroupTable {
            claim: self.claim.clone(),
            values,
        })
    }
}

impl RoleTableBody {
    /// Returns the table.
    pub(super) fn table(&self) -> Result<RoleTable, Problem> {
        let mut values = BTreeMap::new();
        for (value, roles) in &self.values {
            let mut given = BTreeSet::new();
            for (audience, names) in roles {
                if names.is_empty() {
                    return Err(Problem::field("roles", "each audience needs a role"));
                }
                for name in names {
                    let role = ApplicationRoleName::parse(name);
                    given.insert(RoleAt {
                        audience: audience.clone(),
                        role: role.map_err(|error| Problem::field("roles", error))?,
                    });
                }
            }
            values.insert(value.clone(), given);
        }
        Ok(RoleTable {
            claim: self.claim.clone(),
            values,
        })
    }
}
