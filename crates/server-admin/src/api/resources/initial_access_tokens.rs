//! `/initial-access-tokens`.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::NAME;
use crate::api::slice::{List, name};
use countersign_application::App;
use countersign_application::admin::initial_access_tokens::{
    CreatedInitialAccessToken, NewInitialAccessToken, UsedInitialAccessToken,
};
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{ClientsRead, ClientsWrite};
use countersign_domain::client::dynamic::initial_access_token::{InitialAccessToken, TokenName};
use countersign_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Longest lifetime.
const LATEST: u64 = Timestamp::LATEST.as_unix_seconds();

/// Token to create.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewInitialAccessToken")]
struct New {
    /// Name: lower-case letters, digits and hyphens.
    #[schemars(regex(pattern = NAME))]
    name: String,
    /// Seconds until the token expires. If absent, it never expires.
    #[serde(default)]
    #[schemars(range(min = 1, max = LATEST))]
    lifetime: Option<u64>,
    /// Maximum number of clients that can register with it. If absent, there is no limit.
    #[serde(default)]
    #[schemars(range(min = 1, max = u32::MAX))]
    max_uses: Option<u32>,
}

/// Initial access token, without its value.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InitialAccessToken")]
struct View {
    /// Name.
    name: String,
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
    /// Expiry time, in seconds since the Unix epoch; `null` for never.
    expires_at: Option<u64>,
    /// Maximum number of clients that can register with it; `null` for no limit.
    max_uses: Option<u32>,
    /// Number of clients that registered with it.
    uses: u64,
}

impl View {
    fn of(token: &InitialAccessToken, uses: u64) -> Self {
        Self {
            name: token.name.to_string(),
            created_at: token.created_at.as_unix_seconds(),
            expires_at: token.expires_at.map(Timestamp::as_unix_seconds),
            max_uses: token.most_uses,
            uses,
        }
    }
}

/// Created token. The value is never shown again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CreatedInitialAccessToken")]
struct Created {
    #[serde(flatten)]
    token: View,
    /// Value, for the `Authorization` header of a registration.
    initial_access_token: String,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let all = "/initial-access-tokens";
    vec![
        Operation::list(
            (all, "listInitialAccessTokens", "List initial access tokens"),
            &[ClientsRead],
        )
        .gives::<List<View>>()
        .by(list),
        Operation::create(
            (
                all,
                "createInitialAccessToken",
                "Create a token with which clients register themselves",
            ),
            &[ClientsWrite],
        )
        .takes::<New>()
        .gives::<Created>()
        .keeps(created)
        .by(create),
        Operation::delete(
            (
                "/initial-access-tokens/{name}",
                "deleteInitialAccessToken",
                "Delete an initial access token",
            ),
            &[ClientsWrite],
        )
        .by(delete),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let tokens = &call.commands().initial_access_tokens;
    let slice = tokens.list(&call.tenant, &call.operator, after).await?;
    let key = |used: &UsedInitialAccessToken| used.token.name.to_string();
    let view = |used: &UsedInitialAccessToken| View::of(&used.token, used.uses);
    Reply::of(&List::of(&slice, key, view))
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: New = call.body()?;
    let name = TokenName::parse(&body.name).map_err(|error| Problem::field("name", error))?;
    if body.lifetime == Some(0) || body.lifetime.is_some_and(|own| own > LATEST) {
        let rule = format!("must be 1 to {LATEST}");
        return Err(Problem::field("lifetime", rule));
    }
    if body.max_uses == Some(0) {
        return Err(Problem::field("max_uses", "must be at least 1"));
    }
    let new = NewInitialAccessToken {
        name,
        lifetime: body.lifetime.map(Duration::from_secs),
        most_uses: body.max_uses,
    };
    let tokens = &call.commands().initial_access_tokens;
    let creation = tokens.create(&call.tenant, &call.operator, new);
    created(&creation.await?)
}

fn created(created: &CreatedInitialAccessToken) -> Outcome {
    Reply::of(&Created {
        token: View::of(&created.token, 0),
        initial_access_token: created.text.expose_secret().to_owned(),
    })
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let missing = |_| AdminError::NotFound(Missing::InitialAccessToken);
    let name = TokenName::parse(call.path(0)).map_err(missing)?;
    let tokens = &call.commands().initial_access_tokens;
    let deleted = tokens.delete(&call.tenant, &call.operator, &name, None);
    deleted.await?;
    Ok(Reply::empty())
}
