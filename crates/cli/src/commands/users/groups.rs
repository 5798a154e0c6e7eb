//! `countersign groups`.

mod command;
mod examples;
mod over_api;

pub(crate) use command::GroupsCommand;

use super::arguments::UserArgs;
use super::lookup::find;
use super::record::{self, UserRecord};
use crate::api::Api;
use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::commands::slices::Slices;
use crate::output::{self, Fields};
use command::GroupArgs;
use countersign_application::admin::groups::GroupChange;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::user::User;
use serde::Serialize;

/// JSON form of a group.
#[derive(Serialize)]
struct Record<'a> {
    name: &'a str,
    description: &'a str,
    /// Groups that contain this one.
    parents: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Member<'a>>>,
}

/// JSON form of a member.
#[derive(Serialize)]
struct Member<'a> {
    id: String,
    email: &'a str,
}

impl<'a> From<&'a Group> for Record<'a> {
    fn from(group: &'a Group) -> Self {
        Self {
            name: group.name.as_str(),
            description: &group.description,
            parents: group.parents.iter().map(GroupName::as_str).collect(),
            members: None,
        }
    }
}

impl GroupsCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        if self.target().server.is_some() {
            let api = Api::open(self.target()).await?;
            return over_api::run(self, &api).await;
        }
        match self {
            Self::Create {
                group,
                description,
                parents,
            } => group.create(described(Some(description), parents)).await,
            Self::List { target, output } => list(&target.config, output).await,
            Self::Show(group) => group.show().await,
            Self::Edit {
                group,
                description,
                parents,
                no_parents,
            } => {
                let parents = parents.or(no_parents.then(Vec::new));
                let change = described(description, parents);
                group.edit(change).await
            }
            Self::Delete(group) => group.delete().await,
            Self::Add { name, user } => change_member(&name, &user, true).await,
            Self::Remove { name, user } => change_member(&name, &user, false).await,
        }
    }
}

fn described(description: Option<String>, parents: Option<Vec<GroupName>>) -> GroupChange {
    GroupChange {
        description,
        parents: parents.map(|parents| parents.into_iter().collect()),
        ..GroupChange::default()
    }
}

impl GroupArgs {
    async fn create(self, change: GroupChange) -> Result<(), CommandError> {
        let setup = Setup::open_or_make(&self.target.config).await?;
        let (admin, operator, name) = (setup.group_admin(), operator(), self.name.clone());
        let created = admin.create(&setup.tenant, &operator, name, &change);
        self.print(created.await)
    }

    async fn edit(self, change: GroupChange) -> Result<(), CommandError> {
        let setup = Setup::open(&self.target.config).await?;
        let (admin, operator) = (setup.group_admin(), operator());
        let edited = admin.update(&setup.tenant, &operator, &self.name, None, &change);
        self.print(edited.await)
    }

    async fn delete(self) -> Result<(), CommandError> {
        let setup = Setup::open(&self.target.config).await?;
        let (admin, operator) = (setup.group_admin(), operator());
        let deleted = admin.delete(&setup.tenant, &operator, &self.name, None);
        let deleted = deleted.await;
        deleted.map_err(|error| explained(&self.name, error))?;
        output::print(&format!("Deleted group {}.\n", self.name))
    }

    async fn show(self) -> Result<(), CommandError> {
        let setup = Setup::open(&self.target.config).await?;
        let (admin, operator) = (setup.group_admin(), operator());
        let group = admin.find(&setup.tenant, &operator, &self.name).await;
        let group = group.map_err(|error| explained(&self.name, error))?;
        let mut users = Vec::new();
        let mut slices = Slices::<User>::new();
        while let Some(after) = slices.next() {
            let members = admin.members(&setup.tenant, &operator, &self.name, after);
            users.extend(slices.take(members.await?));
        }
        let members = users.iter().map(|user| Member {
            id: user.id.to_string(),
            email: user.email.as_str(),
        });
        let record = Record {
            members: Some(members.collect()),
            ..Record::from(&group)
        };
        record.print(self.output)
    }

    fn print(&self, outcome: Result<Group, AdminError>) -> Result<(), CommandError> {
        let group = outcome.map_err(|error| explained(&self.name, error))?;
        Record::from(&group).print(self.output)
    }
}

impl Record<'_> {
    fn print(&self, output: OutputArgs) -> Result<(), CommandError> {
        if let Some(format) = output.structured() {
            return output::print_as(format, self);
        }
        let mut fields = Fields::new()
            .add("name", self.name)
            .add("description", self.description);
        if !self.parents.is_empty() {
            fields = fields.add("parents", self.parents.join(" "));
        }
        for member in self.members.iter().flatten() {
            fields = fields.add("member", member.email);
        }
        fields.print()
    }
}

async fn list(config: &ConfigArgs, output: OutputArgs) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let (admin, operator) = (setup.group_admin(), operator());
    let mut groups = Vec::new();
    let mut slices = Slices::<Group>::new();
    while let Some(after) = slices.next() {
        groups.extend(slices.take(admin.list(&setup.tenant, &operator, after).await?));
    }
    if let Some(format) = output.structured() {
        let records: Vec<_> = groups.iter().map(Record::from).collect();
        return output::print_as(format, &records);
    }
    let rows = groups
        .iter()
        .map(|group| vec![group.name.to_string(), group.description.clone()]);
    output::print_rows(&rows.collect::<Vec<_>>())
}

async fn change_member(name: &GroupName, args: &UserArgs, joins: bool) -> Result<(), CommandError> {
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let (admin, operator) = (setup.user_admin()?, operator());
    let changed = if joins {
        admin.add_to_group(&setup.tenant, &operator, id, name).await
    } else {
        let removed = admin.remove_from_group(&setup.tenant, &operator, id, name);
        removed.await
    };
    let user = changed.map_err(|error| explained(name, error))?;
    record::print(&UserRecord::from(&user), args.output)
}

/// Converts the error of a command about this group.
fn explained(name: &GroupName, error: AdminError) -> CommandError {
    match error {
        AdminError::NotFound(Missing::Group) => CommandError::new(
            Exit::NotFound,
            format!("Group {name} not found. Run `countersign groups list` to list all groups."),
        ),
        AdminError::NotFound(Missing::Member) => CommandError::new(
            Exit::NotFound,
            format!("The user is not a member of the group {name}."),
        ),
        error => CommandError::from(error),
    }
}
