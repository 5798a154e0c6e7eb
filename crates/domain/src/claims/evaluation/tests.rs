use super::*;
use crate::administration::group::Group;
use crate::administration::group_name::GroupName;
use crate::claims::attribute::AttributeParty;
use crate::claims::attribute_value::AttributeName;
use crate::claims::roles::{ApplicationRole, ApplicationRoleName};
use crate::claims::value_rule::AttributeType;
use crate::later::LaterMembers;
use crate::test_facts::{NOW, confidential_client as client, user};
use alloc::format;
use alloc::vec;
use core::convert::Infallible;

struct World {
    user: User,
    groups: EffectiveGroups,
    attributes: Vec<Arc<Attribute>>,
    servers: Vec<Arc<ResourceServer>>,
    scope: Scope,
}

fn name(text: &str) -> AttributeName {
    AttributeName::parse(text).unwrap()
}

impl World {
    fn new() -> Self {
        let mut user = user();
        user.name = Some("Jane Doe".into());
        let value = AttributeValue::Text("4711".into());
        user.attributes.values.insert(name("cost_center"), value);
        let direct = ["team-red", "staff"].map(|own| GroupName::parse(own).unwrap());
        let find = |name: &GroupName| {
            let mut group = Group::new(name.clone(), NOW);
            group
                .roles
                .insert("api", ApplicationRoleName::parse("editor").unwrap());
            Ok::<_, Infallible>(Some(Arc::new(group)))
        };
        let Ok(groups) = EffectiveGroups::of(&direct, find);
        let mut cost = Attribute::new(name("cost_center"), AttributeType::Text, NOW);
        cost.readers.insert(AttributeParty::Application);
        let mut api = ResourceServer::new("api", "API", NOW);
        let editor = ApplicationRoleName::parse("editor").unwrap();
        api.roles.push(ApplicationRole {
            name: editor,
            description: String::new(),
            later: LaterMembers::default(),
        });
        Self {
            user,
            groups,
            attributes: vec![Arc::new(cost)],
            servers: vec![Arc::new(api)],
            scope: Scope::parse("openid teams").unwrap(),
        }
    }

    fn facts(&self) -> ClaimFacts<'_> {
        ClaimFacts {
            user: Some(&self.user),
            groups: &self.groups,
            attributes: &self.attributes,
            servers: &self.servers,
            scope: &self.scope,
        }
    }
}

fn mapping(claim: &str, source: &str) -> ClaimMapping {
    ClaimMapping {
        claim: claim.into(),
        source: ClaimSource::parse(source).unwrap(),
        into: Destination::ALL.iter().copied().collect(),
        scope: None,
        prefix: None,
        format: ListFormat::List,
    }
}

/// Evaluates the policy of a client for its access tokens, whose audience is `api`.
fn evaluated(
    facts: &ClaimFacts<'_>,
    mappings: Vec<ClaimMapping>,
) -> (CustomClaims, Vec<Option<Dropped>>) {
    evaluated_for(&["api"], facts, mappings)
}

fn evaluated_for(
    audience: &[&str],
    facts: &ClaimFacts<'_>,
    mappings: Vec<ClaimMapping>,
) -> (CustomClaims, Vec<Option<Dropped>>) {
    let mut client = client();
    client.claims_policy.mappings = mappings;
    let audience: Vec<String> = audience.iter().map(|&own| own.into()).collect();
    let policies = Policies::of(Destination::AccessToken, &client, (&audience, &[]));
    let (mut claims, mut results) = (CustomClaims::none(), Vec::new());
    facts.evaluate(&policies, &mut claims, |own| results.push(own.dropped));
    (claims, results)
}

fn dropped(facts: &ClaimFacts<'_>, mapping: ClaimMapping) -> Option<Dropped> {
    evaluated(facts, vec![mapping]).1[0]
}

fn list(names: &[&str]) -> CustomValue {
    CustomValue::List(names.iter().map(|own| CustomValue::from(*own)).collect())
}

#[test]
fn each_source_gives_its_value() {
    let world = World::new();
    let mut plan = mapping("plan", "groups");
    plan.source = ClaimSource::Value(CustomValue::Number(7));
    let mut joined = mapping("all", "groups");
    joined.format = ListFormat::SpaceSeparated;
    let mut teams = mapping("teams", "groups");
    teams.prefix = Some("team-".into());
    let all = vec![
        mapping("groups", "groups"),
        joined,
        teams,
        mapping("roles", "roles"),
        mapping("entitlements", "roles:api"),
        mapping("cost", "attribute:cost_center"),
        mapping("display_name", "profile:name"),
        plan,
    ];
    let (claims, results) = evaluated(&world.facts(), all);
    assert_eq!(results, [None; 8]);
    for (claim, value) in [
        ("groups", list(&["team-red", "staff"])),
        ("all", "team-red staff".into()),
        ("teams", list(&["team-red"])),
        ("roles", list(&["editor"])),
        ("entitlements", list(&["editor"])),
        ("cost", "4711".into()),
        ("display_name", "Jane Doe".into()),
        ("plan", CustomValue::Number(7)),
    ] {
        assert_eq!(claims.get(claim), Some(&value), "{claim}");
    }
}

