//! Fields of attributes, roles and claims policies.

use super::Fields;
use countersign_domain::audit::event::FieldChange;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::claims::attribute_value::{AttributeValue, Attributes};
use countersign_domain::claims::mapping::{ClaimMapping, ClaimSource};
use countersign_domain::claims::policy::ClaimsPolicy;
use countersign_domain::claims::roles::{ApplicationRole, ApplicationRoleName, HeldRoles};
use countersign_domain::claims::value_rule::TextFormat;
use countersign_domain::token::custom_claims::CustomValue;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Beginning of the name of a field with an attribute of a user.
const ATTRIBUTE: &str = "attributes.";

/// Returns the name of the attribute of a user that a field contains.
pub(in crate::admin) fn attribute_of(change: &FieldChange) -> Option<&str> {
    change.field.strip_prefix(ATTRIBUTE)
}

impl Fields {
    /// Returns the fields of the definition of an attribute.
    pub(in crate::admin) fn of_attribute(attribute: &Attribute) -> Self {
        let mut fields = Self::default();
        let rule = &attribute.rule;
        fields.set("description", &attribute.description);
        fields.set("type", rule.kind.as_str());
        fields.set_some("min_length", rule.min_length);
        fields.set_some("max_length", rule.max_length);
        fields.set_some("pattern", rule.pattern.as_deref());
        fields.set("enum", quoted(&rule.values));
        fields.set_some("format", rule.format.map(TextFormat::as_str));
        fields.set_some("minimum", rule.minimum);
        fields.set_some("maximum", rule.maximum);
        fields.set_some("max_items", rule.max_items);
        fields.set_list("readers", attribute.readers.iter().map(|own| own.as_str()));
        fields.set_list("writers", attribute.writers.iter().map(|own| own.as_str()));
        fields.set_some("managed_by", attribute.managed_by.as_ref());
        fields
    }

    /// Sets the roles that a resource server defines, one field for each.
    pub(super) fn set_defined_roles(&mut self, roles: &[ApplicationRole]) {
        for role in roles {
            let description = format!("{:?}", role.description);
            self.set(format!("role:{}", role.name), description);
        }
    }

    /// Sets the roles of a user or group, one field for each audience. Roles at another resource server with the same
    /// audience are others.
    pub(super) fn set_held_roles(&mut self, roles: &HeldRoles) {
        let servers: BTreeMap<_, _> = roles.servers().collect();
        for (audience, roles) in roles.audiences() {
            let names: Vec<_> = roles.map(ApplicationRoleName::as_str).collect();
            let server = servers
                .get(audience)
                .map(|id| Sha256::digest(id.as_bytes()).into());
            self.set_hiding(format!("roles:{audience}"), names.join(" "), server);
        }
    }

    /// Sets the attributes of a user, one field for each.
    pub(super) fn set_attributes(&mut self, attributes: &Attributes) {
        for (name, value) in &attributes.values {
            let value = match value {
                AttributeValue::Text(text) => text.clone(),
                AttributeValue::Number(number) => number.to_string(),
                AttributeValue::Flag(flag) => flag.to_string(),
                AttributeValue::Texts(texts) => quoted(texts),
            };
            self.set(format!("{ATTRIBUTE}{name}"), value);
        }
    }

    /// Sets the mappings of a policy, one field for each.
    pub(super) fn set_policy(&mut self, policy: &ClaimsPolicy) {
        for (index, mapping) in policy.mappings.iter().enumerate() {
            self.set(format!("claims_policy.{index}"), described(mapping));
        }
    }
}

fn quoted(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| format!("{text:?}")).collect();
    texts.join(" ")
}

/// Returns the text of a mapping, such as `groups <- groups into id_token access_token`.
fn described(mapping: &ClaimMapping) -> String {
    let mut text = format!("{} <- ", mapping.claim);
    let _ = match &mapping.source {
        ClaimSource::Value(value) => write!(text, "value {}", shown(value)),
        source => write!(text, "{source}"),
    };
    text.push_str(" into");
    for own in mapping.into.iter() {
        let _ = write!(text, " {}", own.as_str());
    }
    if let Some(scope) = &mapping.scope {
        let _ = write!(text, " scope {scope}");
    }
    if let Some(prefix) = &mapping.prefix {
        let _ = write!(text, " prefix {prefix:?}");
    }
    let _ = write!(text, " format {}", mapping.format.as_str());
    text
}

fn shown(value: &CustomValue) -> String {
    match value {
        CustomValue::Text(text) => format!("{text:?}"),
        CustomValue::Number(number) => number.to_string(),
        CustomValue::Flag(flag) => flag.to_string(),
        CustomValue::List(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        CustomValue::Object(_) => "{..}".to_owned(),
    }
}
