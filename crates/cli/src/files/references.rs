//! Checks of declared objects against each other and against what is present.

use super::declared::{Declared, Objects, spoken};
use super::nesting::{PARENTS, is_above_itself, names};
use super::present::{Present, algorithms};
use super::read::Mistakes;
use crate::api::member;
use countersign_domain::administration::group::InvalidGroup;
use countersign_domain::administration::role::AdminRole;
use countersign_server_admin::{ObjectKind, suggestion};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Declared and present objects.
struct Known<'a> {
    declared: BTreeMap<(ObjectKind, &'a str), &'a Declared>,
    invalid: &'a BTreeSet<(ObjectKind, String)>,
    pruned: &'a BTreeSet<(ObjectKind, String)>,
    present: &'a Present,
}

impl<'a> Known<'a> {
    /// Creates an index of the objects.
    fn new(
        objects: &'a Objects,
        present: &'a Present,
        pruned: &'a BTreeSet<(ObjectKind, String)>,
    ) -> Self {
        let valid = objects.valid.iter();
        let declared = valid.map(|own| ((own.kind, own.key.as_str()), own));
        Self {
            declared: declared.collect(),
            invalid: &objects.invalid,
            pruned,
            present,
        }
    }

    fn fields(&self, kind: ObjectKind, key: &str) -> Option<&Map<String, Value>> {
        let declared = self.declared.get(&(kind, key)).map(|own| &own.fields);
        declared.or_else(|| {
            let present = self.present.objects.get(&(kind, key.to_owned()));
            present.map(|own| &own.fields)
        })
    }

    fn parents(&self, group: &str) -> BTreeSet<&str> {
        let fields = self.fields(ObjectKind::Group, group);
        fields.map_or_else(BTreeSet::new, |own| names(own, PARENTS))
    }

    /// Returns the rule that a reference to a missing object breaks. It names the nearest known object.
    fn missing(&self, kind: ObjectKind, key: &str) -> Option<String> {
        let is_shipped = kind == ObjectKind::AdminRole && AdminRole::shipped(key).is_some();
        let id = (kind, key.to_owned());
        if self.pruned.contains(&id) {
            let kind = spoken(kind);
            return Some(format!(
                "--prune deletes the {kind} {key:?}; declare it too"
            ));
        }
        let is_invalid = self.invalid.contains(&id);
        if is_shipped || is_invalid || self.fields(kind, key).is_some() {
            return None;
        }
        let present = self.present.objects.keys();
        let present = present
            .filter(|(own, _)| *own == kind)
            .map(|(_, key)| key.as_str());
        let declared = self.declared.keys().filter(|(own, _)| *own == kind);
        let all = declared.map(|(_, key)| *key).chain(present);
        let hint = suggestion(key, all);
        let kind = spoken(kind);
        Some(format!(
            "{kind} {key:?} does not exist and is not declared{hint}"
        ))
    }
}

/// Checks each declared object. `pruned` are the objects that the run deletes.
pub(crate) fn check(
    objects: &Objects,
    present: &Present,
    pruned: &BTreeSet<(ObjectKind, String)>,
    mistakes: &mut Mistakes,
) {
    let known = Known::new(objects, present, pruned);
    for own in &objects.valid {
        for (field, kind, key) in references(own) {
            if let Some(rule) = known.missing(kind, &key) {
                mistakes.add(own.place_of(field), format!("{field}: {rule}"));
            } else if field == "introspection_clients" && is_public(&known, &key) {
                let rule = format!("{field}: client {key:?} is public, so it cannot authenticate");
                mistakes.add(own.place_of(field), rule);
            }
        }
        for (field, algorithm) in algorithms(own) {
            if !present.algorithms.contains(algorithm) {
                let rule = format!(
                    "{field}: no signing key for {algorithm} exists; create one with `countersign keys rotate --algorithm {algorithm}`"
                );
                mistakes.add(own.place_of(field), rule);
            }
        }
        if own.kind == ObjectKind::Group && is_above_itself(&own.key, |name| known.parents(name)) {
            let rule = format!("{PARENTS}: {}", InvalidGroup::ParentCycle);
            mistakes.add(own.place_of(PARENTS), rule);
        }
        check_present(own, present, mistakes);
    }
}

fn is_public(known: &Known<'_>, client: &str) -> bool {
    let fields = known.fields(ObjectKind::Client, client);
    fields.is_some_and(|own| own.get("client_type").is_some_and(|own| own == "public"))
}

