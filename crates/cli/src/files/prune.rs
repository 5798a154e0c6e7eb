//! Deletion of objects that a set of files no longer declares.

use super::declared::{Declared, Objects, spoken};
use super::plan::{Change, FieldChange, Request, Step, holder, object_path, roles_path};
use super::present::{Object, Present};
use super::read::Mistakes;
use crate::api::{Api, path, text};
use crate::command_error::CommandError;
use axum::http::Method;
use countersign_server_admin::ObjectKind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Returns the objects of a set of files that are not declared. Users belong to no set.
pub(crate) fn pruned(
    managed_by: &str,
    objects: &Objects,
    present: &Present,
) -> BTreeSet<(ObjectKind, String)> {
    let valid = objects.valid.iter();
    let mut kept: BTreeSet<_> = valid.map(|own| (own.kind, own.key.as_str())).collect();
    kept.extend(
        objects
            .invalid
            .iter()
            .map(|(kind, key)| (*kind, key.as_str())),
    );
    let present = present.objects.iter();
    let own = present.filter(|(_, object)| object.managed_by() == Some(managed_by));
    let left = own.filter(|((kind, key), _)| !kept.contains(&(*kind, key.as_str())));
    left.map(|(id, _)| id.clone()).collect()
}

/// Returns the steps that delete these objects, in an order in which they can run.
pub(crate) async fn prune(
    api: &Api,
    pruned: &BTreeSet<(ObjectKind, String)>,
    present: &Present,
) -> Result<Vec<Step>, CommandError> {
    let mut steps = Vec::new();
    for id in pruned.iter().rev() {
        if let Some(object) = present.objects.get(id) {
            steps.push(deletion(api, id.0, &id.1, (object, present)).await?);
        }
    }
    Ok(steps)
}

/// Checks that nothing that stays refers to an object that is deleted.
pub(crate) fn check_pruned(
    pruned: &BTreeSet<(ObjectKind, String)>,
    declared: &[Declared],
    present: &Present,
    mistakes: &mut Mistakes,
) {
    for (kind, key) in pruned {
        if *kind == ObjectKind::AdminRole {
            for holder in holders_after(key, declared, present, pruned) {
                mistakes.add_without_place(format!(
                    "--prune: admin role {key:?} cannot be deleted, because {holder} has it; run `countersign admins revoke {holder} {key}` first"
                ));
            }
        }
    }
    let declared: BTreeSet<_> = declared
        .iter()
        .map(|own| (own.kind, own.key.clone()))
        .collect();
    for (id, object) in &present.objects {
        let stays = !declared.contains(id) && !pruned.contains(id);
        let references = [
            ("introspection_clients", ObjectKind::Client),
            ("parents", ObjectKind::Group),
        ];
        for (field, kind) in references.into_iter().filter(|_| stays) {
            let names = object.fields.get(field).and_then(Value::as_array);
            let names = names.into_iter().flatten().filter_map(Value::as_str);
            for name in names.filter(|name| pruned.contains(&(kind, (*name).to_owned()))) {
                let (kind, of, other) = (spoken(kind), spoken(id.0), &id.1);
                mistakes.add_without_place(format!(
                    "--prune: {kind} {name:?} cannot be deleted, because the {of} {other:?} names it"
                ));
            }
        }
    }
}

async fn deletion(
    api: &Api,
    kind: ObjectKind,
    key: &str,
    (object, present): (&Object, &Present),
) -> Result<Step, CommandError> {
    let mut requests = Vec::new();
    if kind == ObjectKind::Group {
        let members = api.list(&path(&["groups", key, "members"])).await?;
        for user in members.as_array().into_iter().flatten() {
            let member = path(&["groups", key, "members", &text(user, "id")]);
            requests.push(Request::new(Method::DELETE, member));
        }
    }
    if present.holders.contains_key(&holder(kind, key, None)) {
        requests.push(Request::new(Method::DELETE, roles_path(kind, key)));
    }
    let delete = Request::new(Method::DELETE, object_path(kind, key));
    let mut late = Vec::new();
    if kind == ObjectKind::Group {
        // First of all groups, so that each can be deleted whatever the order.
        let change = Request::new(Method::PATCH, object_path(kind, key));
        requests.push(change.with(json!({"parents": []})));
        late.push(delete);
    } else {
        requests.push(delete);
    }
    let fields = object.fields.iter().map(|(name, value)| FieldChange {
        name: name.clone(),
        before: Some(value.clone()),
        after: None::<Value>,
    });
    Ok(Step {
        change: Change::Delete,
        kind,
        key: key.to_owned(),
        place: None,
        fields: fields.collect(),
        requests,
        late,
        id: None,
    })
}

fn holders_after<'a>(
    role: &'a str,
    declared: &'a [Declared],
    present: &'a Present,
    pruned: &'a BTreeSet<(ObjectKind, String)>,
) -> impl Iterator<Item = &'a str> {
    let holds = present.holders.iter();
    let holds = holds.filter(move |(_, own)| own.roles.contains(role));
    let remains = holds.filter(move |(name, _)| {
        let is = |kind: ObjectKind, key: &str| **name == holder(kind, key, Some(key));
        let loses = |own: &Declared| {
            let roles = own.extra.admin_roles.as_ref();
            let id = present.objects.get(&(own.kind, own.key.clone()));
            let id = id.and_then(|object| object.id.as_deref());
            is(own.kind, id.unwrap_or(&own.key)) && roles.is_some_and(|own| !own.contains(role))
        };
        !pruned.iter().any(|(kind, key)| is(*kind, key)) && !declared.iter().any(loses)
    });
    remains.map(|(name, _)| name.as_str())
}
