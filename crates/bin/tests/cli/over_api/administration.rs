//! Own clients, admin roles and outages with `--server`.

use super::site::Site;
use crate::place::{Place, Run};
use serde_json::json;

#[test]
fn developer_creates_clients_with_generated_ids() {
    let site = Site::new();
    let ci = site.program("admin", &["developer"]);
    let create = [
        "clients",
        "create",
        "--name",
        "Own",
        "--grant-type",
        "client_credentials",
        "--scope",
        "own",
    ];
    let created = ci.json(&create);
    let id = created["client_id"].as_str().unwrap();
    assert!(id.starts_with("client_"), "{created}");
    let chosen = ci.there(&[&create[..], &["--client-id", "client_chosen"]].concat());
    assert_eq!(chosen.code, 1, "{chosen:?}");
    assert!(chosen.stderr.contains("clients:write"), "{chosen:?}");
}

#[test]
fn all_roles_of_holder_are_revoked_at_once() {
    let site = Site::new();
    let ci = site.program("admin", &["owner", "--without-second-factor"]);
    let holder = "client:demo-machine";
    for role in ["auditor", "support"] {
        assert_eq!(ci.there(&["admins", "grant", holder, role]).code, 0);
    }
    let revoked = ci.there(&["admins", "revoke", holder]);
    assert_eq!(revoked.code, 0, "{revoked:?}");
    let events = ["audit", "list", "--action", "admin_role.revoked"];
    let events = ci.json(&events);
    assert_eq!(events.as_array().unwrap().len(), 1, "{events}");
    let listed = ci.there(&["admins", "list"]).stdout;
    assert!(!listed.contains(holder), "{listed}");
}

#[test]
fn groups_are_administered_at_server() {
    let site = Site::new();
    let ci = site.program("admin", &["owner", "--without-second-factor"]);
    let created = ci.json(&["groups", "create", "staff", "--description", "All"]);
    assert_eq!(created["description"], "All");
    let user = ci.json(&["users", "create", "--email", "joe@example.org"]);
    let member = json!({"id": user["id"], "email": "joe@example.org"});
    ci.json(&["groups", "add", "staff", "joe@example.org"]);
    let shown = ci.json(&["groups", "show", "staff"]);
    assert_eq!(shown["members"], json!([member]));
    let held = ci.there(&["groups", "delete", "staff"]);
    assert_eq!(held.code, 4, "{held:?}");
    ci.json(&["groups", "remove", "staff", "joe@example.org"]);
    for command in ["grant", "revoke"] {
        let done = ci.there(&["admins", command, "group:staff", "support"]);
        assert_eq!(done.code, 0, "{done:?}");
    }
    let edited = ci.json(&["groups", "edit", "staff", "--description", "None"]);
    assert_eq!(edited["description"], "None");
    assert_eq!(ci.json(&["groups", "list"])[0]["name"], "staff");
    let deleted = ci.there(&["groups", "delete", "staff"]);
    assert_eq!(deleted.code, 0, "{deleted:?}");
    assert_eq!(ci.json(&["groups", "list"]), json!([]));
}

/// No server listens there.
const ABSENT: &str = "http://localhost:1";

#[test]
fn outage_keeps_login_and_is_reported_as_such() {
    let place = Place::new();
    let file = place.path().join("countersign/logins.json");
    std::fs::create_dir(place.path().join("countersign")).unwrap();
    let login =
        json!({"client_id": "cli", "access_token": "a", "refresh_token": "r", "expires_at": 0});
    std::fs::write(&file, json!({ABSENT: login}).to_string()).unwrap();
    let run = |arguments: &[&str]| -> Run {
        let mut command = place.command(arguments);
        command.env("XDG_CONFIG_HOME", place.path());
        command.output().unwrap().into()
    };
    for command in [
        &["logout", ABSENT][..],
        &["clients", "list", "--server", ABSENT],
    ] {
        let failed = run(command);
        assert_eq!(failed.code, 1, "{failed:?}");
        assert!(!failed.stderr.contains("signed in"), "{failed:?}");
        assert!(std::fs::read_to_string(&file).unwrap().contains(ABSENT));
    }
}
