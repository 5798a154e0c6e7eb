//! `/groups`.

use super::claims::held::{RolesBody, held_roles, roles_body, roles_schema};
use super::managed_by::managed_by;
use super::users::body::View as UserView;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::{NAME, PLAIN_TEXT};
use crate::api::slice::{List, name};
use countersign_application::App;
use countersign_application::admin::groups::GroupChange;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::audit::operator::Permission::{GroupsRead, GroupsWrite, UsersRead};
use countersign_domain::identifier::UserId;
use countersign_domain::user::User;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Group of users.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Group")]
pub(in crate::api) struct Body {
    /// Name: lower-case letters, digits and hyphens. It cannot change.
    #[schemars(regex(pattern = NAME))]
    pub(in crate::api) name: String,
    /// Description.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = PLAIN_TEXT))]
    description: String,
    /// Groups that contain this one. Members of this group are also members of them.
    #[serde(default)]
    #[schemars(length(max = 20), inner(regex(pattern = NAME)))]
    parents: Vec<String>,
    /// Application roles of all members, by the audience of the resource server.
    #[serde(default)]
    #[schemars(transform = roles_schema)]
    roles: RolesBody,
    /// Set of files that declares the group; see `countersign apply`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NAME))]
    managed_by: Option<String>,
}

impl From<&Group> for Body {
    fn from(group: &Group) -> Self {
        Self {
            name: group.name.to_string(),
            description: group.description.clone(),
            parents: group.parents.iter().map(ToString::to_string).collect(),
            roles: roles_body(&group.roles),
            managed_by: group.managed_by.as_ref().map(ToString::to_string),
        }
    }
}

impl Body {
    pub(in crate::api) fn change(&self) -> Result<GroupChange, Problem> {
        let parents = self.parents.iter().map(|name| GroupName::parse(name));
        let parents = parents.collect::<Result<_, _>>();
        Ok(GroupChange {
            description: Some(self.description.clone()),
            parents: Some(parents.map_err(|error| Problem::field("parents", error))?),
            roles: Some(held_roles(&self.roles)?),
            managed_by: Some(managed_by(self.managed_by.as_deref())?),
        })
    }
}

/// User to add to a group.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewMember")]
struct NewMember {
    /// User ID.
    user_id: String,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/groups", "/groups/{name}");
    let members = "/groups/{name}/members";
    let member = "/groups/{name}/members/{user_id}";
    vec![
        Operation::list((all, "listGroups", "List groups"), &[GroupsRead])
            .gives::<List<Body>>()
            .by(list),
        Operation::create((all, "createGroup", "Create a group"), &[GroupsWrite])
            .takes::<Body>()
            .gives::<Body>()
            .keeps(reply)
            .by(create),
        Operation::get((one, "getGroup", "Show a group"), &[GroupsRead])
            .gives::<Body>()
            .by(get),
        Operation::patch(
            (one, "updateGroup", "Change a group"),
            &[GroupsRead, GroupsWrite],
        )
        .keeping(&["name"])
        .takes::<Body>()
        .gives::<Body>()
        .by(patch),
        Operation::delete((one, "deleteGroup", "Delete a group"), &[GroupsWrite])
            .conditional()
            .by(delete),
        Operation::list(
            (members, "listMembers", "List the members of a group"),
            &[GroupsRead, UsersRead],
        )
        .gives::<List<UserView>>()
        .by(list_members),
        Operation::post(
            (members, "addMember", "Add a user to a group"),
            &[GroupsWrite, UsersRead],
        )
        .takes::<NewMember>()
        .gives::<UserView>()
        .by(add),
        Operation::delete(
            (member, "removeMember", "Remove a user from a group"),
            &[GroupsWrite],
        )
        .by(remove),
    ]
}

fn reply(group: &Group) -> Outcome {
    Ok(Reply::of(&Body::from(group))?.at(group.version))
}

/// Returns the name of the group in the path.
fn group_name<A: App>(call: &Call<A>) -> Result<GroupName, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Group).into();
    GroupName::parse(call.path(0)).map_err(missing)
}

fn user_id(text: &str) -> Result<UserId, Problem> {
    let missing = |_| AdminError::NotFound(Missing::User).into();
    text.parse().map_err(missing)
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let groups = &call.commands().groups;
    let slice = groups.list(&call.tenant, &call.operator, after).await?;
    Reply::of(&List::of(
        &slice,
        |group| group.name.to_string(),
        Body::from,
    ))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let name = group_name(&call)?;
    let groups = &call.commands().groups;
    reply(&groups.find(&call.tenant, &call.operator, &name).await?)
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let name = GroupName::parse(&body.name).map_err(|error| Problem::field("name", error))?;
    let (groups, change) = (&call.commands().groups, body.change()?);
    let created = groups.create(&call.tenant, &call.operator, name, &change);
    reply(&created.await?)
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    let name = group_name(&call)?;
    let groups = &call.commands().groups;
    let group = groups.find(&call.tenant, &call.operator, &name).await?;
    let expected = call.version(group.version)?;
    let body = call.patched(&Body::from(&group))?;
    if body.name != name.as_str() {
        return Err(Problem::field("name", "cannot change; create a new group"));
    }
    let change = body.change()?;
    let updated = groups.update(&call.tenant, &call.operator, &name, expected, &change);
    reply(&call.changed(updated.await)?)
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let name = group_name(&call)?;
    let groups = &call.commands().groups;
    let deleted = groups.delete(&call.tenant, &call.operator, &name, call.expected);
    deleted.await?;
    Ok(Reply::empty())
}

async fn list_members<A: App>(call: Call<A>) -> Outcome {
    let (name, after) = (group_name(&call)?, call.after(|text| text.parse().ok())?);
    let groups = &call.commands().groups;
    let slice = groups.members(&call.tenant, &call.operator, &name, after);
    let key = |user: &User| user.id.to_string();
    Reply::of(&List::of(&slice.await?, key, UserView::from))
}

async fn add<A: App>(call: Call<A>) -> Outcome {
    let (name, new) = (group_name(&call)?, call.body::<NewMember>()?);
    let id = user_id(&new.user_id)?;
    let users = &call.commands().users;
    let added = users.add_to_group(&call.tenant, &call.operator, id, &name);
    Reply::of(&UserView::from(&added.await?))
}

async fn remove<A: App>(call: Call<A>) -> Outcome {
    let (name, id) = (group_name(&call)?, user_id(call.path(1))?);
    let users = &call.commands().users;
    let removed = users.remove_from_group(&call.tenant, &call.operator, id, &name);
    removed.await?;
    Ok(Reply::empty())
}
