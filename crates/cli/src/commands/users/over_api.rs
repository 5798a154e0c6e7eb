//! Commands of `countersign users` over the admin API.

use super::access::{AccessCommand, AccountArgs};
use super::arguments::UserArgs;
use super::{CreateUser, UsersCommand};
use crate::api::{Api, encoded, path, render};
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::{CommandError, Exit};
use axum::http::Method;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};

/// Columns of a list of users.
const USERS: [&str; 4] = ["id", "enabled", "email", "name"];

/// Runs a command.
pub(super) async fn run(command: UsersCommand, api: &Api) -> Result<(), CommandError> {
    use UsersCommand as Users;
    match command {
        Users::Create(args) => create(api, &args).await,
        Users::List { output, .. } => list(api, "/users", &USERS, output).await,
        Users::Search(args) => {
            let prefix = encoded(args.prefix.as_str());
            list(
                api,
                &format!("/users?email_prefix={prefix}"),
                &USERS,
                args.output,
            )
            .await
        }
        Users::Show(args) => {
            let user = api.get(&user(api, &args.user, &[]).await?).await?;
            render::print(&user, &[], args.output)
        }
        Users::Disable(args) => post(api, &args, "disable").await,
        Users::Enable(args) => post(api, &args, "enable").await,
        Users::Unlock(args) => post(api, &args, "unlock").await,
        Users::ResetFactors(args) => post(api, &args, "reset-factors").await,
        Users::Delete(args) => delete(api, &user(api, &args.user, &[]).await?).await,
        Users::SetPassword { user, password } if !password.password_stdin => {
            post(api, &user, "reset-password").await
        }
        Users::SetPassword { .. } | Users::SetClaims { .. } | Users::EnableTotp(_) => {
            Err(CommandError::usage(
                "This command works on the store only: run it on the server's machine, without --server.",
            ))
        }
        Users::Access(command) => access(api, command).await,
    }
}

async fn access(api: &Api, command: AccessCommand) -> Result<(), CommandError> {
    use AccessCommand as Access;
    let below = async |name: &str, rest: &[&str]| user(api, name, rest).await;
    match command {
        Access::Passkeys(args) => belongings(api, &args, "passkeys", &["id", "name"]).await,
        Access::Devices(args) => belongings(api, &args, "devices", &["id", "name"]).await,
        Access::Sessions(args) => {
            let columns = ["id", "created_at", "expires_at", "ended_at", "ip_address"];
            belongings(api, &args, "sessions", &columns).await
        }
        Access::Grants(args) => {
            let columns = ["id", "client_id", "scope", "expires_at", "revoked_at"];
            belongings(api, &args, "grants", &columns).await
        }
        Access::Consents(args) => {
            belongings(api, &args, "consents", &["client_id", "scope", "given_at"]).await
        }
        Access::RecoveryCodes(args) => {
            let codes = below(&args.user, &["recovery-codes"]).await?;
            render::print(&api.get(&codes).await?, &[], args.output)
        }
        Access::RemovePasskey { user, passkey, .. } => {
            let passkey = Base64UrlUnpadded::encode_string(&passkey.0);
            delete(api, &below(&user, &["passkeys", &passkey]).await?).await
        }
        Access::RemoveRecoveryCodes(AccountArgs { user, .. }) => {
            delete(api, &below(&user, &["recovery-codes"]).await?).await
        }
        Access::RemoveDevice { user, device, .. } => {
            delete(api, &below(&user, &["devices", &device.to_string()]).await?).await
        }
        Access::EndSessions(AccountArgs { user, .. }) => {
            delete(api, &below(&user, &["sessions"]).await?).await
        }
        Access::EndSession { session, .. } => {
            delete(api, &path(&["sessions", &session.to_string()])).await
        }
        Access::RevokeGrants(AccountArgs { user, .. }) => {
            delete(api, &below(&user, &["grants"]).await?).await
        }
        Access::RevokeGrant { grant, .. } => {
            delete(api, &path(&["grants", &grant.to_string()])).await
        }
        Access::WithdrawConsent { user, client, .. } => {
            delete(api, &below(&user, &["consents", client.as_str()]).await?).await
        }
    }
}

async fn create(api: &Api, args: &CreateUser) -> Result<(), CommandError> {
    if args.claims.is_some() || args.password.password_stdin {
        return Err(CommandError::usage(
            "--claims and --password-stdin work on the store only: run the command on the server's machine, without --server.",
        ));
    }
    let new = json!({"email": args.email.as_str(), "name": args.name});
    let created = api.send(Method::POST, "/users", Some(&new)).await?;
    render::print(&created, &[], args.output)
}

/// Returns the path of a user, or of what belongs to the user.
async fn user(api: &Api, name: &str, rest: &[&str]) -> Result<String, CommandError> {
    let mut id = name.to_owned();
    if name.contains('@') {
        let found = api.get(&format!("/users?email={}", encoded(name))).await?;
        let found = found.pointer("/items/0/id").and_then(Value::as_str);
        id = found.map(str::to_owned).ok_or_else(|| {
            CommandError::new(Exit::NotFound, format!("User {name:?} not found."))
        })?;
    }
    Ok(path(&[&["users", &id], rest].concat()))
}

async fn post(api: &Api, args: &UserArgs, command: &str) -> Result<(), CommandError> {
    let path = user(api, &args.user, &[command]).await?;
    let user = api.send(Method::POST, &path, None).await?;
    render::print(&user, &[], args.output)
}

async fn delete(api: &Api, path: &str) -> Result<(), CommandError> {
    api.send(Method::DELETE, path, None).await.map(drop)
}

async fn list(
    api: &Api,
    path: &str,
    columns: &[&str],
    output: OutputArgs,
) -> Result<(), CommandError> {
    render::print(&api.list(path).await?, columns, output)
}

async fn belongings(
    api: &Api,
    args: &UserArgs,
    what: &str,
    columns: &[&str],
) -> Result<(), CommandError> {
    let path = user(api, &args.user, &[what]).await?;
    list(api, &path, columns, args.output).await
}

impl UsersCommand {
    /// Returns the store or server of the command, and its output format.
    pub(super) fn place(&self) -> (&TargetArgs, Option<OutputArgs>) {
        match self {
            Self::Create(args) => (&args.target, Some(args.output)),
            Self::List { target, output } => (target, Some(*output)),
            Self::Search(args) => (&args.target, Some(args.output)),
            Self::Show(args)
            | Self::Disable(args)
            | Self::Enable(args)
            | Self::Unlock(args)
            | Self::Delete(args)
            | Self::EnableTotp(args)
            | Self::ResetFactors(args)
            | Self::SetPassword { user: args, .. }
            | Self::SetClaims { user: args, .. } => (&args.target, Some(args.output)),
            Self::Access(command) => command.place(),
        }
    }
}

impl AccessCommand {
    fn place(&self) -> (&TargetArgs, Option<OutputArgs>) {
        match self {
            Self::Passkeys(args)
            | Self::RecoveryCodes(args)
            | Self::Devices(args)
            | Self::Sessions(args)
            | Self::Grants(args)
            | Self::Consents(args) => (&args.target, Some(args.output)),
            Self::RemovePasskey { target, .. }
            | Self::RemoveDevice { target, .. }
            | Self::EndSession { target, .. }
            | Self::RevokeGrant { target, .. }
            | Self::WithdrawConsent { target, .. }
            | Self::RemoveRecoveryCodes(AccountArgs { target, .. })
            | Self::EndSessions(AccountArgs { target, .. })
            | Self::RevokeGrants(AccountArgs { target, .. }) => (target, None),
        }
    }
}