fn references(own: &Declared) -> Vec<(&'static str, ObjectKind, String)> {
    let clients = own.fields.get("introspection_clients");
    let clients = clients.and_then(Value::as_array).into_iter().flatten();
    let clients = clients.filter_map(Value::as_str);
    let clients = clients.map(|id| ("introspection_clients", ObjectKind::Client, id.to_owned()));
    let roles = own.extra.admin_roles.iter().flatten();
    let roles = roles.map(|name| ("admin_roles", ObjectKind::AdminRole, name.clone()));
    let groups = own.extra.groups.iter().flatten();
    let groups = groups.map(|name| ("groups", ObjectKind::Group, name.clone()));
    let parents = names(&own.fields, PARENTS).into_iter();
    let parents = parents.map(|name| (PARENTS, ObjectKind::Group, name.to_owned()));
    let named = clients.chain(roles).chain(groups).chain(parents);
    let ways = names(&own.fields, "upstream_providers").into_iter();
    let ways = ways.map(|name| {
        (
            "upstream_providers",
            ObjectKind::UpstreamProvider,
            name.to_owned(),
        )
    });
    let given = of_tables(own)
        .into_iter()
        .chain(ways)
        .chain(of_exchange(own));
    named.chain(of_claims(own)).chain(given).collect()
}

/// Returns the clients that the rules for token exchange name.
fn of_exchange(own: &Declared) -> impl Iterator<Item = (&'static str, ObjectKind, String)> {
    let rules = own.fields.get("token_exchange").and_then(Value::as_array);
    let subjects = rules.into_iter().flatten();
    let subjects = subjects.filter_map(|rule| member(rule, "subject_client").as_str());
    let subjects = subjects.map(|id| ("token_exchange", id));
    let actor = own.fields.get("may_act").and_then(Value::as_str);
    let all = subjects.chain(actor.map(|id| ("may_act", id)));
    all.map(|(field, id)| (field, ObjectKind::Client, id.to_owned()))
}

/// Returns the attributes of a policy or user, and the resource servers whose roles a user or group holds.
fn of_claims(own: &Declared) -> Vec<(&'static str, ObjectKind, String)> {
    let policy = own.fields.get("claims_policy").and_then(Value::as_array);
    let sources = policy
        .into_iter()
        .flatten()
        .filter_map(|mapping| member(mapping, "from").as_str());
    let used = sources.filter_map(|source| source.strip_prefix("attribute:"));
    let used = used.map(|name| ("claims_policy", ObjectKind::Attribute, name.to_owned()));
    let keys = |field: &str| {
        let object = own.fields.get(field).and_then(Value::as_object);
        // A table of a provider is not one of audiences.
        let object = object.filter(|_| own.kind != ObjectKind::UpstreamProvider);
        object.into_iter().flat_map(Map::keys).cloned()
    };
    let set = keys("attributes").map(|name| ("attributes", ObjectKind::Attribute, name));
    let held = keys("roles").map(|audience| ("roles", ObjectKind::ResourceServer, audience));
    used.chain(set).chain(held).collect()
}

/// Returns the groups that an upstream provider gives, and the resource servers of the roles that it gives.
fn of_tables(own: &Declared) -> Vec<(&'static str, ObjectKind, String)> {
    if own.kind != ObjectKind::UpstreamProvider {
        return Vec::new();
    }
    let table = |field: &str| {
        let values = own.fields.get(field).map(|table| member(table, "values"));
        values
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::values)
    };
    let groups = table("groups").filter_map(Value::as_array).flatten();
    let groups = groups.filter_map(Value::as_str);
    let groups = groups.map(|name| ("groups", ObjectKind::Group, name.to_owned()));
    let audiences = table("roles").filter_map(Value::as_object);
    let audiences = audiences.flat_map(Map::keys);
    let audiences = audiences.map(|own| ("roles", ObjectKind::ResourceServer, own.clone()));
    groups.chain(audiences).collect()
}

/// Checks that the present object may become the declared one.
fn check_present(own: &Declared, present: &Present, mistakes: &mut Mistakes) {
    let Some(object) = present.objects.get(&(own.kind, own.key.clone())) else {
        return;
    };
    let (kind, key) = (spoken(own.kind), &own.key);
    for field in own.kind.fixed() {
        let declared = own.fields.get(*field);
        let is_same = declared == object.fields.get(*field);
        // An absent sector stays as it is.
        if !is_same && (declared.is_some() || *field != "sector") {
            let rule = format!(
                "{field} of an existing {kind} cannot change; delete the {kind} first, or declare one with another {}",
                own.kind.key()
            );
            mistakes.add(own.place_of(field), rule);
        }
    }
    let field = "access_token_signed_response_alg";
    let algorithm = own.fields.get(field);
    if algorithm.is_some_and(|own| own == "HS256") && object.fields.get(field) != algorithm {
        let rule = format!(
            "{field}: an existing client cannot change to HS256, because its key is created at registration; declare a new client"
        );
        mistakes.add(own.place_of(field), rule);
    }
    let manager = object.managed_by();
    if let (Some(name), false) = (manager, own.names_manager || manager == own.managed_by()) {
        let rule = format!(
            "{kind} {key:?} belongs to the set of files {name:?}; use --managed-by {name}, or set managed_by in the document to take it over"
        );
        mistakes.add(own.place().clone(), rule);
    }
}
