//! `countersign apply` and `countersign export`.

mod claims;
mod documented;
mod faults;
mod mistakes;
mod order;
mod proxy;
mod round_trip;

use crate::place::{Place, Run};
use serde_json::{Value, json};
use std::fs;

/// One object of each kind, with references between them.
const ALL: &str = r"
kind: user
email: jane@example.com
name: Jane
groups: [staff]
---
kind: resource_server
audience: https://api.example
introspection_clients: [gateway]
---
kind: client
client_id: gateway
client_name: Gateway
client_type: confidential
grant_types: [client_credentials]
scope: introspect
admin_roles: [help-desk]
---
kind: group
name: staff
description: Everyone
admin_roles: [help-desk, auditor]
---
kind: admin_role
name: help-desk
permissions: [users:read]
";

fn apply(place: &Place, text: &str, options: &[&str]) -> Run {
    fs::write(place.path().join("objects.yaml"), text).unwrap();
    place.run(&[&["apply", "-f", "objects.yaml"], options].concat())
}

fn applied(place: &Place, text: &str, options: &[&str]) -> String {
    let run = apply(place, text, options);
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

fn export(place: &Place) -> String {
    let run = place.run(&["export", "--users"]);
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

#[test]
fn objects_are_created_in_order_of_their_references() {
    let place = Place::new();
    let first = applied(&place, ALL, &[]);
    assert!(first.contains("Created client gateway."), "{first}");
    assert!(first.contains("    client_secret: "), "{first}");
    assert!(first.contains("    password: "), "{first}");
    assert!(first.contains("5 changed, 0 unchanged."), "{first}");
    assert_eq!(applied(&place, ALL, &[]), "0 changed, 5 unchanged.\n");
    let jane = place.json(&["users", "show", "jane@example.com"]);
    assert_eq!(jane["groups"], json!(["staff"]));
    let holders = place.json(&["admins", "list"]).to_string();
    assert!(holders.contains("client:gateway"), "{holders}");
    assert!(holders.contains("group:staff"), "{holders}");
}

#[test]
fn plan_shows_difference_and_changes_nothing() {
    let place = Place::new();
    let missing = apply(&place, ALL, &["--plan"]);
    assert_eq!(missing.code, 3, "{missing:?}");
    applied(&place, ALL, &[]);
    let before = export(&place);
    let changed = ALL
        .replace("scope: introspect", "scope: introspect write")
        .replace("description: Everyone\n", "")
        .replace("[help-desk, auditor]", "[help-desk, support]");
    let plan = apply(&place, &changed, &["--plan"]);
    assert_eq!(plan.code, 2, "{plan:?}");
    for line in [
        "~ client gateway  (objects.yaml:11)",
        "    scope: introspect -> introspect write",
        "    description: Everyone -> (none)",
        "    admin_roles: +support -auditor",
        "0 to create, 2 to change, 0 to delete, 3 unchanged.",
    ] {
        assert!(plan.stdout.contains(line), "{line}: {}", plan.stdout);
    }
    assert_eq!(export(&place), before);
    let listed = apply(&place, &changed, &["--plan", "--json"]);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let scope = json!({"before": "introspect", "after": "introspect write"});
    assert_eq!(listed[1]["fields"]["scope"], scope);
    applied(&place, &changed, &[]);
    assert_eq!(apply(&place, &changed, &["--plan"]).code, 0);
}

#[test]
fn prune_deletes_only_objects_of_same_set() {
    let place = Place::new();
    applied(&place, ALL, &["--managed-by", "platform"]);
    let other = "{kind: group, name: others, managed_by: sales}\n---\n{kind: group, name: free}";
    applied(&place, other, &[]);
    let all = ["--managed-by", "platform", "--prune"];
    let nothing = apply(&place, "# nothing\n", &all);
    assert_eq!(nothing.code, 1, "{nothing:?}");
    let last = "{kind: group, name: last}";
    let plan = apply(&place, last, &[&all[..], &["--plan"]].concat());
    assert!(plan.stdout.contains("- group staff"), "{plan:?}");
    let deleted = applied(&place, last, &all);
    assert!(
        deleted.contains("Deleted admin role help-desk."),
        "{deleted}"
    );
    let left = export(&place);
    for name in ["last", "others", "free", "jane@example.com"] {
        assert!(left.contains(name), "{left}");
    }
    for name in ["staff", "gateway", "api.example", "help-desk"] {
        assert!(!left.contains(name), "{left}");
    }
}

#[test]
fn role_that_is_still_held_is_not_pruned() {
    let place = Place::new();
    let role = "{kind: admin_role, name: help-desk, permissions: [users:read]}";
    applied(&place, role, &["--managed-by", "platform"]);
    place.json(&["users", "create", "--email", "joe@example.com"]);
    let grant = ["admins", "grant", "joe@example.com", "help-desk"];
    assert_eq!(place.run(&grant).code, 0);
    let pruned = apply(
        &place,
        "{kind: group, name: last}",
        &["--managed-by", "platform", "--prune"],
    );
    assert_eq!(pruned.code, 1, "{pruned:?}");
    assert!(
        pruned
            .stderr
            .contains("has it; run `countersign admins revoke user:"),
        "{pruned:?}"
    );
}

#[test]
fn object_of_another_set_is_taken_over_only_on_purpose() {
    let place = Place::new();
    let group = "{kind: group, name: staff}";
    applied(&place, group, &["--managed-by", "platform"]);
    for options in [&[][..], &["--managed-by", "sales"]] {
        let refused = apply(&place, group, options);
        assert_eq!(refused.code, 1, "{refused:?}");
        let hint = "use --managed-by platform, or set managed_by in the document to take it over";
        assert!(refused.stderr.contains(hint), "{refused:?}");
    }
    applied(&place, "{kind: group, name: staff, managed_by: sales}", &[]);
    assert!(export(&place).contains("managed_by: sales"));
}

#[test]
fn secret_comes_from_file_or_environment_and_is_never_shown() {
    let mut place = Place::new();
    let secret = "0123456789abcdef0123456789abcdef";
    fs::write(place.path().join("secret"), format!("{secret}\n")).unwrap();
    place.set("NOTES_SECRET", secret);
    let client = |id: &str, from: &str| {
        format!(
            "{{kind: client, client_id: {id}, client_name: x, client_type: confidential, \
             grant_types: [client_credentials], scope: x, client_secret: '{from}'}}\n---\n"
        )
    };
    let both = client("one", "file:secret") + &client("two", "env:NOTES_SECRET");
    let done = applied(&place, &both, &[]);
    let plan = apply(&place, &both, &["--plan"]);
    for text in [done, plan.stdout, plan.stderr, export(&place)] {
        assert!(!text.contains(secret), "{text}");
    }
    for id in ["one", "two"] {
        let secrets = place.json(&["clients", "secrets", "list", id]);
        assert_eq!(secrets[0]["name"], "secret-1");
    }
}

#[test]
fn declared_user_is_disabled_and_leaves_group() {
    let place = Place::new();
    applied(&place, ALL, &[]);
    let user = "{kind: user, email: jane@example.com, name: Jane, groups: [], enabled: false}";
    let plan = apply(&place, user, &["--plan"]).stdout;
    assert!(plan.contains("groups: -staff"), "{plan}");
    applied(&place, user, &[]);
    let jane = place.json(&["users", "show", "jane@example.com"]);
    assert_eq!(
        (&jane["groups"], &jane["enabled"]),
        (&json!([]), &json!(false))
    );
    assert_eq!(apply(&place, user, &["--plan"]).code, 0);
}
