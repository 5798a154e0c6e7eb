//! Commands over the admin API: of a server with `--server`, and in the process with `-o`.

mod administration;
mod browser;
mod operation;
pub(crate) mod site;
mod users;

use crate::place::{Place, Run};
use serde_json::{Value, json};
use site::Site;

#[tokio::test]
async fn signed_in_operator_manages_clients_of_server() {
    let site = Site::new();
    let refused = site.there(&["clients", "list"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("countersign login"), "{refused:?}");
    site.log_in().await;
    let create = [
        "clients",
        "create",
        "--client-id",
        "notes",
        "--name",
        "Notes",
        "--grant-type",
        "authorization_code",
        "--redirect-uri",
        "https://notes.example/callback",
    ];
    let created = site.json(&create);
    assert_eq!(created["client_id"], "notes");
    assert!(created["client_secret"].is_string());
    let second = site.json(&["clients", "secrets", "add", "notes", "--name", "2027"]);
    assert_eq!(second["name"], "2027");
    let remove = ["clients", "secrets", "remove", "notes", "secret-1"];
    assert_eq!(site.there(&remove).code, 0);
    let edit = ["clients", "edit", "notes", "--client-name", "Notes 2"];
    assert_eq!(site.json(&edit)["client_name"], "Notes 2");
    assert_eq!(
        site.json(&["clients", "disable", "notes"])["status"],
        "inactive"
    );
    let here = site.here(&["clients", "show", "notes", "-o", "json"]);
    let here: Value = serde_json::from_str(&here.stdout).unwrap();
    assert_eq!(here, site.json(&["clients", "show", "notes"]));
    let listed = site.json(&["clients", "list"]);
    assert!(
        listed
            .as_array()
            .unwrap()
            .iter()
            .any(|own| own["client_id"] == "notes")
    );
    assert_eq!(site.there(&["clients", "delete", "notes"]).code, 0);
    assert_eq!(site.there(&["clients", "show", "notes"]).code, 3);
    let sensitive = site.there(&["admins", "grant", "client:demo-machine", "auditor"]);
    assert_eq!(sensitive.code, 1);
    assert!(sensitive.stderr.contains("two factors"), "{sensitive:?}");
}

#[tokio::test]
async fn logout_revokes_and_forgets_login() {
    let site = Site::new();
    site.log_in().await;
    let file = site.place.path().join("countersign/logins.json");
    let bearer = site.bearer();
    let run: Run = site
        .command(&["logout", &site.url])
        .output()
        .unwrap()
        .into();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{}");
    let request = reqwest::Client::new().get(format!("{}/admin/v1/clients", site.url));
    let answer = request.header("authorization", bearer).send().await;
    assert_eq!(answer.unwrap().status(), 401);
}

#[test]
fn program_uses_client_credentials_of_environment() {
    let site = Site::new();
    let scope = "clients:read resource-servers:read resource-servers:write";
    let ci = site.program(scope, &["operator"]);
    let as_client = |arguments: &[&str]| ci.there(arguments);
    let listed = as_client(&["clients", "list"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    assert!(listed.stdout.contains("demo-web"), "{listed:?}");
    let api = "https://api.example";
    let server = as_client(&["resource-servers", "create", api, "--name", "Notes API"]);
    assert!(server.stdout.contains("Notes API"), "{server:?}");
    let shown = as_client(&["resource-servers", "show", api, "-o", "yaml"]);
    assert!(shown.stdout.contains("name: Notes API"), "{shown:?}");
    let edited = as_client(&["resource-servers", "edit", api, "--personal-claims"]);
    assert_eq!(edited.code, 0, "{edited:?}");
    assert_eq!(as_client(&["resource-servers", "delete", api]).code, 0);
    assert_eq!(as_client(&["resource-servers", "show", api]).code, 3);
    let refused = as_client(&["clients", "edit", "demo-web", "--client-name", "X"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("clients:write"), "{refused:?}");
    let read = as_client(&["api", "get", "/clients?limit=1"]);
    let read: Value = serde_json::from_str(&read.stdout).unwrap();
    assert_eq!(read["items"].as_array().unwrap().len(), 1);
}

#[test]
fn edit_has_an_option_for_each_field_and_names_wrong_ones() {
    let place = Place::new();
    let create = [
        "clients",
        "create",
        "--client-id",
        "notes",
        "--name",
        "Notes",
        "--grant-type",
        "authorization_code",
        "--redirect-uri",
        "https://notes.example/callback",
        "--audience",
        "https://api.example",
    ];
    place.json(&create);
    let edit = |more: &[&str]| place.run(&[&["clients", "edit", "notes"], more].concat());
    let changed = edit(&[
        "--unset",
        "audience",
        "--grant-types",
        "authorization_code",
        "refresh_token",
        "--first-party",
        "--access-token-lifetime",
        "60",
        "-o",
        "json",
    ]);
    let changed: Value = serde_json::from_str(&changed.stdout).unwrap();
    assert_eq!(changed.get("audience"), None);
    assert_eq!(
        changed["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    assert_eq!(changed["first_party"], true);
    assert_eq!(changed["access_token_lifetime"], 60);
    for (options, word) in [
        (&[][..], "at least one field"),
        (&["--clint-name", "x"], "--client-name"),
        (&["--redirect-uris", "https://*.example"], "redirect_uris"),
        (&["--scope", "a,b", "--unset", "scope"], "unset"),
        (&["--access-token-lifetime", "0"], "1 to 86400"),
        (
            &["--unset", "jwks_uri", "--jwks-uri", "https://a.example"],
            "at once",
        ),
    ] {
        let run = edit(options);
        assert_eq!(run.code, 2, "{options:?}");
        assert!(run.stderr.contains(word), "{options:?}: {}", run.stderr);
    }
    let missing = place.run(&["clients", "edit", "other", "--client-name", "x"]);
    assert_eq!(missing.code, 3);
    let yaml = place.run(&["clients", "list", "-o", "yaml"]).stdout;
    assert!(yaml.contains("client_id: notes"), "{yaml}");
}

#[test]
fn chosen_secret_works_and_short_one_is_refused() {
    let place = Place::new();
    let create = [
        "clients",
        "create",
        "--client-id",
        "moved",
        "--client-secret-stdin",
        "--name",
        "Moved",
        "--grant-type",
        "client_credentials",
        "--scope",
        "read",
    ];
    let short = place.run_with(&create, "short\n");
    assert_eq!(short.code, 2, "{short:?}");
    assert!(short.stderr.contains("32 to 255"), "{short:?}");
    let secret = "an old secret with 32 characters";
    assert_eq!(place.run_with(&create, &format!("{secret}\n")).code, 0);
    let again = place.run_with(&create, secret);
    assert_eq!(again.code, 4, "the client ID is taken");
}

#[test]
fn output_format_applies_to_every_record() {
    let place = Place::new();
    place.json(&["admins", "create", "jane@example.com"]);
    for command in [
        &["users", "list"][..],
        &["users", "show", "jane@example.com"],
        &["statistics"],
        &["audit", "list"],
        &["admins", "list"],
        &["admin-roles", "show", "owner"],
    ] {
        let run = place.run(&[command, &["-o", "json"]].concat());
        let parsed: Result<Value, _> = serde_json::from_str(&run.stdout);
        assert!(parsed.is_ok(), "{command:?}: {run:?}");
        let yaml = place.run(&[command, &["-o", "yaml"]].concat());
        assert_eq!(yaml.code, 0, "{command:?}: {yaml:?}");
        assert_ne!(yaml.stdout, run.stdout, "{command:?}");
    }
}
