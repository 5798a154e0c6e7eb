//! Rules that only the whole of a run can break, and what stays as it is.

use super::{ALL, applied, apply, export};
use crate::place::Place;
use std::fs;

const SET: [&str; 3] = ["--managed-by", "platform", "--prune"];

#[test]
fn reference_to_pruned_object_is_a_mistake() {
    let role = "{kind: admin_role, name: helper, permissions: [users:read]}";
    let group = "{kind: group, name: grp}";
    let client = "{kind: client, client_id: rs, client_name: x, client_type: confidential, \
        grant_types: [client_credentials], scope: x}";
    let place = Place::new();
    applied(&place, &[role, group, client].join("\n---\n"), &SET);
    let server = "{kind: resource_server, audience: api, introspection_clients: [rs]}";
    for (kept, user) in [
        (
            [group, client],
            "{kind: group, name: other, admin_roles: [helper]}",
        ),
        (
            [role, client],
            "{kind: user, email: j@example.com, groups: [grp]}",
        ),
        ([role, group], server),
    ] {
        let text = [kept[0], kept[1], user].join("\n---\n");
        let run = apply(&place, &text, &SET);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stderr.contains("declare it too"), "{run:?}");
    }
    // A resource server that no file declares.
    let api = [
        "resource-servers",
        "create",
        "api",
        "--introspection-client",
        "rs",
    ];
    assert_eq!(place.run(&api).code, 0);
    let run = apply(&place, &[role, group].join("\n---\n"), &SET);
    let reason = "the resource server \"api\" names it";
    assert!(run.stderr.contains(reason), "{run:?}");
}

#[test]
fn declared_webhook_prints_its_secret_once_and_stays_disabled() {
    let webhook = "{kind: webhook, name: crm, url: \"https://crm.example/\", events: [user.*]}";
    let place = Place::new();
    let created = applied(&place, webhook, &SET);
    assert!(created.contains("    signing_secret: whsec_"), "{created}");
    assert_eq!(applied(&place, webhook, &SET), "0 changed, 1 unchanged.\n");
    assert_eq!(
        place
            .run(&["webhooks", "edit", "crm", "--enabled=false"])
            .code,
        0
    );
    assert_eq!(applied(&place, webhook, &SET), "0 changed, 1 unchanged.\n");
    let enabled = webhook.replace('}', ", enabled: true}");
    let changed = applied(&place, &enabled, &SET);
    assert!(changed.ends_with("1 changed, 0 unchanged.\n"), "{changed}");
    let secret = webhook.replace('}', ", signing_secret: whsec_x}");
    let run = apply(&place, &secret, &SET);
    assert!(run.stderr.contains("webhooks rotate-secret"), "{run:?}");
    assert!(!run.stderr.contains("whsec_x"), "{run:?}");
    let pruned = apply(&place, "{kind: group, name: other}", &SET);
    assert_eq!(pruned.code, 0, "{pruned:?}");
    assert_eq!(place.json(&["webhooks", "list"]), serde_json::json!([]));
}

#[test]
fn ownership_moves_in_one_run_and_last_owner_stays() {
    let user = |name: &str, roles: &str| {
        format!("{{kind: user, email: {name}@example.com, admin_roles: [{roles}]}}\n---\n")
    };
    let place = Place::new();
    applied(&place, &(user("a", "owner") + &user("b", "")), &[]);
    let none = apply(&place, &user("a", ""), &[]);
    assert!(none.stderr.contains("this is the last owner"), "{none:?}");
    assert!(none.stderr.ends_with("Nothing was changed.\n"), "{none:?}");
    applied(&place, &(user("a", "") + &user("b", "owner")), &[]);
    let holders = place.json(&["admins", "list"]);
    assert_eq!(holders.as_array().unwrap().len(), 1, "{holders}");
}

