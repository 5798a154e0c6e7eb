//! Groups in groups, roles, attributes and claims policies in files.

use super::{applied, apply, export};
use crate::place::Place;

const PAGE: &str = include_str!("../../../../../docs/claims.md");

/// Client of the examples, and a user with an attribute and a role.
const REST: &str = r"
kind: client
client_id: notes-api
client_name: Notes API
client_type: confidential
grant_types: [client_credentials]
scope: user:roles
---
kind: user
email: jane@example.com
groups: [berlin]
roles: {'https://api.example': [editor]}
attributes: {plan: team}
---
kind: group
name: berlin
parents: [staff]
";

#[test]
fn documented_claims_apply_and_export_the_same() {
    let blocks = PAGE.split("```yaml\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    let objects = blocks.filter(|block| block.starts_with("kind:"));
    let all = objects.chain([REST]).collect::<Vec<_>>().join("---\n");
    let place = Place::new();
    let done = applied(&place, &all, &[]);
    assert!(done.contains("8 changed"), "{done}");
    assert_eq!(apply(&place, &all, &["--plan"]).code, 0);
    let exported = export(&place);
    let elsewhere = Place::new();
    applied(&elsewhere, &exported, &[]);
    assert_eq!(export(&elsewhere), exported);
    let preview = [
        "claims",
        "preview",
        "--user",
        "jane@example.com",
        "--client",
        "shop",
    ];
    let preview = elsewhere.json(&preview);
    let claims = preview["claims"].as_array().unwrap();
    let plan = claims.iter().find(|own| own["dropped"].is_null());
    assert_eq!(plan.unwrap()["value"], "team", "{preview}");
}

#[test]
fn group_above_itself_is_a_mistake() {
    let place = Place::new();
    applied(
        &place,
        "{kind: group, name: a}\n---\n{kind: group, name: b, parents: [a]}",
        &[],
    );
    let before = export(&place);
    let run = apply(&place, "{kind: group, name: a, parents: [b]}", &[]);
    assert_eq!(run.code, 1, "{run:?}");
    let rule = "objects.yaml:1: parents: a group cannot be above itself";
    assert!(run.stderr.contains(rule), "{run:?}");
    assert_eq!(export(&place), before);
}

#[test]
fn groups_change_places_in_one_run() {
    let place = Place::new();
    let files = |a: &str, b: &str, c: &str| {
        format!(
            "{{kind: group, name: a, parents: [{a}]}}\n---\n\
             {{kind: group, name: b, parents: [{b}]}}\n---\n\
             {{kind: group, name: c, parents: [{c}]}}"
        )
    };
    for (a, b, c) in [
        ("b", "c", ""),
        ("", "a", "b"),
        ("c", "a", ""),
        ("b", "", "a"),
    ] {
        let text = files(a, b, c);
        applied(&place, &text, &[]);
        assert_eq!(apply(&place, &text, &["--plan"]).code, 0);
    }
}
