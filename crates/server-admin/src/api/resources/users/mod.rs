//! `/users`.

pub(super) mod access;
mod address;
pub(in crate::api) mod body;
pub(super) mod factor_reset;
pub(super) mod identities;
pub(super) mod invitations;

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::slice::List;
use body::{Body, View};
use countersign_application::App;
use countersign_application::admin::users::{AttributeChanges, CreateUser, EditUser};
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{UsersRead, UsersResetFactors, UsersWrite};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::UserId;
use countersign_domain::secret::Secret;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_domain::user::{Email, User};
use countersign_ports::Slice;

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let one = "/users/{user_id}";
    let list_users = Operation::list(("/users", "listUsers", "List users"), &[UsersRead]);
    vec![
        list_users
            .queried_by(&["after", "limit", "email", "email_prefix"])
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
        Operation::delete((one, "deleteUser", "Delete a user"), &[UsersWrite])
            .conditional()
            .by(delete),
        Operation::post(
            (
                "/users/{user_id}/unlock",
                "unlockUser",
                "Clear the failed attempts of a user",
            ),
            &[UsersWrite],
        )
        .gives::<View>()
        .by(unlock),
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
    user_in(call.path(0))
}

/// Parses the ID of a user.
pub(in crate::api) fn user_in(text: &str) -> Result<UserId, Problem> {
    let missing = |_| AdminError::NotFound(Missing::User).into();
    text.parse::<UserId>().map_err(missing)
}

/// Parses the ID of a client.
pub(in crate::api) fn of_client(text: &str) -> Result<ClientId, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Client).into();
    ClientId::parse(text).map_err(missing)
}

/// Parses the email address of a user.
pub(in crate::api) fn email(text: &str) -> Result<Email, Problem> {
    Email::parse(text).map_err(|error| Problem::field("email", error))
}

fn shut_out((user, revoked): (User, u64)) -> Outcome {
    let mut view = View::from(&user);
    view.revoked_grants = Some(revoked);
    Reply::of(&view)
}

/// Lists all users by ID, those whose email address begins with `email_prefix` by address, or the one with the address
/// `email`.
async fn list<A: App>(call: Call<A>) -> Outcome {
    let users = &call.commands().users;
    if let Some(prefix) = call.query("email_prefix") {
        if call.query("email").is_some() {
            let rule = "cannot be combined with email_prefix";
            return Err(Problem::field("email", rule));
        }
        let prefix = EmailPrefix::parse(prefix);
        let prefix = prefix.map_err(|error| Problem::field("email_prefix", error))?;
        let after = call.after(|text| Email::parse(text).ok())?;
        let found = users.search(&call.tenant, &call.operator, &prefix, after);
        let key = |user: &User| user.email.as_str().to_owned();
        let found = found.await?;
        return Reply::of(&List::of(&found, key, View::from));
    }
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
        name: None,
        claims: body.claims(|name| call.gives(name)),
        attributes: body.attributes()?,
        roles: body.roles()?,
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
    let mut attributes: AttributeChanges = body
        .attributes()?
        .into_iter()
        .map(|(name, value)| (name, Some(value)))
        .collect();
    for (name, value) in &user.attributes.values {
        match attributes.get(name) {
            None => attributes.insert(name.clone(), None),
            Some(new) if new.as_ref() == Some(value) => attributes.remove(name),
            Some(_) => continue,
        };
    }
    let edit = EditUser {
        email: Some(email(&body.email)?),
        claims: body.claims(|name| call.gives(name)),
        attributes,
        roles: Some(body.roles()?),
    };
    let users = &call.commands().users;
    let edited = users.edit(&call.tenant, &call.operator, user.id, expected, &edit);
    let user = call.changed(edited.await)?;
    Ok(Reply::of(&View::from(&user))?.at(user.version))
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let commands = call.commands();
    let (users, sessions) = (&commands.users, &commands.ending);
    let deleted = users.delete(&call.tenant, &call.operator, sessions, id, call.expected);
    deleted.await?;
    Ok(Reply::empty())
}

async fn unlock<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let user = users.unlock(&call.tenant, &call.operator, id).await?;
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
    shut_out(disabled.await?)
}

async fn reset_factors<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let commands = call.commands();
    let (users, sessions) = (&commands.users, &commands.ending);
    let reset = users.reset_factors(&call.tenant, &call.operator, sessions, id);
    shut_out(reset.await?)
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
