//! Search, deletion and unlocking of users.

use super::arguments::UserArgs;
use super::lookup::{find, of};
use super::record::{self, UserRecord};
use super::shut_out::ending_sessions;
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output::{self, Fields};
use clap::Args;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_ports::After;
use serde::Serialize;

/// Users to find.
#[derive(Args, Debug)]
pub(crate) struct SearchUsers {
    /// Beginning of the email address
    #[arg(value_parser = EmailPrefix::parse)]
    pub(super) prefix: EmailPrefix,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

impl SearchUsers {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let setup = Setup::open(&self.target.config).await?;
        let (admin, operator) = (setup.user_admin()?, operator());
        let (mut users, mut after) = (Vec::new(), After::start());
        loop {
            let found = admin.search(&setup.tenant, &operator, &self.prefix, after);
            let found = found.await?;
            let last = found.items.last().map(|user| user.email.clone());
            users.extend(found.items);
            match last {
                Some(last) if found.has_more => after = After::key(last),
                _ => return record::print_list(&users, self.output),
            }
        }
    }
}

pub(super) async fn unlock(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let admin = setup.user_admin()?;
    let unlocked = admin.unlock(&setup.tenant, &operator(), id).await;
    let user = unlocked.map_err(|error| of(&args.user, error))?;
    record::print(&UserRecord::from(&user), args.output)
}

/// JSON form of a deletion.
#[derive(Serialize)]
struct Deletion {
    id: String,
    email: String,
    revoked_grants: u64,
    logout_notifications: u64,
}

pub(super) async fn delete(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.target.config).await?;
    let user = find(&setup, &args.user).await?;
    let ending = ending_sessions(&setup).await?;
    let (admin, operator) = (setup.user_admin()?, operator());
    let deleted = admin.delete(&setup.tenant, &operator, &ending.sessions, user.id, None);
    let revoked_grants = deleted.await.map_err(|error| of(&args.user, error))?;
    let record = Deletion {
        id: user.id.to_string(),
        email: user.email.to_string(),
        revoked_grants,
        logout_notifications: ending.notifications(),
    };
    if let Some(format) = args.output.structured() {
        output::print_as(format, &record)?;
    } else {
        Fields::new()
            .add("deleted", record.id)
            .add("email", record.email)
            .add("revoked grants", record.revoked_grants.to_string())
            .add(
                "logout notifications",
                record.logout_notifications.to_string(),
            )
            .print()?;
    }
    ending.close().await;
    Ok(())
}
