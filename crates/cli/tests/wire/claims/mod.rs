//! Claims policies: groups, roles, attributes and fixed values in tokens and responses.

mod application;
mod attributes;
mod profile;
mod roles;

use crate::facts::{FORM, JSON, TENANT};
use crate::harness::Server;
use crate::introspection::introspected;
use crate::requests::{claims, exchange};
use axum::body::Body;
use axum::http::{Request, header};
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::claims::mapping::{ClaimMapping, ClaimSource, Destination};
use countersign_domain::claims::policy::ClaimsPolicy;
use countersign_domain::identifier::UserId;
use countersign_domain::resource::Resource;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::token::custom_claims::CustomValue;
use countersign_ports::{
    After, Audit as _, Definition, DefinitionKey, DefinitionRepository as _, Store,
};
use countersign_store_contract::fixtures::{self, application_role, defined_role, mapping};
use serde_json::{Value, json};

pub(super) const API: &str = "https://api.example";

fn group(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

fn policy(mappings: impl IntoIterator<Item = ClaimMapping>) -> ClaimsPolicy {
    ClaimsPolicy {
        mappings: mappings.into_iter().collect(),
        ..ClaimsPolicy::none()
    }
}

fn into(mapping: ClaimMapping, into: &[Destination]) -> ClaimMapping {
    ClaimMapping {
        into: into.iter().copied().collect(),
        ..mapping
    }
}

fn fixed(claim: &str, value: impl Into<CustomValue>) -> ClaimMapping {
    ClaimMapping {
        source: ClaimSource::Value(value.into()),
        ..mapping(claim, "groups")
    }
}

fn jane() -> UserId {
    fixtures::user_id(1)
}

/// Returns a server with a user in the group `berlin`, whose parent is `staff`. Members of `staff` are editors of [`API`].
pub(super) async fn server() -> Server {
    let server = Server::start().await;
    let api = ResourceServer {
        introspection_clients: vec![fixtures::client_id("other")],
        roles: vec![defined_role("editor"), defined_role("reader")],
        ..ResourceServer::new(API, "API", fixtures::NOW)
    };
    server.put_resource_server(api).await;
    let mut staff = Group::new(group("staff"), fixtures::NOW);
    staff.roles.insert(API, application_role("editor"));
    let mut berlin = Group::new(group("berlin"), fixtures::NOW);
    berlin.parents.insert(group("staff"));
    for own in [staff, berlin] {
        server.put(Definition::Group(own)).await;
    }
    let mut user = fixtures::user(1, "jane@example.com");
    user.groups.push(group("berlin"));
    server.add_user(&user).await;
    server
}

/// Returns a code of `web` for the user, for these resources.
fn code_for<S: Store>(server: &Server<S>, resources: &[&str]) -> String {
    server.code_with("web", |code| {
        code.authorization.subject = jane().into();
        let resources = resources.iter().map(|uri| Resource::parse(uri).unwrap());
        code.authorization.access.resources = resources.collect();
    })
}

/// Returns the claims of the ID token and the access token of a redemption.
async fn redeemed<S: Store>(server: &Server<S>, resources: &[&str]) -> (Value, Value, String) {
    let code = code_for(server, resources);
    let tokens = server.redeem("web", &code).await.ok();
    let access = tokens.text("access_token");
    (claims(&tokens.text("id_token")), claims(&access), access)
}

async fn userinfo(server: &Server, token: &str) -> Value {
    let request = Request::get("/oauth2/userinfo");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    answer.ok().json()
}

/// Returns the text of all events of commands, one in each line.
async fn recorded(server: &Server) -> String {
    let events = server.store.list_events(TENANT, After::start()).await;
    let events = events.unwrap().items;
    let lines = events.iter().map(|record| {
        let event = &record.event;
        let changes = event.changes.iter();
        let changes: Vec<_> = changes
            .map(|own| format!("{} {:?} {:?}", own.field, own.before, own.after))
            .collect();
        format!("{:?} by {:?}: {changes:?}\n", event.action, event.operator)
    });
    lines.collect()
}

#[tokio::test]
async fn client_policy_sets_claims_of_all_tokens_and_responses() {
    let server = server().await;
    let all = policy([mapping("groups", "groups"), fixed("plan", "team")]);
    server.change("web", |web| web.claims_policy = all).await;
    let (id_token, access_token, token) = redeemed(&server, &[]).await;
    let described = introspected(&server, "web", &token).await;
    for found in [
        id_token,
        access_token,
        userinfo(&server, &token).await,
        described,
    ] {
        assert_eq!(found["groups"], json!(["berlin", "staff"]));
        assert_eq!(found["plan"], "team");
        assert_eq!(found["sub"], jane().to_string());
    }
}

#[tokio::test]
async fn each_destination_has_only_its_claims() {
    let server = server().await;
    let all = Destination::ALL.iter();
    let each = policy(all.map(|own| into(fixed(own.as_str(), true), &[*own])));
    server.change("web", |web| web.claims_policy = each).await;
    let (id_token, access_token, token) = redeemed(&server, &[]).await;
    let found = [
        (Destination::IdToken, id_token),
        (Destination::AccessToken, access_token),
        (Destination::UserInfo, userinfo(&server, &token).await),
        (
            Destination::Introspection,
            introspected(&server, "web", &token).await,
        ),
    ];
    for (into, found) in found {
        for own in Destination::ALL {
            assert_eq!(
                found.get(own.as_str()).is_some(),
                *own == into,
                "{own:?} in {into:?}"
            );
        }
    }
}

#[tokio::test]
async fn client_without_policy_has_no_further_claims() {
    let server = server().await;
    let (id_token, access_token, token) = redeemed(&server, &[]).await;
    for found in [id_token, access_token, userinfo(&server, &token).await] {
        assert_eq!((found.get("groups"), found.get("roles")), (None, None));
    }
}

#[tokio::test]
async fn group_change_is_in_next_token_of_both_dialects() {
    let server = server().await;
    let groups = policy([mapping("groups", "groups")]);
    server.change("web", |web| web.claims_policy = groups).await;
    let tokens = server.redeem("web", &code_for(&server, &[])).await.ok();
    server.change_user(jane(), |user| user.groups.clear()).await;
    let refreshed = server
        .refresh("web", &tokens.text("refresh_token"))
        .await
        .ok();
    for token in ["access_token", "id_token"] {
        assert_eq!(
            claims(&tokens.text(token))["groups"],
            json!(["berlin", "staff"])
        );
        assert_eq!(
            claims(&refreshed.text(token)).get("groups"),
            None,
            "{token}"
        );
    }
    server
        .change_user(jane(), |user| user.groups.push(group("staff")))
        .await;
    for (dialect, is_json) in [(FORM, false), (JSON, true)] {
        let code = code_for(&server, &[]);
        let parameters = exchange("web", &code);
        let answer = if is_json {
            server.json(dialect, &parameters).await
        } else {
            server.form(dialect, &parameters).await
        };
        let token = answer.ok().text("access_token");
        assert_eq!(claims(&token)["groups"], json!(["staff"]), "{dialect}");
    }
}

#[tokio::test]
async fn changed_group_definition_reaches_other_nodes_with_the_feed() {
    let server = server().await;
    let groups = policy([mapping("groups", "groups")]);
    server.change("web", |web| web.claims_policy = groups).await;
    let other = server.beside();
    let both = json!(["berlin", "staff"]);
    for node in [&server, &other] {
        assert_eq!(redeemed(node, &[]).await.1["groups"], both);
    }
    let key = DefinitionKey::of::<Group>("berlin");
    let Some(Definition::Group(mut berlin)) =
        server.store.find_definition(TENANT, &key).await.unwrap()
    else {
        panic!("the group exists");
    };
    berlin.parents.clear();
    server.put(Definition::Group(berlin)).await;
    assert_eq!(redeemed(&server, &[]).await.1["groups"], json!(["berlin"]));
    other.follow().await;
    assert_eq!(redeemed(&other, &[]).await.1["groups"], json!(["berlin"]));
    other
        .change_user(jane(), |user| user.groups = vec![group("staff")])
        .await;
    for node in [&server, &other] {
        assert_eq!(
            redeemed(node, &[]).await.1["groups"],
            json!(["staff"]),
            "at once"
        );
    }
}

#[tokio::test]
async fn resource_server_sets_roles_of_its_tokens_and_wins_over_client() {
    let server = server().await;
    let key = DefinitionKey::of::<ResourceServer>(API);
    let found = server.store.find_definition(TENANT, &key);
    let Some(Definition::ResourceServer(mut api)) = found.await.unwrap() else {
        panic!("the resource server exists");
    };
    let own = [Destination::AccessToken, Destination::Introspection];
    api.claims_policy = policy([into(mapping("roles", "roles"), &own)]);
    server.put_resource_server(api).await;
    let forged = CustomValue::List(vec!["admin".into()]);
    let forged = policy([fixed("roles", forged)]);
    server.change("web", |web| web.claims_policy = forged).await;
    let (id_token, access_token, token) = redeemed(&server, &[API]).await;
    assert_eq!(access_token["roles"], json!(["editor"]));
    assert_eq!(id_token["roles"], json!(["admin"]));
    assert_eq!(
        introspected(&server, "other", &token).await["roles"],
        json!(["editor"])
    );
    let (_, several, _) = redeemed(&server, &[API, "https://b.example"]).await;
    assert_eq!(
        several.get("roles"),
        None,
        "the API decides about its roles"
    );
    let (_, other, _) = redeemed(&server, &["https://b.example"]).await;
    assert_eq!(other["roles"], json!(["admin"]), "not a resource server");
    server.change_user(jane(), |user| user.groups.clear()).await;
    assert_eq!(
        introspected(&server, "other", &token).await.get("roles"),
        None
    );
}

#[tokio::test]
async fn client_that_is_its_own_audience_gets_no_claims_of_a_resource_server() {
    let server = server().await;
    // An earlier version allowed this audience.
    let mut api = ResourceServer::new("web", "API", fixtures::NOW);
    let own = into(fixed("plan", "server"), &[Destination::AccessToken]);
    api.claims_policy = policy([own]);
    server.put_resource_server(api).await;
    let (_, access_token, _) = redeemed(&server, &[]).await;
    assert_eq!(
        (&access_token["aud"], access_token.get("plan")),
        (&json!("web"), None)
    );
}
