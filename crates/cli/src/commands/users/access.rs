//! Factors, sessions, grants and consents of a user.

mod examples;
mod lists;

use super::arguments::UserArgs;
use super::lookup::{find, of};
use super::shut_out::ending_sessions;
use crate::arguments::{OutputArgs, TargetArgs};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use clap::{Args, Subcommand};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{DeviceId, GrantId, IdentityId, SessionId};

/// Commands of `countersign users` about what gives access to an account, and what the user gave access to.
#[derive(Debug, Subcommand)]
pub(crate) enum AccessCommand {
    /// List a user's passkeys
    #[command(after_help = examples::PASSKEYS)]
    Passkeys(UserArgs),
    /// Remove a passkey of a user
    #[command(after_help = examples::REMOVE_PASSKEY)]
    RemovePasskey {
        /// ID or email address of the user
        user: String,
        /// ID of the passkey, from `users passkeys`
        #[arg(value_parser = passkey_id, allow_hyphen_values = true)]
        passkey: PasskeyId,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Count a user's unused recovery codes
    #[command(after_help = examples::RECOVERY_CODES)]
    RecoveryCodes(UserArgs),
    /// Remove all recovery codes of a user
    #[command(after_help = examples::REMOVE_RECOVERY_CODES)]
    RemoveRecoveryCodes(AccountArgs),
    /// Show the reset of the second factors that a user requested
    ///
    /// See the setting `login.factor_reset_delay`.
    #[command(after_help = examples::FACTOR_RESET)]
    FactorReset(UserArgs),
    /// Cancel the reset of the second factors that a user requested
    #[command(after_help = examples::CANCEL_FACTOR_RESET)]
    CancelFactorReset(AccountArgs),
    /// List a user's trusted devices
    #[command(after_help = examples::DEVICES)]
    Devices(UserArgs),
    /// Remove a trusted device of a user
    ///
    /// The device needs the second factor again.
    #[command(after_help = examples::REMOVE_DEVICE)]
    RemoveDevice {
        /// ID or email address of the user
        user: String,
        /// ID of the device, from `users devices`
        device: DeviceId,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// List the accounts at upstream providers that are linked to a user
    #[command(after_help = examples::IDENTITIES)]
    Identities(UserArgs),
    /// Unlink an account of a user at an upstream provider
    ///
    /// The user can no longer sign in with it.
    #[command(after_help = examples::REMOVE_IDENTITY)]
    RemoveIdentity {
        /// ID or email address of the user
        user: String,
        /// ID of the linked account, from `users identities`
        identity: IdentityId,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// List a user's sessions
    ///
    /// Some may have ended or expired.
    #[command(after_help = examples::SESSIONS)]
    Sessions(UserArgs),
    /// End all sessions of a user
    ///
    /// Revokes the grants of the sessions and notifies clients. Grants with `offline_access` stay.
    #[command(after_help = examples::END_SESSIONS)]
    EndSessions(AccountArgs),
    /// End a session
    ///
    /// Revokes the grants of the session and notifies clients. Grants with `offline_access` stay.
    #[command(after_help = examples::END_SESSION)]
    EndSession {
        /// ID of the session, from `users sessions`
        session: SessionId,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// List a user's grants
    ///
    /// Some may be revoked or expired.
    #[command(after_help = examples::GRANTS)]
    Grants(UserArgs),
    /// Revoke all grants of a user
    #[command(after_help = examples::REVOKE_GRANTS)]
    RevokeGrants(AccountArgs),
    /// Revoke a grant
    #[command(after_help = examples::REVOKE_GRANT)]
    RevokeGrant {
        /// ID of the grant, from `users grants`
        grant: GrantId,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// List a user's consents
    #[command(after_help = examples::CONSENTS)]
    Consents(UserArgs),
    /// Withdraw a user's consent for a client, and revoke its grants
    #[command(after_help = examples::WITHDRAW_CONSENT)]
    WithdrawConsent {
        /// ID or email address of the user
        user: String,
        /// Identifier of the client
        #[arg(value_parser = ClientId::parse)]
        client: ClientId,
        #[command(flatten)]
        target: TargetArgs,
    },
}

/// User of a command without output.
#[derive(Args, Debug)]
pub(crate) struct AccountArgs {
    /// ID or email address of the user
    pub(super) user: String,
    #[command(flatten)]
    pub(super) target: TargetArgs,
}

/// Credential ID of a passkey.
#[derive(Clone, Debug)]
pub(crate) struct PasskeyId(pub(super) Vec<u8>);

fn passkey_id(text: &str) -> Result<PasskeyId, &'static str> {
    let id = Base64UrlUnpadded::decode_vec(text);
    id.map(PasskeyId).map_err(|_| "it must be in base64url")
}

impl AccessCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let operator = operator();
        match self {
            Self::Passkeys(args) => lists::passkeys(&args).await,
            Self::RecoveryCodes(args) => lists::recovery_codes(&args).await,
            Self::FactorReset(args) => lists::factor_reset(&args).await,
            Self::Devices(args) => lists::devices(&args).await,
            Self::Identities(args) => lists::identities(&args).await,
            Self::Sessions(args) => lists::sessions(&args).await,
            Self::Grants(args) => lists::grants(&args).await,
            Self::Consents(args) => lists::consents(&args).await,
            Self::RemovePasskey {
                user,
                passkey,
                target,
            } => {
                let setup = Setup::open(&target.config).await?;
                let (admin, id) = (setup.user_admin()?, find(&setup, &user).await?.id);
                let removed = admin.remove_passkey(&setup.tenant, &operator, id, &passkey.0);
                removed.await.map_err(|error| of(&user, error))
            }
            Self::RemoveRecoveryCodes(AccountArgs { user, target }) => {
                let setup = Setup::open(&target.config).await?;
                let (admin, id) = (setup.user_admin()?, find(&setup, &user).await?.id);
                let removed = admin.remove_recovery_codes(&setup.tenant, &operator, id);
                removed.await.map_err(|error| of(&user, error))
            }
            Self::CancelFactorReset(AccountArgs { user, target }) => {
                let setup = Setup::open(&target.config).await?;
                let (admin, id) = (setup.user_admin()?, find(&setup, &user).await?.id);
                let canceled = admin.cancel_factor_reset(&setup.tenant, &operator, id);
                canceled.await.map_err(|error| of(&user, error))
            }
            Self::RemoveDevice {
                user,
                device,
                target,
            } => {
                let setup = Setup::open(&target.config).await?;
                let (admin, id) = (setup.user_admin()?, find(&setup, &user).await?.id);
                let removed = admin.remove_device(&setup.tenant, &operator, id, device);
                removed.await.map_err(|error| of(&user, error))
            }
            Self::RemoveIdentity {
                user,
                identity,
                target,
            } => {
                let setup = Setup::open(&target.config).await?;
                let (admin, id) = (setup.user_admin()?, find(&setup, &user).await?.id);
                let removed = admin.remove_identity(&setup.tenant, &operator, id, identity);
                removed.await.map_err(|error| of(&user, error))
            }
            Self::EndSessions(AccountArgs { user, target }) => {
                let setup = Setup::open(&target.config).await?;
                let (admin, id) = (setup.user_admin()?, find(&setup, &user).await?.id);
                let ending = ending_sessions(&setup).await?;
                let ended = admin.end_sessions(&setup.tenant, &operator, &ending.sessions, id);
                ended.await.map_err(|error| of(&user, error))?;
                ending.close().await;
                Ok(())
            }
            Self::EndSession { session, target } => {
                let setup = Setup::open(&target.config).await?;
                let (admin, ending) = (setup.user_admin()?, ending_sessions(&setup).await?);
                let ended = admin.end_session(&setup.tenant, &operator, &ending.sessions, session);
                ended.await?;
                ending.close().await;
                Ok(())
            }
            Self::RevokeGrants(AccountArgs { user, target }) => {
                let setup = Setup::open(&target.config).await?;
                let (admin, id) = (setup.user_admin()?, find(&setup, &user).await?.id);
                let revoked = admin.revoke_grants(&setup.tenant, &operator, id);
                revoked.await.map(drop).map_err(|error| of(&user, error))
            }
            Self::RevokeGrant { grant, target } => {
                let setup = Setup::open(&target.config).await?;
                let admin = setup.user_admin()?;
                Ok(admin.revoke_grant(&setup.tenant, &operator, grant).await?)
            }
            Self::WithdrawConsent {
                user,
                client,
                target,
            } => {
                let setup = Setup::open(&target.config).await?;
                let (admin, id) = (setup.user_admin()?, find(&setup, &user).await?.id);
                let withdrawn = admin.withdraw_consent(&setup.tenant, &operator, id, &client);
                withdrawn.await.map_err(|error| of(&user, error))
            }
        }
    }
}

impl AccessCommand {
    /// Returns the store or server of the command, and the output format if it returns an object.
    pub(super) fn place(&self) -> (&TargetArgs, Option<OutputArgs>) {
        match self {
            Self::Passkeys(args)
            | Self::RecoveryCodes(args)
            | Self::FactorReset(args)
            | Self::Devices(args)
            | Self::Identities(args)
            | Self::Sessions(args)
            | Self::Grants(args)
            | Self::Consents(args) => (&args.target, Some(args.output)),
            Self::RemovePasskey { target, .. }
            | Self::RemoveDevice { target, .. }
            | Self::RemoveIdentity { target, .. }
            | Self::EndSession { target, .. }
            | Self::RevokeGrant { target, .. }
            | Self::WithdrawConsent { target, .. }
            | Self::RemoveRecoveryCodes(AccountArgs { target, .. })
            | Self::CancelFactorReset(AccountArgs { target, .. })
            | Self::EndSessions(AccountArgs { target, .. })
            | Self::RevokeGrants(AccountArgs { target, .. }) => (target, None),
        }
    }
}
