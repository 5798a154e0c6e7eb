//! `countersign admins` and `countersign admin-roles`.

use crate::place::{Place, Running};
use serde_json::{Value, json};
use std::process::Command;

#[test]
fn first_owner_is_created_and_cannot_be_removed() {
    let place = Place::new();
    let created = place.json(&["admins", "create", "jane@example.com", "--name", "Jane"]);
    assert_eq!(created["roles"], json!(["owner"]));
    assert_eq!(created["password"].as_str().unwrap().len(), 43);
    let holder = created["holder"].as_str().unwrap();
    let user = place.json(&["users", "show", "jane@example.com"]);
    assert_eq!(holder, format!("user:{}", user["id"].as_str().unwrap()));
    let (code, message) = place.fails(&["admins", "revoke", "jane@example.com"]);
    assert_eq!(code, 4);
    assert!(message.contains("last owner"), "{message}");
    let (code, message) = place.fails(&["admins", "create", "joe@example.com", "--role", "boss"]);
    assert_eq!(code, 3);
    assert!(message.contains("admin-roles list"), "{message}");
    assert_eq!(
        place.fails(&["users", "show", "joe@example.com"]).0,
        3,
        "no user is left"
    );
}

#[test]
fn client_gets_and_loses_custom_role() {
    let place = Place::new();
    let machine = [
        "clients",
        "create",
        "--name",
        "CI",
        "--grant-type",
        "client_credentials",
    ];
    let client = place.json(&[&machine[..], &["--scope", "admin"]].concat());
    let client = format!("client:{}", client["client_id"].as_str().unwrap());
    let create = [
        "admin-roles",
        "create",
        "deployer",
        "--permission",
        "clients:read,clients:write",
    ];
    let role = place.json(&create);
    assert_eq!(
        role["permissions"],
        json!(["clients:read", "clients:write"])
    );
    let edit = [
        "admin-roles",
        "edit",
        "deployer",
        "--permission",
        "clients:read",
    ];
    assert_eq!(place.json(&edit)["permissions"], json!(["clients:read"]));
    let grant = [
        "admins",
        "grant",
        &client,
        "deployer",
        "--without-second-factor",
    ];
    let granted = place.json(&grant);
    assert_eq!(granted["without_second_factor"], true);
    assert_eq!(place.json(&["admins", "list"]), json!([granted]));
    assert_eq!(place.fails(&["admin-roles", "delete", "deployer"]).0, 4);
    let revoked = place.json(&["admins", "revoke", &client, "deployer"]);
    assert_eq!(revoked["roles"], json!([]));
    assert_eq!(place.run(&["admin-roles", "delete", "deployer"]).code, 0);
    assert_eq!(place.fails(&["admin-roles", "show", "deployer"]).0, 3);
}

#[test]
fn shipped_role_is_listed_and_cannot_be_changed() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let owner = place.json(&["admin-roles", "show", "owner"]);
    assert_eq!(owner["is_shipped"], true);
    let text = place.run(&["admin-roles", "list"]).stdout;
    for name in [
        "owner",
        "administrator",
        "operator",
        "support",
        "auditor",
        "developer",
    ] {
        assert!(text.contains(name), "{text}");
    }
    let edit = ["admin-roles", "edit", "owner", "--description", "x"];
    let (code, message) = place.fails(&edit);
    assert_eq!(code, 2);
    assert!(message.contains("part of the server"), "{message}");
    let unknown = ["admin-roles", "create", "a", "--permission", "client:read"];
    assert_eq!(place.fails(&unknown).0, 2);
}

/// Returns the `curl` commands of the page about administration.
fn documented() -> Vec<String> {
    let page = include_str!("../../../../docs/administration.md");
    let mut commands: Vec<String> = Vec::new();
    let mut continues = false;
    for line in page.lines() {
        let Some(code) = line.strip_prefix("    ").map(str::trim) else {
            continues = false;
            continue;
        };
        match commands.last_mut() {
            Some(last) if continues => {
                last.push('\n');
                last.push_str(code);
            }
            _ if code.starts_with("curl ") => commands.push(code.to_owned()),
            _ => continue,
        }
        let last = commands.last().map_or("", String::as_str);
        continues = last.ends_with('\\') || last.matches('\'').count() % 2 == 1;
    }
    commands
}

