//! Arguments of `countersign groups`.

use super::examples;
use crate::arguments::{OutputArgs, TargetArgs};
use crate::commands::users::arguments::UserArgs;
use clap::{Args, Subcommand};
use countersign_domain::administration::group_name::GroupName;

/// Commands of `countersign groups`.
#[derive(Debug, Subcommand)]
pub(crate) enum GroupsCommand {
    /// Create a group
    #[command(after_help = examples::CREATE)]
    Create {
        #[command(flatten)]
        group: GroupArgs,
        /// Description
        #[arg(long, default_value = "", hide_default_value = true)]
        description: String,
        /// Group that contains this one; may be repeated
        #[arg(long = "parent", value_name = "GROUP", num_args = 1.., value_delimiter = ',', value_parser = GroupName::parse)]
        parents: Option<Vec<GroupName>>,
    },
    /// List all groups
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show a group and its members
    #[command(after_help = examples::SHOW)]
    Show(GroupArgs),
    /// Change the description or the parents of a group
    ///
    /// Members of a group are also members of its parents, and of the parents of these.
    #[command(after_help = examples::EDIT)]
    Edit {
        #[command(flatten)]
        group: GroupArgs,
        /// Description
        #[arg(long, required_unless_present_any = ["parents", "no_parents"])]
        description: Option<String>,
        /// Group that contains this one, instead of the present ones; may be repeated
        #[arg(long = "parent", value_name = "GROUP", num_args = 1.., value_delimiter = ',', value_parser = GroupName::parse)]
        parents: Option<Vec<GroupName>>,
        /// Remove all parents
        #[arg(long, conflicts_with = "parents")]
        no_parents: bool,
    },
    /// Delete a group that has neither members nor admin roles, and is no parent of another group
    #[command(after_help = examples::DELETE)]
    Delete(GroupArgs),
    /// Add a user to a group
    ///
    /// The user gets the admin roles of the group.
    #[command(after_help = examples::ADD)]
    Add {
        /// Name of the group
        #[arg(value_parser = GroupName::parse)]
        name: GroupName,
        #[command(flatten)]
        user: UserArgs,
    },
    /// Remove a user from a group
    #[command(after_help = examples::REMOVE)]
    Remove {
        /// Name of the group
        #[arg(value_parser = GroupName::parse)]
        name: GroupName,
        #[command(flatten)]
        user: UserArgs,
    },
}

/// Group that a command is about.
#[derive(Args, Debug)]
pub(crate) struct GroupArgs {
    /// Name of the group
    #[arg(value_parser = GroupName::parse)]
    pub(super) name: GroupName,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

impl GroupsCommand {
    /// Returns the store or server of the command.
    pub(super) const fn target(&self) -> &TargetArgs {
        match self {
            Self::Create { group, .. }
            | Self::Show(group)
            | Self::Edit { group, .. }
            | Self::Delete(group) => &group.target,
            Self::List { target, .. } => target,
            Self::Add { user, .. } | Self::Remove { user, .. } => &user.target,
        }
    }
}
