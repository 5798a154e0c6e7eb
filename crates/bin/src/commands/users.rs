//! `countersign users`.

mod claims;
mod record;

use crate::cli::{ConfigArgs, OutputArgs};
use crate::commands::setup::{Setup, now};
use crate::failure::{Exit, Failure};
use claims::Claims;
use clap::{Args, Subcommand};
use countersign_adapters_system::{Argon2Passwords, SystemEntropy, TotpCodes, random_secret};
use countersign_application::totp_context;
use countersign_domain::client::Client;
use countersign_domain::identifier::{Subject, UserId};
use countersign_domain::profile::Profile;
use countersign_domain::secret::Secret;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    DeviceRepository as _, Entropy as _, GrantRepository as _, OneTimeCodes as _,
    PasswordHasher as _, Race, SessionRepository as _, UserKey, UserRepository as _, Vault,
};
use record::UserRecord;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};

/// What can be done about users.
#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Make a user; without --password-stdin a password is made and printed this once
    Create(CreateUser),
    /// List all users
    List {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show a user
    Show(UserArgs),
    /// Let a user log in no more, end the user's sessions and revoke the user's grants; `enable` lets the user log in again
    Disable(UserArgs),
    /// Let a disabled user log in again
    Enable(UserArgs),
    /// Set a new password, end the user's sessions and revoke the user's grants; without --password-stdin one is made and printed this once
    SetPassword {
        #[command(flatten)]
        user: UserArgs,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Set what is told of a user to clients that may know it: names, phone number, address, locale and the like
    ///
    /// The file names claims as OpenID Connect does. A claim with null is taken away, one that is not named stays as
    /// it is, and an address takes the place of the one before as a whole.
    SetClaims {
        #[command(flatten)]
        user: UserArgs,
        /// A file of standard claims as JSON, such as {"locale": "en", "address": {"country": "DEU"}}
        #[arg(long, value_name = "FILE")]
        claims: PathBuf,
    },
    /// Ask a user for a one-time code at each login from now on (RFC 6238)
    ///
    /// Prints the secret for the user's authenticator app, this once. A user who has one already gets a
    /// new one, and the old one stops working.
    EnableTotp(UserArgs),
}

/// A user to make.
#[derive(Args, Debug)]
pub(crate) struct CreateUser {
    /// The e-mail address to log in with
    #[arg(long, value_parser = Email::parse)]
    email: Email,
    /// What to call the user
    #[arg(long, value_parser = parse_name)]
    name: Option<String>,
    /// A file of standard claims as JSON, as for `users set-claims`
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Where the password is from.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct PasswordArgs {
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Which user.
#[derive(Args, Debug)]
pub(crate) struct UserArgs {
    /// The user's id or e-mail address
    user: String,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl UsersCommand {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Create(args) => args.run().await,
            Self::List { config, output } => {
                let users = Setup::open(&config).await?.store.list_users().await?;
                record::print_list(&users, output)
            }
            Self::Show(args) => {
                let setup = Setup::open(&args.config).await?;
                record::print(
                    &UserRecord::from(&find(&setup, &args.user).await?),
                    args.output,
                )
            }
            Self::Disable(args) => set_enabled(&args, false).await,
            Self::Enable(args) => set_enabled(&args, true).await,
            Self::SetPassword { user, password } => set_password(&user, password).await,
            Self::SetClaims { user, claims } => set_claims(&user, &claims).await,
            Self::EnableTotp(args) => enable_totp(&args).await,
        }
    }
}

impl CreateUser {
    async fn run(self) -> Result<(), Failure> {
        let claims = self.claims.as_deref().map(Claims::read).transpose()?;
        let (password, made) = self.password.password()?;
        let mut user = new_user(self.email, self.name, &password).await?;
        if let Some(claims) = claims {
            claims.put_into(&mut user);
        }
        let setup = Setup::open_or_make(&self.config).await?;
        insert(&setup, &user).await?;
        let mut record = UserRecord::from(&user);
        record.password = made.then(|| password.expose_secret());
        record::print(&record, self.output)
    }
}

impl PasswordArgs {
    /// The password, and whether it was made here.
    fn password(self) -> Result<(Secret, bool), Failure> {
        if !self.password_stdin {
            return Ok((random_secret(&SystemEntropy::new()), true));
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let password = line.strip_suffix('\n').unwrap_or(&line);
        let password = password.strip_suffix('\r').unwrap_or(password);
        if password.is_empty() || password.len() > LONGEST_PASSWORD {
            return Err(Failure::usage(format!(
                "The first line of standard input must be a password of 1 to {LONGEST_PASSWORD} bytes."
            )));
        }
        Ok((Secret::new(password), false))
    }
}

/// The rule for what people are called is that for clients.
fn parse_name(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if (1..=Client::LONGEST_NAME).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "a name has 1 to {} characters and no control characters",
        Client::LONGEST_NAME
    ))
}

/// In bytes: longer than any pass phrase, and no burden to hash.
const LONGEST_PASSWORD: usize = 1024;

/// A user with this password, not yet stored.
pub(crate) async fn new_user(
    email: Email,
    name: Option<String>,
    password: &Secret,
) -> Result<User, Failure> {
    Ok(User {
        id: UserId::from_bytes(SystemEntropy::new().time_ordered_id()),
        email,
        email_verified: false,
        name,
        profile: Profile::default(),
        enabled: true,
        password_hash: Some(hash(password).await?),
        sealed_totp_secret: None,
        created_at: now(),
    })
}

async fn hash(password: &Secret) -> Result<String, Failure> {
    let passwords = Argon2Passwords::new(&SystemEntropy::new());
    Ok(passwords.hash(password).await?)
}

/// Stores a new user, or exit code 4.
pub(crate) async fn insert(setup: &Setup, user: &User) -> Result<(), Failure> {
    match setup.store.insert_user(user).await? {
        Race::Won => Ok(()),
        Race::Lost => Err(Failure::new(
            Exit::Conflict,
            format!(
                "There is a user with the e-mail address {} already.",
                user.email
            ),
        )),
    }
}

async fn set_enabled(args: &UserArgs, enabled: bool) -> Result<(), Failure> {
    let setup = Setup::open(&args.config).await?;
    let user = change(&setup, &args.user, |user| user.enabled = enabled).await?;
    let revoked = if enabled {
        None
    } else {
        Some(shut_out(&setup, &user).await?)
    };
    let mut record = UserRecord::from(&user);
    record.revoked_grants = revoked;
    record::print(&record, args.output)
}

async fn set_password(args: &UserArgs, password: PasswordArgs) -> Result<(), Failure> {
    let (password, made) = password.password()?;
    let setup = Setup::open(&args.config).await?;
    let hash = hash(&password).await?;
    let user = change(&setup, &args.user, |user| user.password_hash = Some(hash)).await?;
    let revoked = shut_out(&setup, &user).await?;
    let mut record = UserRecord::from(&user);
    record.revoked_grants = Some(revoked);
    record.password = made.then(|| password.expose_secret());
    record::print(&record, args.output)
}

async fn set_claims(args: &UserArgs, file: &Path) -> Result<(), Failure> {
    let claims = Claims::read(file)?;
    let setup = Setup::open(&args.config).await?;
    let user = change(&setup, &args.user, |user| claims.put_into(user)).await?;
    record::print(&UserRecord::from(&user), args.output)
}

async fn enable_totp(args: &UserArgs) -> Result<(), Failure> {
    let setup = Setup::open(&args.config).await?;
    let vault = setup.codecs().await?;
    let mut secret = [0; 20];
    SystemEntropy::new().fill(&mut secret);
    let user = change(&setup, &args.user, |user| {
        user.sealed_totp_secret = Some(vault.seal(&totp_context(user.id), &secret));
    })
    .await?;
    let issuer = setup.settings.issuer.as_deref().unwrap_or("Countersign");
    let issuer = issuer.split_once("://").map_or(issuer, |(_, host)| host);
    let uri = TotpCodes.enrollment_uri(&secret, issuer, user.email.as_str());
    record::print_enrollment(&user, &secret, &uri, args.output)
}

/// The user of this id or e-mail address, or exit code 3.
async fn find(setup: &Setup, user: &str) -> Result<User, Failure> {
    let found = match (user.parse(), Email::parse(user)) {
        (Ok(id), _) => setup.store.find_user(UserKey::Id(id)).await?,
        (_, Ok(email)) => setup.store.find_user(UserKey::Email(&email)).await?,
        _ => None,
    };
    found.ok_or_else(|| not_found(user))
}

/// Reads a user, changes it, and writes it back. Of two at once the last one wins, so nothing slow comes
/// between reading and writing: the change cannot wait.
async fn change(
    setup: &Setup,
    user: &str,
    change: impl FnOnce(&mut User),
) -> Result<User, Failure> {
    let mut user = find(setup, user).await?;
    change(&mut user);
    match setup.store.update_user(&user).await? {
        Race::Won => Ok(user),
        Race::Lost => Err(not_found(user.email.as_str())),
    }
}

/// Ends all sessions of a user who was shut out, forgets their devices and revokes all their grants; says how many grants
/// there were. It comes after the user's row, so that nothing new can follow, and the sessions before the grants, so
/// that no session makes another.
async fn shut_out(setup: &Setup, user: &User) -> Result<u64, Failure> {
    let (store, now) = (&setup.store, now());
    store.end_sessions(user.id, None, now).await?;
    store.remove_devices(user.id).await?;
    let subject = Subject::from(user.id);
    Ok(store.revoke_all(&subject, None, now).await?)
}

fn not_found(user: &str) -> Failure {
    Failure::new(
        Exit::NotFound,
        format!(
            "There is no user with the id or e-mail address {user:?}. `countersign users list` lists those there are."
        ),
    )
}
