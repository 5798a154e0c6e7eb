//! Declared objects: documents that are valid by themselves.

use super::read::Document;
use super::read::extra::Extra;
use super::read::{Mistakes, Place};
use crate::api::member;
use countersign_adapters_jwt::JwtAssertions;
use countersign_application::admin::Conflict;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::secret::Secret;
use countersign_server_admin::{ObjectKind, suggestion};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Declared object.
#[derive(Debug)]
pub(crate) struct Declared {
    /// Kind.
    pub(crate) kind: ObjectKind,
    /// Value of the field that identifies it.
    pub(crate) key: String,
    /// Fields, in the form in which the admin API returns them.
    pub(crate) fields: Map<String, Value>,
    /// Further fields.
    pub(crate) extra: Extra,
    /// Secret of a client that is not present yet.
    pub(crate) secret: Option<Secret>,
    /// Whether the document itself names its set of files.
    pub(crate) names_manager: bool,
    document: Document,
}

impl Declared {
    /// Returns the place of a field.
    pub(crate) fn place_of(&self, field: &str) -> Place {
        self.document.place_of(field)
    }

    /// Returns the place of the document.
    pub(crate) const fn place(&self) -> &Place {
        &self.document.place
    }

    /// Returns the set of files that declares the object.
    pub(crate) fn managed_by(&self) -> Option<&str> {
        self.fields.get("managed_by").and_then(Value::as_str)
    }
}

/// Objects of all documents.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    /// Valid objects.
    pub(crate) valid: Vec<Declared>,
    /// Kind and key of objects with a mistake. A reference to one of them is no further mistake.
    pub(crate) invalid: BTreeSet<(ObjectKind, String)>,
}

/// Checks documents one by one, and that no two declare the same object. `managed_by` applies to documents that do not
/// have this field.
pub(crate) fn declared(
    documents: Vec<Document>,
    managed_by: Option<&ManagedBy>,
    mistakes: &mut Mistakes,
) -> Objects {
    let mut objects = Objects::default();
    let mut known = BTreeMap::new();
    for mut document in documents {
        document.take("$schema");
        let Some(kind) = kind(&mut document, mistakes) else {
            continue;
        };
        let given = document.fields.get(kind.key()).and_then(Value::as_str);
        let given = given.map(str::to_owned);
        let Some(own) = one(kind, document, managed_by, mistakes) else {
            objects.invalid.extend(given.map(|key| (kind, key)));
            continue;
        };
        let id = (own.kind, own.key.clone());
        if let Some(first) = known.insert(id, own.place().clone()) {
            let (kind, key) = (spoken(own.kind), &own.key);
            let rule = format!("{kind} {key:?} is declared twice; the other place is {first}");
            mistakes.add(own.place().clone(), rule);
        }
        objects.valid.push(own);
    }
    objects
}

fn one(
    kind: ObjectKind,
    mut document: Document,
    managed_by: Option<&ManagedBy>,
    mistakes: &mut Mistakes,
) -> Option<Declared> {
    let extra = Extra::take(kind, &mut document, mistakes);
    let names_manager = document.fields.contains_key("managed_by");
    if let (Some(name), false) = (managed_by, kind == ObjectKind::User) {
        let fields = &mut document.fields;
        let own = fields.entry("managed_by");
        own.or_insert_with(|| json!(name.as_str()));
    }
    let given = document.fields.get(kind.key());
    if given.is_none() {
        let rule = format!(
            "{} is missing; it identifies the {}",
            kind.key(),
            spoken(kind)
        );
        mistakes.add(document.place.clone(), rule);
        return None;
    }
    if kind == ObjectKind::AdminRole
        && given
            .and_then(Value::as_str)
            .is_some_and(|name| AdminRole::shipped(name).is_some())
    {
        let rule = "name: this admin role is part of the server and cannot be declared";
        mistakes.add(document.place_of("name"), rule);
        return None;
    }
    let mut fields = normal(kind, &document, mistakes)?;
    if kind == ObjectKind::Client && !document.fields.contains_key("status") {
        // An operator may have disabled the client.
        fields.remove("status");
    }
    let can_be_disabled = matches!(
        kind,
        ObjectKind::Webhook | ObjectKind::UpstreamProvider | ObjectKind::Tenant
    );
    if can_be_disabled && !document.fields.contains_key("enabled") {
        // An operator, or the server, may have disabled the object.
        fields.remove("enabled");
    }
    let rules = check_extra(&fields, &extra);
    if !rules.is_empty() {
        for (field, rule) in rules {
            mistakes.add(document.place_of(field), format!("{field}: {rule}"));
        }
        return None;
    }
    let key = fields.get(kind.key()).and_then(Value::as_str)?.to_owned();
    Some(Declared {
        kind,
        key,
        fields,
        extra,
        secret: None,
        names_manager,
        document,
    })
}

