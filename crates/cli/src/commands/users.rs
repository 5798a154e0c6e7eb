//! `countersign users`.

mod access;
mod arguments;
mod claims;
mod delete;
pub(crate) mod groups;
mod lookup;
mod record;
mod shut_out;

use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::commands::slices::Slices;
use arguments::{PasswordArgs, UserArgs};
use clap::{Args, Subcommand};
use countersign_adapters_system::TotpCodes;
use countersign_application::admin::users::{CreateUser as NewUser, TotpEnrollment};
use countersign_application::admin::{AdminError, Conflict};
use countersign_domain::secret::Secret;
use countersign_domain::user::{Email, User};
use countersign_ports::OneTimeCodes as _;
use lookup::{find, of};
use record::UserRecord;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};

/// Commands of `countersign users`.
#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Create a user
    ///
    /// Without --password-stdin, generates a password and prints it once.
    Create(CreateUser),
    /// List all users
    List {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List the users whose email address begins with a text
    Search(delete::SearchUsers),
    /// Show a user
    Show(UserArgs),
    /// Disable a user
    ///
    /// Ends the user's sessions, removes trusted devices, revokes grants and notifies clients. `users enable` lets the
    /// user sign in again, but does not restore the grants.
    Disable(UserArgs),
    /// Enable a disabled user
    Enable(UserArgs),
    /// Clear a user's failed sign-in attempts
    ///
    /// After too many failed attempts, a user has to wait for up to ten minutes. This command ends the wait. It does not
    /// change a disabled user: see `users enable`.
    Unlock(UserArgs),
    /// Delete a user
    ///
    /// Deletes the user with credentials, sessions, consents and admin roles, revokes grants and notifies clients. The
    /// audit log keeps the user's events. The last owner cannot be deleted.
    Delete(UserArgs),
    /// Set a user's password
    ///
    /// Ends the user's sessions, removes trusted devices, revokes grants and notifies clients. Without
    /// --password-stdin, generates a password and prints it once.
    SetPassword {
        #[command(flatten)]
        user: UserArgs,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Set a user's OpenID claims
    ///
    /// The file uses the claim names of OpenID Connect. A claim with null is removed. Claims that are not in the file
    /// are kept. An address replaces the previous address as a whole.
    SetClaims {
        #[command(flatten)]
        user: UserArgs,
        /// JSON file with standard claims, such as {"locale": "en", "address": {"country": "DEU"}}
        #[arg(long, value_name = "FILE")]
        claims: PathBuf,
    },
    /// Require a one-time code from a user at each login (TOTP, RFC 6238)
    ///
    /// Prints the secret for the user's authenticator app once. If the user already has a secret, a new one
    /// replaces it, and recovery codes and trusted devices are removed.
    EnableTotp(UserArgs),
    /// Remove a user's second factors
    ///
    /// For a user who has lost them: removes the authenticator app, passkeys, recovery codes and trusted devices. Ends
    /// the user's sessions, revokes grants and notifies clients, because a lost device may still be signed in.
    ResetFactors(UserArgs),
    #[command(flatten)]
    Access(access::AccessCommand),
}

/// User to create.
#[derive(Args, Debug)]
pub(crate) struct CreateUser {
    /// Email address that the user signs in with
    #[arg(long, value_parser = Email::parse)]
    email: Email,
    /// Full name of the user
    #[arg(long)]
    name: Option<String>,
    /// JSON file with standard claims, as in `users set-claims`
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl UsersCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Create(args) => args.run().await,
            Self::List { config, output } => list(&config, output).await,
            Self::Show(args) => {
                let setup = Setup::open(&args.config).await?;
                let user = find(&setup, &args.user).await?;
                record::print(&UserRecord::from(&user), args.output)
            }
            Self::Search(args) => args.run().await,
            Self::Disable(args) => shut_out::disable(&args).await,
            Self::Enable(args) => enable(&args).await,
            Self::Unlock(args) => delete::unlock(&args).await,
            Self::Delete(args) => delete::delete(&args).await,
            Self::SetPassword { user, password } => shut_out::set_password(&user, password).await,
            Self::SetClaims { user, claims } => set_claims(&user, &claims).await,
            Self::EnableTotp(args) => enable_totp(&args).await,
            Self::ResetFactors(args) => shut_out::reset_factors(&args).await,
            Self::Access(command) => command.run().await,
        }
    }
}

impl CreateUser {
    async fn run(self) -> Result<(), CommandError> {
        let claims = self.claims.as_deref().map(claims::read).transpose()?;
        let password = self.password.password()?;
        let setup = Setup::open_or_make(&self.config).await?;
        let new = NewUser {
            email: self.email.clone(),
            name: self.name,
            claims: claims.unwrap_or_default(),
            password,
        };
        let admin = setup.user_admin()?;
        let created = admin.create(&setup.tenant, &operator(), new).await;
        let (user, password) = created.map_err(|error| match error {
            AdminError::Conflict(Conflict::Email) => CommandError::new(
                Exit::Conflict,
                format!(
                    "A user with the email address {} already exists. Choose another address.",
                    self.email
                ),
            ),
            error => CommandError::from(error),
        })?;
        let mut record = UserRecord::from(&user);
        record.password = password.as_ref().map(Secret::expose_secret);
        record::print(&record, self.output)
    }
}

impl PasswordArgs {
    /// Reads the password. Returns `None` if one should be generated.
    fn password(self) -> Result<Option<Secret>, CommandError> {
        if !self.password_stdin {
            return Ok(None);
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let password = line.strip_suffix('\n').unwrap_or(&line);
        let password = password.strip_suffix('\r').unwrap_or(password);
        Ok(Some(Secret::new(password)))
    }
}

async fn list(config: &ConfigArgs, output: OutputArgs) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let (admin, operator) = (setup.user_admin()?, operator());
    let mut users = Vec::new();
    let mut slices = Slices::<User>::new();
    while let Some(after) = slices.next() {
        users.extend(slices.take(admin.list(&setup.tenant, &operator, after).await?));
    }
    record::print_list(&users, output)
}

async fn enable(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let (admin, operator) = (setup.user_admin()?, operator());
    let enabled = admin.enable(&setup.tenant, &operator, id).await;
    let user = enabled.map_err(|error| of(&args.user, error))?;
    record::print(&UserRecord::from(&user), args.output)
}

async fn set_claims(args: &UserArgs, file: &Path) -> Result<(), CommandError> {
    let claims = claims::read(file)?.into();
    let setup = Setup::open(&args.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let (admin, operator) = (setup.user_admin()?, operator());
    let set = admin.edit(&setup.tenant, &operator, id, None, &claims);
    let user = set.await.map_err(|error| of(&args.user, error))?;
    record::print(&UserRecord::from(&user), args.output)
}

async fn enable_totp(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let admin = setup.user_admin_with(setup.codecs().await?);
    let enrolled = admin.enable_totp(&setup.tenant, &operator(), id).await;
    let TotpEnrollment { user, secret, .. } = enrolled.map_err(|error| of(&args.user, error))?;
    // Authenticator apps show the issuer's host, which distinguishes servers with the same name.
    let issuer = setup.settings.issuer.as_deref().unwrap_or("Countersign");
    let issuer = issuer.split_once("://").map_or(issuer, |(_, host)| host);
    let uri = TotpCodes.enrollment_uri(&secret, issuer, user.email.as_str());
    record::print_enrollment(&user, &secret, &uri, args.output)
}
