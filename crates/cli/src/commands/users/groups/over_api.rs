//! Commands of `countersign groups` over the admin API.

use super::command::{GroupArgs, GroupsCommand};
use crate::api::{Api, path, render};
use crate::command_error::CommandError;
use crate::output;
use axum::http::Method;
use countersign_domain::administration::group_name::GroupName;
use serde_json::{Map, Value, json};

/// Runs a command at the server that it names.
pub(super) async fn run(command: GroupsCommand, api: &Api) -> Result<(), CommandError> {
    match command {
        GroupsCommand::Create {
            group,
            description,
            parents,
        } => {
            let parents = names(&parents.unwrap_or_default());
            let new = json!({"name": group.name.as_str(), "description": description, "parents": parents});
            let created = api.send(Method::POST, "/groups", Some(&new)).await?;
            render::print(&created, &[], group.output)
        }
        GroupsCommand::List { output, .. } => {
            let groups = api.list("/groups").await?;
            render::print(&groups, &["name", "description", "parents"], output)
        }
        GroupsCommand::Show(group) => show(api, &group).await,
        GroupsCommand::Edit {
            group,
            description,
            parents,
            no_parents,
        } => {
            let mut change = Map::new();
            change.extend(description.map(|own| ("description".to_owned(), json!(own))));
            let parents = parents.or(no_parents.then(Vec::new));
            change.extend(parents.map(|own| ("parents".to_owned(), names(&own))));
            let edited = api.patch(&one(&group.name), Value::Object(change)).await?;
            render::print(&edited, &[], group.output)
        }
        GroupsCommand::Delete(group) => {
            let name = &group.name;
            api.send(Method::DELETE, &one(name), None).await?;
            output::print(&format!("Deleted group {name}.\n"))
        }
        GroupsCommand::Add { name, user } => {
            let id = api.user_id(&user.user).await?;
            let (members, new) = (members(&name), json!({"user_id": id}));
            let member = api.send(Method::POST, &members, Some(&new)).await?;
            render::print(&member, &[], user.output)
        }
        GroupsCommand::Remove { name, user } => {
            let id = api.user_id(&user.user).await?;
            let member = path(&["groups", name.as_str(), "members", &id]);
            api.send(Method::DELETE, &member, None).await?;
            let left = api.get(&path(&["users", &id])).await?;
            render::print(&left, &[], user.output)
        }
    }
}

/// Prints a group with the IDs and email addresses of its members.
async fn show(api: &Api, group: &GroupArgs) -> Result<(), CommandError> {
    let mut shown = api.get(&one(&group.name)).await?;
    let users = api.list(&members(&group.name)).await?;
    let users = users.as_array().into_iter().flatten();
    let member = |user: &Value| json!({"id": user.get("id"), "email": user.get("email")});
    if let Value::Object(fields) = &mut shown {
        fields.insert("members".to_owned(), users.map(member).collect());
    }
    render::print(&shown, &[], group.output)
}

fn names(groups: &[GroupName]) -> Value {
    groups.iter().map(GroupName::as_str).collect()
}

fn one(name: &GroupName) -> String {
    path(&["groups", name.as_str()])
}

fn members(name: &GroupName) -> String {
    path(&["groups", name.as_str(), "members"])
}