/// Returns the ID of the newest signing key in the last response.
fn kid(answers: &[String]) -> String {
    let last = answers
        .last()
        .and_then(|own| serde_json::from_str(own).ok());
    let last: Value = last.unwrap_or_default();
    let keys = last["items"].as_array().and_then(|keys| keys.last());
    keys.map_or_else(String::new, |key| {
        key["kid"].as_str().unwrap_or("").to_owned()
    })
}

/// Returns the initial access token of the last answer, if it has one.
fn created(answers: &[String]) -> String {
    let last = answers
        .last()
        .and_then(|own| serde_json::from_str(own).ok());
    let last: Value = last.unwrap_or_default();
    let token = last["initial_access_token"].as_str();
    token.unwrap_or_default().to_owned()
}

#[test]
fn documented_requests_work_in_order() {
    let mut place = Place::new();
    let issuer = "https://auth.example.com";
    place.set("COUNTERSIGN__ISSUER", issuer);
    place.set("COUNTERSIGN__LOGIN__SIGN_UP", "invitation");
    let mail = tempfile::tempdir().unwrap();
    let url = format!("file://{}", mail.path().display());
    place.set("COUNTERSIGN__MAIL__URL", &url);
    place.set("COUNTERSIGN__MAIL__FROM", "id@example.com");
    let resource = format!("{issuer}/admin/v1");
    let machine = [
        "clients",
        "create",
        "--name",
        "CI",
        "--grant-type",
        "client_credentials",
    ];
    let marked = ["--scope", "admin", "--resource", &resource];
    let client = place.json(&[&machine[..], &marked].concat());
    let id = client["client_id"].as_str().unwrap();
    let holder = format!("client:{id}");
    let grant = [
        "admins",
        "grant",
        &holder,
        "owner",
        "--without-second-factor",
    ];
    place.json(&grant);
    let joe = place.json(&["users", "create", "--email", "joe@example.com"]);
    let joe = joe["id"].as_str().unwrap();
    let server = Running::start(&mut place.command(&["serve"]));
    let refused = crate::audit::explain::refused(&server);
    // The event of the refusal is stored within two seconds.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let mut token = String::new();
    let mut answers = Vec::new();
    for command in documented() {
        let command = command
            .replace(
                "curl https://auth.example.com/",
                &format!("curl {}/", server.url),
            )
            .replace("USER_ID", joe)
            .replace("REQUEST_ID", &refused)
            // A rotated key does not sign the token yet.
            .replace("/KID/", &format!("/{}/", kid(&answers)))
            .replacen("curl", "curl -sS --fail-with-body", 1);
        let run = Command::new("bash")
            .args(["-c", &command])
            .env("API", format!("{}/admin/v1", server.url))
            .env("CLIENT_ID", id)
            .env("CLIENT_SECRET", client["client_secret"].as_str().unwrap())
            .env("TOKEN", &token)
            .env("INITIAL_ACCESS_TOKEN", created(&answers))
            .output()
            .unwrap();
        let text = String::from_utf8(run.stdout).unwrap();
        let errors = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{command}: {text} {errors}");
        if token.is_empty() {
            let granted: Value = serde_json::from_str(&text).unwrap();
            token = granted["access_token"].as_str().unwrap().to_owned();
        }
        answers.push(text);
    }
    let lists = answers.iter().filter_map(|text| {
        let answer: Value = serde_json::from_str(text).ok()?;
        Some(answer["items"].as_array()?.clone())
    });
    let mut events = lists.flatten();
    let reset = events.find(|event| event["action"] == "user.factors_reset");
    let reset = reset.unwrap();
    assert_eq!(reset["operator"], json!({"kind": "client", "id": id}));
    assert_eq!(reset["target"]["id"], joe);
    assert!(reset["request_id"].is_string());
}
