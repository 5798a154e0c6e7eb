//! Documents of the present objects.

use super::plan::holder;
use super::present::{Object, Present};
use crate::api::is_empty;
use crate::command_error::CommandError;
use countersign_domain::administration::role::AdminRole;
use countersign_server_admin::ObjectKind;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;

/// Document, with its fields in order.
#[derive(Debug, PartialEq)]
pub(crate) struct Exported(Vec<(String, Value)>);

impl Serialize for Exported {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Returns the documents of all objects, or of those that one set of files declares. Shipped admin roles are left out,
/// and so are clients that registered themselves, and values that a new object has anyway.
pub(crate) fn documents(present: &Present, managed_by: Option<&str>) -> Vec<Exported> {
    let meant = present.objects.iter().filter(|((kind, key), object)| {
        let is_shipped = *kind == ObjectKind::AdminRole && AdminRole::shipped(key).is_some();
        let is_chosen = managed_by.is_none_or(|name| object.managed_by() == Some(name));
        !is_shipped && is_chosen && !object.is_self_registered
    });
    meant
        .map(|((kind, key), object)| document(*kind, key, object, present))
        .collect()
}

/// Returns the text of YAML documents.
pub(crate) fn yaml(documents: &[Exported]) -> Result<String, CommandError> {
    let texts = documents.iter().map(serde_saphyr::to_string);
    let texts: Vec<_> = texts.collect::<Result<_, _>>().map_err(io::Error::other)?;
    Ok(texts.join("---\n"))
}

fn document(kind: ObjectKind, key: &str, object: &Object, present: &Present) -> Exported {
    let mut fields = vec![
        ("kind".to_owned(), json!(kind.as_str())),
        (kind.key().to_owned(), json!(key)),
    ];
    let mut others: BTreeMap<String, Value> = BTreeMap::new();
    for (name, value) in &object.fields {
        let value = without_deleted(name, value, present);
        if name != kind.key() && !is_omitted(kind, name, &value) {
            others.insert(name.clone(), value);
        }
    }
    let holder = holder(kind, key, object.id.as_deref());
    if let Some(held) = present.holders.get(&holder) {
        others.insert("admin_roles".to_owned(), json!(held.roles));
        if held.without_second_factor {
            others.insert("without_second_factor".to_owned(), json!(true));
        }
    }
    if !object.groups.is_empty() {
        others.insert("groups".to_owned(), json!(object.groups));
    }
    if !object.enabled {
        others.insert("enabled".to_owned(), json!(false));
    }
    fields.extend(others);
    Exported(fields)
}

/// Leaves out the clients for introspection that are deleted: they could not be declared.
fn without_deleted(name: &str, value: &Value, present: &Present) -> Value {
    match value {
        Value::Array(ids) if name == "introspection_clients" => {
            let exists = |id: &&Value| {
                let id = id.as_str().unwrap_or_default().to_owned();
                present.objects.contains_key(&(ObjectKind::Client, id))
            };
            ids.iter().filter(exists).cloned().collect()
        }
        value => value.clone(),
    }
}

/// Returns whether a document without the field means the same. This is the meaning of an absent field for ever.
fn is_omitted(kind: ObjectKind, name: &str, value: &Value) -> bool {
    match (kind, name, value) {
        // Without the field, only operators may read and write an attribute.
        (ObjectKind::Attribute, "readers" | "writers", own) => *own == json!(["admin"]),
        (ObjectKind::UpstreamProvider, name, own) => match name {
            "enabled" | "create_users" | "link_by_email" => *own == true,
            "home_domains" | "two_factor_acr" | "two_factor_amr" => is_empty(own),
            "allow_private_network" | "rp_initiated_logout" => *own == false,
            // The others depend on the preset and the protocol.
            _ => false,
        },
        (_, _, value) if is_empty(value) || *value == false => true,
        (ObjectKind::Client, "status", own) => own == "active",
        (ObjectKind::Client, "subject_type", own) => own == "public",
        (ObjectKind::Webhook | ObjectKind::Tenant, "enabled", own) => *own == true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn self_registered_client_is_not_exported() {
        let mut present = Present::default();
        for (id, is_self_registered) in [("own", false), ("stranger", true)] {
            let object = Object {
                enabled: true,
                is_self_registered,
                ..Object::default()
            };
            let key = (ObjectKind::Client, id.to_owned());
            present.objects.insert(key, object);
        }
        let exported = documents(&present, None);
        let [Exported(fields)] = &*exported else {
            panic!("{exported:?}");
        };
        assert!(fields.contains(&("client_id".to_owned(), json!("own"))));
    }
}
