//! `/invitations`.

use super::body::EMAIL;
use super::email;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::{NAME, PLAIN_TEXT};
use crate::api::slice::{List, name};
use countersign_application::App;
use countersign_application::admin::invitations::NewInvitation;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::audit::operator::Permission::{UsersRead, UsersWrite};
use countersign_domain::user::Email;
use countersign_domain::user::invitation::Invitation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Person to invite.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewInvitation")]
struct Body {
    /// Email address.
    #[schemars(length(max = 254), regex(pattern = EMAIL))]
    email: String,
    /// Groups that the new user joins. They require `groups:write`, and all permissions of the groups.
    #[serde(default)]
    #[schemars(length(max = 100), inner(regex(pattern = NAME)))]
    groups: Vec<String>,
    /// Language of the mail (BCP 47); that of the configuration if absent.
    #[serde(default)]
    #[schemars(length(max = 100), regex(pattern = PLAIN_TEXT))]
    language: Option<String>,
}

/// Invitation to create an account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Invitation")]
struct View {
    /// Email address.
    email: String,
    /// ID that the user will have. The audit events of the invitation name it.
    user_id: String,
    /// Groups that the new user joins.
    groups: Vec<String>,
    /// Time of the first invitation of this address, in seconds since the Unix epoch.
    created_at: u64,
    /// Time from which the link is void, in seconds since the Unix epoch.
    expires_at: u64,
}

impl From<&Invitation> for View {
    fn from(invitation: &Invitation) -> Self {
        Self {
            email: invitation.email.as_str().to_owned(),
            user_id: invitation.user.to_string(),
            groups: invitation.groups.iter().map(ToString::to_string).collect(),
            created_at: invitation.created_at.as_unix_seconds(),
            expires_at: invitation.expires_at.as_unix_seconds(),
        }
    }
}

pub(in crate::api::resources) fn operations<A: App>() -> Vec<Operation<A>> {
    let all = "/invitations";
    vec![
        Operation::list((all, "listInvitations", "List invitations"), &[UsersRead])
            .gives::<List<View>>()
            .by(list),
        Operation::create(
            (
                all,
                "createInvitation",
                "Invite a person to create an account",
            ),
            &[UsersWrite],
        )
        .takes::<Body>()
        .gives::<View>()
        .by(create),
        Operation::delete(
            (
                "/invitations/{email}",
                "revokeInvitation",
                "Revoke an invitation",
            ),
            &[UsersWrite],
        )
        .by(revoke),
    ]
}

fn reply(invitation: &Invitation) -> Outcome {
    Reply::of(&View::from(invitation))
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let invitations = &call.commands().invitations;
    let slice = invitations.list(&call.tenant, &call.operator, after);
    let key = |invitation: &Invitation| invitation.email.to_string();
    Reply::of(&List::of(&slice.await?, key, View::from))
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let groups = body.groups.iter().map(|name| GroupName::parse(name));
    let groups = groups.collect::<Result<_, _>>();
    let new = NewInvitation {
        email: email(&body.email)?,
        groups: groups.map_err(|error| Problem::field("groups", error))?,
        language: body.language,
    };
    let invitations = &call.commands().invitations;
    let invited = invitations.invite(&call.tenant, &call.operator, new);
    reply(&invited.await?)
}

async fn revoke<A: App>(call: Call<A>) -> Outcome {
    let missing = |_| AdminError::NotFound(Missing::Invitation);
    let email = Email::parse(call.path(0)).map_err(missing)?;
    let invitations = &call.commands().invitations;
    let revoked = invitations.revoke(&call.tenant, &call.operator, &email);
    revoked.await?;
    Ok(Reply::empty())
}
