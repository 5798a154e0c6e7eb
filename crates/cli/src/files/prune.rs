//! Deletion of objects that a set of files no longer declares.

use super::declared::Declared;
use super::plan::{Change, FieldChange, Request, Step, holder, object_path, roles_path};
use super::present::{Object, Present, text};
use super::read::{Mistakes, Place};
use crate::api::{Api, path};
use crate::command_error::CommandError;
use axum::http::Method;
use countersign_server_admin::ObjectKind;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Returns the steps that delete the objects of a set of files that are not declared. Users are never deleted. An admin
/// role that someone still holds after the run is a mistake.
pub(crate) async fn prune(
    api: &Api,
    managed_by: &str,
    declared: &[Declared],
    present: &Present,
    mistakes: &mut Mistakes,
) -> Result<Vec<Step>, CommandError> {
    let kept: BTreeSet<_> = declared
        .iter()
        .map(|own| (own.kind, own.key.as_str()))
        .collect();
    let mut steps = Vec::new();
    for ((kind, key), object) in present.objects.iter().rev() {
        let is_own = object.managed_by() == Some(managed_by);
        if is_own && !kept.contains(&(*kind, key.as_str())) {
            steps.push(deletion(api, *kind, key, (object, present)).await?);
        }
    }
    for step in steps
        .iter()
        .filter(|step| step.kind == ObjectKind::AdminRole)
    {
        for holder in holders_after(&step.key, declared, present, &steps) {
            let place = Place {
                file: Arc::from("--prune"),
                line: 1,
            };
            let key = &step.key;
            let rule = format!("admin role {key:?} cannot be deleted, because {holder} holds it");
            mistakes.add(place, rule);
        }
    }
    Ok(steps)
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
    requests.push(Request::new(Method::DELETE, object_path(kind, key)));
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
        id: None,
    })
}

fn holders_after<'a>(
    role: &'a str,
    declared: &'a [Declared],
    present: &'a Present,
    deleted: &'a [Step],
) -> impl Iterator<Item = &'a str> {
    let holds = present
        .holders
        .iter()
        .filter(move |(_, own)| own.roles.contains(role));
    let remains = holds.filter(move |(name, _)| {
        let is = |kind: ObjectKind, key: &str| **name == holder(kind, key, Some(key));
        let loses = |own: &Declared| {
            let roles = own.extra.admin_roles.as_ref();
            let id = present.objects.get(&(own.kind, own.key.clone()));
            let id = id.and_then(|object| object.id.as_deref());
            is(own.kind, id.unwrap_or(&own.key)) && roles.is_some_and(|own| !own.contains(role))
        };
        !deleted.iter().any(|step| is(step.kind, &step.key)) && !declared.iter().any(loses)
    });
    remains.map(|(name, _)| name.as_str())
}
