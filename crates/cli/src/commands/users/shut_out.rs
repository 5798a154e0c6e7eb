//! Commands that sign a user out everywhere.

use super::arguments::{PasswordArgs, UserArgs};
use super::lookup::{find, of};
use super::record::{self, UserRecord};
use crate::arguments::OutputArgs;
use crate::command_error::CommandError;
use crate::commands::administration::{EndingSessions, operator};
use crate::commands::setup::Setup;
use crate::logging;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;

pub(super) async fn disable(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let ending = ending_sessions(&setup).await?;
    let (admin, operator) = (setup.user_admin()?, operator());
    let disabled = admin.disable(&setup.tenant, &operator, &ending.sessions, id);
    let disabled = disabled.await.map_err(|error| of(&args.user, error))?;
    print_shut_out(disabled, ending, args.output).await
}

pub(super) async fn reset_factors(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let ending = ending_sessions(&setup).await?;
    let (admin, operator) = (setup.user_admin()?, operator());
    let reset = admin.reset_factors(&setup.tenant, &operator, &ending.sessions, id);
    let reset = reset.await.map_err(|error| of(&args.user, error))?;
    print_shut_out(reset, ending, args.output).await
}

/// Prints a user who has been signed out everywhere, and the number of revoked grants. Waits for the notifications.
async fn print_shut_out(
    (user, revoked): (User, u64),
    ending: EndingSessions,
    output: OutputArgs,
) -> Result<(), CommandError> {
    let mut record = UserRecord::from(&user);
    record.revoked_grants = Some(revoked);
    record.logout_notifications = Some(ending.notifications());
    record::print(&record, output)?;
    ending.close().await;
    Ok(())
}

pub(super) async fn set_password(
    args: &UserArgs,
    password: PasswordArgs,
) -> Result<(), CommandError> {
    let password = password.password()?;
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let ending = ending_sessions(&setup).await?;
    let admin = setup.user_admin()?;
    let (tenant, operator) = (&setup.tenant, operator());
    let set = admin.set_password(tenant, &operator, &ending.sessions, id, password);
    let set = set.await.map_err(|error| of(&args.user, error))?;
    let mut record = UserRecord::from(&set.user);
    record.revoked_grants = Some(set.revoked);
    record.logout_notifications = Some(ending.notifications());
    record.password = set.password.as_ref().map(Secret::expose_secret);
    // Print a generated password before anything else can fail.
    record::print(&record, args.output)?;
    ending.close().await;
    Ok(())
}

/// Returns the session use cases. Starts logging first, because failed logout notifications are logged.
pub(super) async fn ending_sessions(setup: &Setup) -> Result<EndingSessions, CommandError> {
    logging::start(setup.settings.log);
    setup.sessions().await
}
