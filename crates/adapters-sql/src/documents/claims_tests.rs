//! Golden documents with roles, attributes and claims policies. Never change them.

use super::definition;
use super::definition_tests::read_as;
use super::tests::{CLIENT_OF_DEFAULTS, read_client, read_user, with};
use super::{client, user};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::claims::attribute::AttributeParty;
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::claims::mapping::{ClaimSource, Destination, ListFormat};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::claims::value_rule::{AttributeType, TextFormat};
use countersign_domain::later::LaterMembers;
use countersign_domain::token::custom_claims::CustomValue;
use countersign_ports::{Definition, DefinitionKind};

const GROUP: &str = include_str!("golden/claims/group_in_group.json").trim_ascii();
const SERVER: &str = include_str!("golden/claims/resource_server_with_roles.json").trim_ascii();
const ATTRIBUTE: &str = include_str!("golden/claims/attribute.json").trim_ascii();
const USER: &str = include_str!("golden/claims/user_with_attributes.json").trim_ascii();
const OWN_SERVER: &str = include_str!("golden/claims/resource_server_with_id.json").trim_ascii();
const OWN_USER: &str = include_str!("golden/claims/user_with_role_servers.json").trim_ascii();
const POLICY: &str = include_str!("golden/claims/client_policy.json").trim_ascii();

/// Returns whether roles contain one at a resource server that an earlier version created.
fn holds(roles: &HeldRoles, role: &str) -> bool {
    let mut roles = roles.at("https://api.example", None);
    roles.any(|own| own.as_str() == role)
}

#[test]
fn golden_roles_belong_to_one_resource_server() {
    let server = read_as(
        DefinitionKind::ResourceServer,
        "https://api.example",
        OWN_SERVER,
    );
    let server = server.unwrap();
    assert_eq!(definition::write(&server).unwrap(), OWN_SERVER);
    let Definition::ResourceServer(server) = server else {
        panic!("not a resource server");
    };
    let user = read_user(OWN_USER).unwrap();
    assert_eq!(user::write(&user).unwrap(), OWN_USER);
    assert_eq!(user.roles.at(&server.audience, server.id).count(), 1);
    assert!(!holds(&user.roles, "editor"));
}

#[test]
fn golden_group_in_groups_has_parents_and_roles() {
    let group = read_as(DefinitionKind::Group, "berlin", GROUP).unwrap();
    assert_eq!(definition::write(&group).unwrap(), GROUP);
    let Definition::Group(group) = group else {
        panic!("not a group");
    };
    assert!(
        group
            .parents
            .iter()
            .map(GroupName::as_str)
            .eq(["all", "staff"])
    );
    for role in ["editor", "reader"] {
        assert!(holds(&group.roles, role), "{role}");
    }
}

#[test]
fn golden_resource_server_has_roles_and_keeps_later_mappings() {
    let server = read_as(DefinitionKind::ResourceServer, "api", SERVER).unwrap();
    assert_eq!(definition::write(&server).unwrap(), SERVER);
    let Definition::ResourceServer(server) = server else {
        panic!("not a resource server");
    };
    assert_eq!(server.roles[0].description, "Ünïcode");
    assert_eq!(server.roles[1].name.as_str(), "a.b:c/d");
    let [mapping] = &server.claims_policy.mappings[..] else {
        panic!("one mapping of this version");
    };
    assert_eq!(mapping.source, ClaimSource::Roles(None));
    assert_eq!(server.claims_policy.later.len(), 1);
}

#[test]
fn role_of_later_version_is_kept() {
    let later = SERVER.replacen(r#"{"name":"#, r#"{"later_color":"red","name":"#, 1);
    assert_ne!(later, SERVER);
    let server = read_as(DefinitionKind::ResourceServer, "api", &later).unwrap();
    let written = definition::write(&server).unwrap();
    assert!(written.contains(r#""later_color":"red""#), "{written}");
}

#[test]
fn golden_attribute_has_expected_rules() {
    let attribute = read_as(DefinitionKind::Attribute, "cost_center", ATTRIBUTE).unwrap();
    let Definition::Attribute(own) = &attribute else {
        panic!("not an attribute");
    };
    let rule = &own.rule;
    assert_eq!(
        (rule.kind, rule.format),
        (AttributeType::Text, Some(TextFormat::Date))
    );
    assert_eq!((rule.min_length, rule.max_length), (Some(4), Some(4)));
    assert_eq!(
        (rule.pattern.as_deref(), rule.values.len()),
        (Some("[0-9]{4}"), 2)
    );
    assert!(!own.is_proved() && own.readers.contains(&AttributeParty::Application));
    assert_eq!(own.later, LaterMembers::new(r#"{"later_unit":"cm"}"#));
    assert_eq!(definition::write(&attribute).unwrap(), ATTRIBUTE);
}

#[test]
fn golden_user_keeps_attributes_of_later_version() {
    let user = read_user(USER).unwrap();
    assert_eq!(user::write(&user).unwrap(), USER);
    let value = |name: &str| {
        user.attributes
            .values
            .get(&AttributeName::parse(name).unwrap())
    };
    assert_eq!(value("flag"), Some(&AttributeValue::Flag(false)));
    assert_eq!(value("number"), Some(&AttributeValue::Number(-7)));
    assert_eq!(
        value("texts"),
        Some(&AttributeValue::Texts(vec!["b".into(), "a".into()]))
    );
    assert_eq!(value("size"), None);
    assert_eq!(
        user.attributes.later,
        LaterMembers::new(r#"{"size":{"width":1.5}}"#)
    );
    assert!(holds(&user.roles, "editor"));
}

#[test]
fn golden_policy_of_client_has_expected_mappings() {
    let document = with(CLIENT_OF_DEFAULTS, POLICY);
    let own = read_client(&document).unwrap();
    let policy = &own.claims_policy;
    assert_eq!((policy.mappings.len(), policy.later.len()), (6, 1));
    let groups = &policy.mappings[0];
    assert!(groups.into.iter().eq(Destination::ALL.iter().copied()));
    assert_eq!(
        (groups.scope.as_deref(), groups.prefix.as_deref()),
        (Some("groups"), Some("team-"))
    );
    assert_eq!(groups.format, ListFormat::SpaceSeparated);
    let list = CustomValue::List(vec!["a".into(), "b".into()]);
    assert_eq!(policy.mappings[1].source, ClaimSource::Value(list));
    let written = client::write(&own).unwrap();
    let member = POLICY.trim_start_matches('{').trim_end_matches('}');
    assert!(written.contains(member), "{written}");
    assert!(
        !client::write(&read_client(CLIENT_OF_DEFAULTS).unwrap())
            .unwrap()
            .contains("claims_policy")
    );
}
