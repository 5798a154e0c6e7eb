//! `/users`.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::PLAIN_TEXT;
use crate::api::slice::List;
use countersign_application::App;
use countersign_application::admin::users::{CreateUser, EditUser};
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{UsersRead, UsersResetFactors, UsersWrite};
use countersign_domain::identifier::UserId;
use countersign_domain::secret::Secret;
use countersign_domain::user::{Email, User};
use countersign_ports::Slice;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Regular expression of an email address.
const EMAIL: &str = r"^[^\s@\u0000-\u001f\u007f-\u009f]+@[^\s@\u0000-\u001f\u007f-\u009f]+$";

/// Fields of a user that operators edit.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UserFields")]
struct Body {
    /// Email address for signing in. A new address is unverified.
    #[schemars(length(max = 254), regex(pattern = EMAIL))]
    email: String,
    /// Whether the user has proved control of the address. It has no effect at creation.
    #[serde(default)]
    email_verified: bool,
    /// Full name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
    name: Option<String>,
}

/// User.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "User")]
struct View {
    /// Identifier.
    id: String,
    #[serde(flatten)]
    fields: Body,
    /// Whether the user may sign in.
    enabled: bool,
    /// Whether the user has a password.
    has_password: bool,
    /// Whether the user has an authenticator app.
    has_totp: bool,
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
    /// Generated password. It is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// Number of grants that the command revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_grants: Option<u64>,
}

impl From<&User> for Body {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            name: user.name.clone(),
        }
    }
}

impl From<&User> for View {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            fields: user.into(),
            enabled: user.enabled,
            has_password: user.password_hash.is_some(),
            has_totp: user.sealed_totp_secret.is_some(),
            created_at: user.created_at.as_unix_seconds(),
            password: None,
            revoked_grants: None,
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let one = "/users/{user_id}";
    let list_users = Operation::list(("/users", "listUsers", "List users"), &[UsersRead]);
    vec![
        list_users
            .queried_by(&["after", "limit", "email"])
            .gives::<List<View>>()
            .by(list),
        Operation::create(("/users", "createUser", "Create a user"), &[UsersWrite])
            .takes::<Body>()
            .gives::<View>()
            .keeps(created)
            .by(create),
        Operation::get((one, "getUser", "Show a user"), &[UsersRead])
            .gives::<View>()
            .by(get),
        Operation::patch(
            (one, "updateUser", "Change a user"),
            &[UsersRead, UsersWrite],
        )
        .takes::<Body>()
        .gives::<View>()
        .by(patch),
        Operation::post(
            ("/users/{user_id}/enable", "enableUser", "Enable a user"),
            &[UsersWrite],
        )
        .gives::<View>()
        .by(enable),
        Operation::post(
            (
                "/users/{user_id}/disable",
                "disableUser",
                "Disable a user and sign them out",
            ),
            &[UsersWrite],
        )
        .gives::<View>()
        .by(disable),
        Operation::post(
            (
                "/users/{user_id}/reset-factors",
                "resetUserFactors",
                "Remove the second factors of a user",
            ),
            &[UsersResetFactors],
        )
        .gives::<View>()
        .by(reset_factors),
        Operation::post(
            (
                "/users/{user_id}/reset-password",
                "resetUserPassword",
                "Generate a new password for a user",
            ),
            &[UsersResetFactors],
        )
        .gives::<View>()
        .by(reset_password),
    ]
}

/// Returns the user ID in the path.
pub(in crate::api) fn user_id<A: App>(call: &Call<A>) -> Result<UserId, Problem> {
    let missing = |_| AdminError::NotFound(Missing::User).into();
    call.path(0).parse::<UserId>().map_err(missing)
}

fn email(text: &str) -> Result<Email, Problem> {
    Email::parse(text).map_err(|error| Problem::field("email", error))
}

fn shut_out((user, revoked): &(User, u64)) -> Outcome {
    let mut view = View::from(user);
    view.revoked_grants = Some(*revoked);
    Reply::of(&view)
}

/// Lists all users, or the one with the email address of the parameter `email`.
async fn list<A: App>(call: Call<A>) -> Outcome {
    let users = &call.commands().users;
    let slice = if let Some(text) = call.query("email") {
        let address = email(text)?;
        let found = users.find(&call.tenant, &call.operator, address.as_str());
        let items = match found.await {
            Ok(user) => vec![user],
            Err(AdminError::NotFound(_)) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Slice {
            items,
            has_more: false,
        }
    } else {
        let after = call.after(|text| text.parse().ok())?;
        users.list(&call.tenant, &call.operator, after).await?
    };
    Reply::of(&List::of(&slice, |user| user.id.to_string(), View::from))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let user = found(&call).await?;
    Ok(Reply::of(&View::from(&user))?.at(user.version))
}

async fn found<A: App>(call: &Call<A>) -> Result<User, Problem> {
    let id = user_id(call)?.to_string();
    let users = &call.commands().users;
    Ok(users.find(&call.tenant, &call.operator, &id).await?)
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let new = CreateUser {
        email: email(&body.email)?,
        name: body.name,
        claims: Vec::new(),
        password: None,
    };
    let users = &call.commands().users;
    created(&users.create(&call.tenant, &call.operator, new).await?)
}

fn created((user, password): &(User, Option<Secret>)) -> Outcome {
    let mut view = View::from(user);
    let password = password.as_ref().map(Secret::expose_secret);
    view.password = password.map(str::to_owned);
    Ok(Reply::of(&view)?.at(user.version))
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    let user = found(&call).await?;
    let expected = call.version(user.version)?;
    let body = call.patched(&Body::from(&user))?;
    let edit = EditUser {
        email: email(&body.email)?,
        email_verified: body.email_verified,
        name: body.name,
    };
    let users = &call.commands().users;
    let edited = users.edit(&call.tenant, &call.operator, user.id, expected, &edit);
    let user = call.changed(edited.await)?;
    Ok(Reply::of(&View::from(&user))?.at(user.version))
}

async fn enable<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let user = users.enable(&call.tenant, &call.operator, id).await?;
    Ok(Reply::of(&View::from(&user))?.at(user.version))
}

async fn disable<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let commands = call.commands();
    let (users, sessions) = (&commands.users, &commands.ending);
    let disabled = users.disable(&call.tenant, &call.operator, sessions, id);
    shut_out(&disabled.await?)
}

async fn reset_factors<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let commands = call.commands();
    let (users, sessions) = (&commands.users, &commands.ending);
    let reset = users.reset_factors(&call.tenant, &call.operator, sessions, id);
    shut_out(&reset.await?)
}

async fn reset_password<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let commands = call.commands();
    let (users, sessions) = (&commands.users, &commands.ending);
    let set = users.set_password(&call.tenant, &call.operator, sessions, id, None);
    let set = set.await?;
    let mut view = View::from(&set.user);
    view.revoked_grants = Some(set.revoked);
    let password = set.password.as_ref().map(Secret::expose_secret);
    view.password = password.map(str::to_owned);
    Reply::of(&view)
}