#[test]
fn claim_without_value_is_left_out_and_says_why() {
    let world = World::new();
    let facts = world.facts();
    let mut scoped = mapping("groups", "groups");
    scoped.scope = Some("groups".into());
    assert_eq!(dropped(&facts, scoped.clone()), Some(Dropped::ScopeMissing));
    scoped.scope = Some("teams".into());
    assert_eq!(dropped(&facts, scoped), None);
    let mut other = mapping("groups", "groups");
    other.prefix = Some("nothing".into());
    assert_eq!(dropped(&facts, other), Some(Dropped::NoValue));
    assert_eq!(
        dropped(&facts, mapping("nick", "profile:nickname")),
        Some(Dropped::NoValue)
    );
    assert_eq!(
        dropped(&facts, mapping("r", "roles:other")),
        Some(Dropped::NoValue)
    );
    let several = evaluated_for(&["api", "b"], &facts, vec![mapping("roles", "roles")]);
    assert_eq!(several.1, [Some(Dropped::SeveralAudiences)]);
    let of_client = ClaimFacts {
        user: None,
        ..facts
    };
    for source in ["groups", "roles", "attribute:cost_center", "profile:name"] {
        assert_eq!(
            dropped(&of_client, mapping("x", source)),
            Some(Dropped::NoValue),
            "{source}"
        );
    }
}

#[test]
fn first_mapping_with_a_value_sets_the_claim() {
    let world = World::new();
    let mut fallback = mapping("nick", "groups");
    fallback.source = ClaimSource::Value("none".into());
    let all = vec![
        mapping("nick", "profile:nickname"),
        fallback,
        mapping("nick", "profile:name"),
    ];
    let (claims, results) = evaluated(&world.facts(), all);
    assert_eq!(claims.get("nick"), Some(&"none".into()));
    assert_eq!(
        results,
        [Some(Dropped::NoValue), None, Some(Dropped::AlreadySet)]
    );
}

#[test]
fn claims_over_maximum_length_are_left_out_whole() {
    let world = World::new();
    let mut long = mapping("long", "groups");
    long.source = ClaimSource::Value("x".repeat(1000).as_str().into());
    let all = (0..5).map(|index| ClaimMapping {
        claim: format!("long{index}"),
        ..long.clone()
    });
    let mut all: Vec<_> = all.collect();
    all.push(mapping("cost", "attribute:cost_center"));
    let (claims, results) = evaluated(&world.facts(), all);
    assert_eq!(
        results,
        [None, None, None, None, Some(Dropped::TooLarge), None]
    );
    assert_eq!(claims.iter().len(), 5);
}

#[test]
fn stored_mapping_that_breaks_a_rule_has_no_effect() {
    let world = World::new();
    let facts = world.facts();
    for claim in ["sub", "scope", "email_verified", "email"] {
        assert_eq!(
            dropped(&facts, mapping(claim, "groups")),
            Some(Dropped::NotAllowed),
            "{claim}"
        );
    }
    for claim in ["groups", "roles", "entitlements"] {
        let profile = mapping(claim, "profile:name");
        assert_eq!(
            dropped(&facts, profile),
            Some(Dropped::NotAllowed),
            "{claim}"
        );
    }
}

#[test]
fn attribute_that_not_only_operators_can_write_feeds_no_access() {
    let mut world = World::new();
    let denied = Some(Dropped::AttributeNotAllowed);
    for party in [AttributeParty::User, AttributeParty::Application] {
        let attribute = Arc::make_mut(&mut world.attributes[0]);
        attribute.writers = [AttributeParty::Admin, party].into();
        for claim in ["groups", "roles", "entitlements"] {
            let own = mapping(claim, "attribute:cost_center");
            assert_eq!(dropped(&world.facts(), own), denied, "{claim} {party:?}");
        }
    }
    assert_eq!(
        dropped(&world.facts(), mapping("cost", "attribute:cost_center")),
        None
    );
    assert_eq!(
        dropped(&world.facts(), mapping("cost", "attribute:unknown")),
        denied
    );
}

#[test]
fn value_of_another_type_than_its_attribute_is_left_out() {
    let mut world = World::new();
    let attribute = Arc::make_mut(&mut world.attributes[0]);
    attribute.rule.kind = AttributeType::Number;
    let own = mapping("cost", "attribute:cost_center");
    assert_eq!(dropped(&world.facts(), own), Some(Dropped::AttributeType));
}
