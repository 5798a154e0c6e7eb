use super::*;
use crate::claims::evaluation::{ClaimFacts, Dropped};
use crate::claims::groups::EffectiveGroups;
use crate::claims::mapping::ListFormat;
use crate::claims::roles::{ApplicationRole, ApplicationRoleName};
use crate::later::LaterMembers;
use crate::scope::Scope;
use crate::test_facts::{NOW, confidential_client as client, user};
use crate::token::custom_claims::CustomClaims;
use crate::user::User;
use alloc::vec;
use alloc::vec::Vec;
use core::slice;

/// Returns a mapping of a fixed value, which is the owner of the policy.
fn fixed(claim: &str, owner: &str) -> ClaimMapping {
    ClaimMapping {
        source: ClaimSource::Value(owner.into()),
        ..from(claim, "groups")
    }
}

fn from(claim: &str, source: &str) -> ClaimMapping {
    ClaimMapping {
        claim: claim.into(),
        source: ClaimSource::parse(source).unwrap(),
        into: [Destination::AccessToken].into_iter().collect(),
        scope: None,
        prefix: None,
        format: ListFormat::List,
    }
}

/// Returns a resource server with the role `editor`, which the user of [`set`] holds at each.
fn server(audience: &str, mappings: Vec<ClaimMapping>) -> Arc<ResourceServer> {
    let mut server = ResourceServer::new(audience, "API", NOW);
    server.roles.push(ApplicationRole {
        name: ApplicationRoleName::parse("editor").unwrap(),
        description: String::new(),
        later: LaterMembers::default(),
    });
    server.claims_policy.mappings = mappings;
    Arc::new(server)
}

/// Returns the claims of an access token for these resource servers, and why mappings set none.
fn set(
    servers: &[Arc<ResourceServer>],
    of_client: Vec<ClaimMapping>,
) -> (CustomClaims, Vec<Option<Dropped>>) {
    let mut owner: User = user();
    for audience in ["a", "b"] {
        let editor = ApplicationRoleName::parse("editor").unwrap();
        owner.roles.insert(audience, editor);
    }
    let mut client = client();
    client.claims_policy.mappings = of_client;
    let audience: Vec<String> = servers.iter().map(|own| own.audience.clone()).collect();
    let all = [server("a", Vec::new()), server("b", Vec::new())];
    let facts = ClaimFacts {
        user: Some(&owner),
        groups: &EffectiveGroups::default(),
        attributes: &[],
        servers: &all,
        scope: &Scope::none(),
    };
    let policies = Policies::of(Destination::AccessToken, &client, (&audience, servers));
    let (mut claims, mut results) = (CustomClaims::none(), Vec::new());
    facts.evaluate(&policies, &mut claims, |own| results.push(own.dropped));
    (claims, results)
}

const DECIDES: Option<Dropped> = Some(Dropped::ResourceServerDecides);

#[test]
fn client_cannot_set_access_claims_for_resource_server() {
    let names = ["groups", "roles", "entitlements"];
    let mappings = || names.map(|claim| fixed(claim, "client")).to_vec();
    let (a, b) = (server("a", Vec::new()), server("b", Vec::new()));
    assert_eq!(set(slice::from_ref(&a), mappings()).1, [DECIDES; 3]);
    assert_eq!(set(&[a, b], mappings()).1, [DECIDES; 3]);
    assert_eq!(set(&[], mappings()).1, [None; 3], "no resource server");
}

#[test]
fn client_cannot_set_claim_that_resource_server_names() {
    // The user has no nickname, so the resource server sets no value.
    let own = vec![from("tier", "profile:nickname"), fixed("plan", "server")];
    let a = server("a", own.clone());
    let of_client = || {
        vec![
            fixed("tier", "client"),
            fixed("plan", "client"),
            fixed("x", "y"),
        ]
    };
    let (claims, results) = set(slice::from_ref(&a), of_client());
    assert_eq!(
        results,
        [Some(Dropped::NoValue), None, DECIDES, DECIDES, None]
    );
    assert_eq!(claims.get("plan"), Some(&"server".into()));
    assert_eq!(claims.get("tier"), None);
    let b = server("b", Vec::new());
    let (claims, results) = set(&[b, a], of_client());
    assert_eq!(results, [DECIDES, DECIDES, None], "several audiences");
    assert_eq!(claims.get("plan"), None);
}

#[test]
fn roles_of_one_resource_server_do_not_reach_tokens_for_another() {
    let (a, b) = (server("a", Vec::new()), server("b", Vec::new()));
    let roles = || vec![from("https://x.example/roles", "roles:a")];
    assert_eq!(set(slice::from_ref(&a), roles()).1, [None]);
    assert_eq!(set(slice::from_ref(&b), roles()).1, [DECIDES]);
    assert_eq!(set(&[a, b], roles()).1, [DECIDES]);
    assert_eq!(set(&[], roles()).1, [None], "the client itself");
}

#[test]
fn resource_server_does_not_limit_what_the_client_receives() {
    let mut client = client();
    let all = Destination::ALL.iter().copied().collect();
    client.claims_policy.mappings = vec![ClaimMapping {
        into: all,
        ..fixed("roles", "client")
    }];
    let server = server("a", vec![fixed("roles", "server")]);
    for into in Destination::ALL {
        let (audience, receivers) = (["a".into()], [server.clone()]);
        let policies = Policies::of(*into, &client, (&audience, &receivers));
        let withheld = policies.withholds(&client.claims_policy.mappings[0]);
        assert_eq!(withheld, *into == Destination::AccessToken, "{into:?}");
    }
}
