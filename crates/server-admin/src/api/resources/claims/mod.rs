//! `/claims-preview`, and the JSON forms of policies, roles and attributes.

pub(in crate::api) mod held;
pub(in crate::api) mod mapping;

use super::users::{of_client, user_in};
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use countersign_application::App;
use countersign_application::admin::claims::PreviewedClaim;
use countersign_domain::audit::operator::Permission::{
    ClientsRead, ResourceServersRead, UsersRead,
};
use countersign_domain::claims::evaluation::Dropped;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// Claims that policies add to the tokens of a user.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClaimsPreview")]
struct View {
    /// `aud` of the access token.
    audience: String,
    /// Scope of the token.
    scope: String,
    /// Results of all mappings, by destination and in the order in which they are evaluated.
    claims: Vec<ClaimView>,
}

/// Result of one mapping for one token or response.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PreviewedClaim")]
struct ClaimView {
    /// `id_token`, `access_token`, `userinfo` or `introspection`.
    into: &'static str,
    /// Name of the claim.
    claim: String,
    /// Value; absent if the mapping sets none, or a hidden one.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// Whether the mapping sets a value that operators may not read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    /// Why the mapping sets no claim: `scope_missing`, `no_value`, `already_set`, `too_large`, `not_allowed`,
    /// `attribute_not_allowed`, `attribute_type`, `several_audiences` or `resource_server_decides`.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<&'static str>,
    /// Policy with the mapping: `client` or `resource_server`.
    policy: &'static str,
    /// Number of the mapping in its policy, from 1.
    mapping: usize,
    /// Source of the value.
    from: String,
}

impl From<&PreviewedClaim> for ClaimView {
    fn from(claim: &PreviewedClaim) -> Self {
        Self {
            into: claim.into.as_str(),
            claim: claim.claim.clone(),
            value: claim.value.as_ref().map(|own| json!(own)),
            hidden: claim.is_hidden,
            dropped: claim.dropped.map(Dropped::as_str),
            policy: match claim.resource_server {
                Some(_) => "resource_server",
                None => "client",
            },
            mapping: claim.mapping + 1,
            from: claim.source.clone(),
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let texts = (
        "/claims-preview",
        "previewClaims",
        "Preview the claims of a user",
    );
    vec![
        Operation::get(texts, &[UsersRead, ClientsRead, ResourceServersRead])
            .queried_by(&["user_id", "client_id", "resource_server", "scope"])
            .gives::<View>()
            .by(preview),
    ]
}

async fn preview<A: App>(call: Call<A>) -> Outcome {
    let required = |name: &str| {
        call.query(name)
            .ok_or_else(|| Problem::field(name, "is missing"))
    };
    let (user, client) = (
        user_in(required("user_id")?)?,
        of_client(required("client_id")?)?,
    );
    let (server, scope) = (call.query("resource_server"), call.query("scope"));
    let claims = &call.commands().claims;
    let preview = claims.preview(&call.tenant, &call.operator, (user, &client), server, scope);
    let preview = preview.await?;
    Reply::of(&View {
        audience: preview.audience,
        scope: preview.scope,
        claims: preview.claims.iter().map(ClaimView::from).collect(),
    })
}
