//! Commands of `countersign users` over the admin API.

use super::access::{AccessCommand, AccountArgs};
use super::arguments::UserArgs;
use super::command::{CreateUser, UsersCommand};
use super::lookup::path_of as user;
use crate::api::{Api, encoded, path, render};
use crate::arguments::{OutputArgs, store_only};
use crate::command_error::CommandError;
use crate::output;
use axum::http::Method;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::json;

/// Columns of a list of users.
const USERS: [&str; 4] = ["id", "enabled", "email", "name"];

/// Runs a command, at the server or with the format that it names.
pub(super) async fn run(command: UsersCommand) -> Result<(), CommandError> {
    let (target, _) = command.place();
    let api = match &command {
        UsersCommand::Create(_) => Api::open_or_make(target).await?,
        _ => Api::open(target).await?,
    };
    run_at(command, &api).await?;
    api.close().await;
    Ok(())
}

async fn run_at(command: UsersCommand, api: &Api) -> Result<(), CommandError> {
    use UsersCommand as Users;
    match command {
        Users::Create(args) => create(api, &args).await,
        Users::List { output, .. } => list(api, "/users", &USERS, output).await,
        Users::Search(args) => {
            let prefix = encoded(args.prefix.as_str());
            let found = format!("/users?email_prefix={prefix}");
            list(api, &found, &USERS, args.output).await
        }
        Users::Show(args) => {
            let user = api.get(&user(api, &args.user, &[]).await?).await?;
            render::print(&user, &[], args.output)
        }
        Users::Edit(args) => args.run(api).await,
        Users::Disable(args) => post(api, &args, "disable").await,
        Users::Enable(args) => post(api, &args, "enable").await,
        Users::Unlock(args) => post(api, &args, "unlock").await,
        Users::ResetFactors(args) => post(api, &args, "reset-factors").await,
        Users::Delete(args) => {
            delete(api, &user(api, &args.user, &[]).await?).await?;
            output::print(&format!("Deleted user {}.\n", args.user))
        }
        Users::SetPassword { password, .. } if password.password_stdin => {
            Err(store_only("users set-password --password-stdin"))
        }
        Users::SetPassword { user, .. } => post(api, &user, "reset-password").await,
        Users::SetClaims { .. } => Err(store_only("users set-claims")),
        Users::EnableTotp(_) => Err(store_only("users enable-totp")),
        Users::Invitation(command) => command.run_at(api).await,
        Users::Access(command) => access(api, command).await,
    }
}

async fn access(api: &Api, command: AccessCommand) -> Result<(), CommandError> {
    use AccessCommand as Access;
    let below = async |name: &str, rest: &[&str]| user(api, name, rest).await;
    match command {
        Access::Passkeys(args) => belongings(api, &args, "passkeys", &["id", "name"]).await,
        Access::Devices(args) => belongings(api, &args, "devices", &["id", "name"]).await,
        Access::Identities(args) => {
            belongings(api, &args, "identities", &["id", "provider", "email"]).await
        }
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
        Access::FactorReset(args) => {
            let reset = below(&args.user, &["factor-reset"]).await?;
            render::print(&api.get(&reset).await?, &[], args.output)
        }
        Access::CancelFactorReset(AccountArgs { user, .. }) => {
            delete(api, &below(&user, &["factor-reset"]).await?).await
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
        Access::RemoveIdentity { user, identity, .. } => {
            delete(
                api,
                &below(&user, &["identities", &identity.to_string()]).await?,
            )
            .await
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
    if args.needs_store() {
        return Err(store_only(
            "users create` with `--claims` or `--password-stdin",
        ));
    }
    let new = json!({"email": args.email.as_str(), "name": args.name});
    let created = api.send(Method::POST, "/users", Some(&new)).await?;
    render::print(&created, &[], args.output)
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
