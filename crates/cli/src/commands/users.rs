//! `countersign users`.

mod access;
mod arguments;
mod claims;
mod command;
mod delete;
mod edit;
mod examples;
pub(crate) mod groups;
mod invitations;
mod lookup;
mod over_api;
mod record;
mod shut_out;

use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::commands::slices::Slices;
use arguments::{PasswordArgs, UserArgs};
use command::CreateUser;
pub(crate) use command::UsersCommand;
use countersign_adapters_system::TotpCodes;
use countersign_application::admin::users::{CreateUser as NewUser, TotpEnrollment};
use countersign_application::admin::{AdminError, Conflict};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::login::password;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use countersign_ports::OneTimeCodes as _;
use lookup::{find, of};
use record::UserRecord;
use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::path::Path;

impl UsersCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let (target, output) = self.place();
        if target.server.is_some() || output.is_some_and(|own| own.format.is_some()) {
            return over_api::run(self).await;
        }
        match self {
            Self::Create(args) => args.run().await,
            Self::List { target, output } => list(&target.config, output).await,
            Self::Show(args) => {
                let setup = Setup::open(&args.target.config).await?;
                let user = find(&setup, &args.user).await?;
                record::print(&UserRecord::from(&user), args.output)
            }
            Self::Search(args) => args.run().await,
            Self::Edit(_) | Self::Invitation(_) => over_api::run(self).await,
            Self::Disable(args) => shut_out::disable(&args).await,
            Self::Enable(args) => enable(&args).await,
            Self::Unlock(args) => delete::unlock(&args).await,
            Self::Delete(args) => delete::delete(&args).await,
            Self::SetPassword { user, password } => shut_out::set_password(&user, password).await,
            Self::SetClaims { user, claims } => set_claims(&user, &claims).await,
            Self::EnableTotp(args) => enable_totp(&args).await,
            Self::ResetFactors(args) => shut_out::reset_factors(&args).await,
            Self::Access(command) => Box::pin(command.run()).await,
        }
    }
}

impl CreateUser {
    async fn run(self) -> Result<(), CommandError> {
        let claims = self.claims.as_deref().map(claims::read).transpose()?;
        let password = self.password.password()?;
        let setup = Setup::open_or_make(&self.target.config).await?;
        let new = NewUser {
            email: self.email.clone(),
            name: self.name,
            claims: claims.unwrap_or_default(),
            attributes: BTreeMap::new(),
            roles: HeldRoles::default(),
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
        if password::may_be_chosen(password).is_err() {
            return Err(CommandError::usage(format!(
                "The password has {} characters, but must have at least {} characters and at most {} bytes. Choose another one, or leave out --password-stdin to generate one.",
                password.chars().count(),
                password::LEAST,
                password::MOST
            )));
        }
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
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let (admin, operator) = (setup.user_admin()?, operator());
    let enabled = admin.enable(&setup.tenant, &operator, id).await;
    let user = enabled.map_err(|error| of(&args.user, error))?;
    record::print(&UserRecord::from(&user), args.output)
}

async fn set_claims(args: &UserArgs, file: &Path) -> Result<(), CommandError> {
    let claims = claims::read(file)?.into();
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let (admin, operator) = (setup.user_admin()?, operator());
    let set = admin.edit(&setup.tenant, &operator, id, None, &claims);
    let user = set.await.map_err(|error| of(&args.user, error))?;
    record::print(&UserRecord::from(&user), args.output)
}

async fn enable_totp(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.target.config).await?;
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