#[test]
fn undeclared_status_and_exemption_stay_as_they_are() {
    let place = Place::new();
    applied(&place, ALL, &[]);
    assert_eq!(place.run(&["clients", "disable", "gateway"]).code, 0);
    let grant = [
        "admins",
        "grant",
        "client:gateway",
        "help-desk",
        "--without-second-factor",
    ];
    assert_eq!(place.run(&grant).code, 0);
    let plan = apply(&place, ALL, &["--plan"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    let active = ALL.replace(
        "client_name: Gateway",
        "client_name: Gateway\nstatus: active",
    );
    let plan = apply(&place, &active, &["--plan"]);
    assert!(
        plan.stdout.contains("status: inactive -> active"),
        "{plan:?}"
    );
}

#[test]
fn chosen_secret_is_needed_only_for_new_client() {
    let mut place = Place::new();
    let client = "{kind: client, client_id: c, client_name: x, client_type: confidential, \
        grant_types: [client_credentials], scope: x, client_secret: 'env:C_SECRET'}";
    place.set("C_SECRET", "0123456789abcdef0123456789abcdef");
    applied(&place, client, &[]);
    place.unset("C_SECRET");
    assert_eq!(apply(&place, client, &["--plan"]).code, 0);
}

#[test]
fn client_that_resource_server_names_is_deleted_only_after_it() {
    let place = Place::new();
    applied(&place, ALL, &[]);
    assert_eq!(place.run(&["admins", "revoke", "client:gateway"]).code, 0);
    let refused = place.run(&["clients", "delete", "gateway"]);
    assert_eq!(refused.code, 4, "{refused:?}");
    let deleted = place.run(&["resource-servers", "delete", "https://api.example"]);
    assert_eq!(deleted.code, 0, "{deleted:?}");
    assert_eq!(place.run(&["clients", "delete", "gateway"]).code, 0);
    let exported = export(&place);
    let elsewhere = Place::new();
    applied(&elsewhere, &exported, &[]);
    assert_eq!(export(&elsewhere), exported);
}

#[test]
fn unreadable_entry_of_folder_is_an_error() {
    let place = Place::new();
    let folder = place.path().join("objects");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.YAML"), "{kind: group, name: a}").unwrap();
    assert_eq!(place.run(&["apply", "-f", "objects"]).code, 0);
    assert_eq!(place.json(&["groups", "list"]).as_array().unwrap().len(), 1);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/nonexistent", folder.join("b.yaml")).unwrap();
        let run = place.run(&["apply", "-f", "objects"]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stderr.contains("Cannot read objects/b.yaml"), "{run:?}");
    }
}

#[test]
fn failed_change_names_its_object_and_result_says_so() {
    let place = Place::new();
    // Only the server knows its own audience.
    let wrong = "{kind: group, name: a}\n---\n\
        {kind: resource_server, audience: 'http://127.0.0.1:8080/admin/v1'}";
    let run = apply(&place, wrong, &["--json"]);
    assert_eq!(run.code, 2, "{run:?}");
    let start = "objects.yaml:3: resource server \"http://127.0.0.1:8080/admin/v1\": ";
    assert!(run.stderr.starts_with(start), "{run:?}");
    let results: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(results[0]["complete"], true);
    assert_eq!(results[1]["complete"], false);
}

/// Declares an upstream provider with its secret in a file.
const CORP: &str = "{kind: upstream_provider, name: corp, issuer: \"https://login.corp.example\", \
    client_id: abc, client_secret: \"file:corp.secret\", \
    groups: {claim: groups, values: {eng: [staff]}}}";

const STAFF: &str = "{kind: group, name: staff}";

const RESTRICTED: &str = "{kind: client, client_id: app, client_name: App, client_type: public, \
    grant_types: [authorization_code], scope: openid, redirect_uris: [\"http://127.0.0.1/\"], \
    upstream_providers: [corp]}";

fn documents(all: &[&str]) -> String {
    all.join("\n---\n")
}

#[test]
fn declared_provider_takes_its_secret_from_a_file() {
    let place = Place::new();
    let secret = place.path().join("corp.secret");
    let all = documents(&[RESTRICTED, CORP, STAFF]);
    let missing = apply(&place, &all, &[]);
    assert!(missing.stderr.contains("corp.secret"), "{missing:?}");
    fs::write(&secret, "first secret\n").unwrap();
    let created = applied(&place, &all, &[]);
    assert!(created.ends_with("3 changed, 0 unchanged.\n"), "{created}");
    fs::remove_file(&secret).unwrap();
    let again = applied(&place, &all, &[]);
    assert_eq!(again, "0 changed, 3 unchanged.\n", "no secret is read");
    let edited = place.run(&["upstream-providers", "edit", "corp", "--enabled=false"]);
    assert_eq!(edited.code, 0, "{edited:?}");
    let again = applied(&place, &all, &[]);
    assert_eq!(again, "0 changed, 3 unchanged.\n", "it stays disabled");

    let moved = all.replace("login.corp", "id.corp");
    let missing = apply(&place, &moved, &[]);
    assert!(missing.stderr.contains("corp.secret"), "{missing:?}");
    fs::write(&secret, "first secret\n").unwrap();
    applied(&place, &moved, &[]);
    let shown = place.json(&["upstream-providers", "show", "corp"]);
    assert_eq!(shown["issuer"], "https://id.corp.example");
    let exported = export(&place);
    for secret in ["first secret", "corp.secret", "client_secret:"] {
        assert!(!exported.contains(secret), "{exported}");
    }
}

#[test]
fn declared_provider_has_its_secret_and_references() {
    let place = Place::new();
    fs::write(place.path().join("corp.secret"), "ünïcode").unwrap();
    for (text, rule) in [
        (documents(&[CORP]), "group \"staff\" does not exist"),
        (
            documents(&[RESTRICTED]),
            "upstream provider \"corp\" does not exist",
        ),
        (documents(&[CORP, STAFF]), "ASCII characters"),
        (
            documents(&[CORP, STAFF]).replace("file:corp.secret", "first secret"),
            "a secret does not belong in this file",
        ),
        (
            documents(&[CORP, STAFF]).replace(" client_secret: \"file:corp.secret\",", ""),
            "client_secret is missing",
        ),
        (
            documents(&[CORP, STAFF]).replace("https://login", "http://login"),
            "allow_private_network",
        ),
    ] {
        let run = apply(&place, &text, &[]);
        assert_eq!(run.code, 1, "{rule}: {run:?}");
        assert!(run.stderr.contains(rule), "{rule}: {run:?}");
        assert!(!run.stderr.contains("first secret"), "{run:?}");
    }
}