/// Checks the fields that the admin API does not have against the others. Returns the broken rules by field.
fn check_extra(fields: &Map<String, Value>, extra: &Extra) -> Vec<(&'static str, String)> {
    let mut broken = Vec::new();
    let roles = extra.admin_roles.as_ref();
    if fields.get("client_type").is_some_and(|own| own == "public") {
        let rule = Conflict::PublicClient.to_string();
        if extra.secret.is_some() {
            broken.push(("client_secret", rule.clone()));
        }
        if roles.is_some_and(|own| !own.is_empty()) {
            broken.push(("admin_roles", rule));
        }
    }
    if extra.without_second_factor.is_some() && roles.is_none() {
        let rule = "declare admin_roles too".to_owned();
        broken.push(("without_second_factor", rule));
    }
    if extra.enabled == Some(false) && roles.is_some_and(|own| own.contains(AdminRole::OWNER)) {
        broken.push(("enabled", Conflict::IsOwner.to_string()));
    }
    broken
}

/// Returns the name of a kind in a sentence.
pub(crate) fn spoken(kind: ObjectKind) -> String {
    kind.as_str().replace('_', " ")
}

fn kind(document: &mut Document, mistakes: &mut Mistakes) -> Option<ObjectKind> {
    let place = document.place_of("kind");
    let names = || ObjectKind::ALL.iter().map(|kind| kind.as_str());
    let all = || names().collect::<Vec<_>>().join(", ");
    let rule = match document.take("kind") {
        None => format!("kind is missing; it is one of {}", all()),
        Some(Value::String(name)) => match (ObjectKind::parse(&name), name.as_str()) {
            (Some(kind), _) => return Some(kind),
            (None, "settings" | "tenant") => {
                "kind: settings are declared in the configuration file of the server".to_owned()
            }
            (None, "scope") => {
                "kind: a scope token is declared in the field `scope` of each client".to_owned()
            }
            _ => format!("kind: {name:?} is unknown{}", suggestion(&name, names())),
        },
        Some(_) => format!("kind must be one of {}", all()),
    };
    mistakes.add(place, rule);
    None
}

/// Finds all mistakes: after each, a valid value stands in for the field, or it is left out.
fn normal(
    kind: ObjectKind,
    document: &Document,
    mistakes: &mut Mistakes,
) -> Option<Map<String, Value>> {
    let mut fields = document.fields.clone();
    let mut wrong: Vec<String> = Vec::new();
    loop {
        let invalid = match kind.normal(&fields, &JwtAssertions) {
            Ok(normal) if wrong.is_empty() => return Some(normal),
            Ok(_) => return None,
            Err(invalid) => invalid,
        };
        let field = invalid.field;
        if wrong.contains(&field) {
            return None;
        }
        let rule = match forbidden(kind, &field) {
            Some(rule) => rule.to_owned(),
            None if invalid.rule.starts_with("missing field") => format!("{field} is missing"),
            None if invalid.rule.contains("did you mean") => format!("{field}: {}", invalid.rule),
            None => format!(
                "{field}: {}{}",
                invalid.rule,
                known_value(kind, &field, &fields)
            ),
        };
        mistakes.add(document.place_of(&field), rule);
        let name = field
            .split(['.', '['])
            .next()
            .unwrap_or_default()
            .to_owned();
        match kind.stand_in(&name) {
            Some(value) => fields.insert(name, value),
            None => fields.remove(&name),
        };
        wrong.push(field);
    }
}

/// Returns the nearest of the known values of a field, if the field has a list of them.
fn known_value(kind: ObjectKind, field: &str, fields: &Map<String, Value>) -> String {
    let schema = kind.schema();
    let field_schema = member(member(&schema, "properties"), field);
    let lists = [field_schema, member(field_schema, "items")];
    let known = lists.map(|schema| member(schema, "enum").as_array());
    let known = known.into_iter().flatten().flatten();
    let known: Vec<_> = known.filter_map(Value::as_str).collect();
    let given = match fields.get(field) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        value => Vec::from_iter(value.and_then(Value::as_str)),
    };
    let unknown = given.into_iter().find(|own| !known.contains(own));
    match unknown {
        Some(value) if !known.is_empty() => suggestion(value, known.into_iter()),
        _ => String::new(),
    }
}

/// Returns the rule for a field that files cannot have, although readers may expect it.
fn forbidden(kind: ObjectKind, field: &str) -> Option<&'static str> {
    match (kind, field) {
        (ObjectKind::Group, "groups" | "subgroups" | "parent" | "members") => Some(
            "a group does not list its members and subgroups; declare `parents` of each subgroup and `groups` of each user",
        ),
        (ObjectKind::User, "password") => {
            Some("password: files contain no passwords; run `countersign users set-password`")
        }
        (ObjectKind::Webhook, "secret" | "secrets" | "signing_secret") => Some(
            "signing_secret: the server generates it; run `countersign webhooks rotate-secret` to get another one",
        ),
        _ => None,
    }
}
