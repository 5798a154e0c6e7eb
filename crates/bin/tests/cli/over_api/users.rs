//! `countersign users` with `--server`.

use super::site::Site;
use serde_json::{Value, json};

#[tokio::test]
async fn signed_in_operator_manages_users_of_server() {
    let site = Site::new();
    site.log_in().await;
    let create = [
        "users",
        "create",
        "--email",
        "joe@example.com",
        "--name",
        "Joe",
    ];
    let created = site.json(&create);
    assert!(created["password"].is_string());
    assert_eq!(site.there(&create).code, 4, "the address is taken");
    let id = created["id"].as_str().unwrap();
    let edited = site.json(&["users", "edit", "joe@example.com", "--name", "Joe 2"]);
    assert_eq!(
        (&edited["id"], &edited["name"]),
        (&json!(id), &json!("Joe 2"))
    );
    assert_eq!(site.json(&["users", "search", "jo"]), json!([edited]));
    let listed = site.json(&["users", "list"]);
    assert!(listed.as_array().unwrap().contains(&edited));
    assert_eq!(site.json(&["users", "show", id]), edited);
    let here = site.here(&["users", "show", "joe@example.com", "-o", "json"]);
    let here: Value = serde_json::from_str(&here.stdout).unwrap();
    assert_eq!(here, edited);
    let disabled = site.json(&["users", "disable", "joe@example.com"]);
    assert_eq!(disabled["enabled"], false);
    assert_eq!(site.json(&["users", "enable", id])["enabled"], true);
    assert_eq!(site.json(&["users", "unlock", id])["id"], id);
    for (command, word) in [
        (&["users", "reset-factors", id][..], "two factors"),
        (&["users", "set-password", id], "two factors"),
    ] {
        let sensitive = site.there(command);
        assert_eq!(sensitive.code, 1);
        assert!(sensitive.stderr.contains(word), "{sensitive:?}");
    }
    let deleted = site.there(&["users", "delete", id]);
    assert_eq!(
        deleted.stdout,
        format!("Deleted user {id}.\n"),
        "{deleted:?}"
    );
    for gone in [id, "joe@example.com"] {
        assert_eq!(site.there(&["users", "show", gone]).code, 3);
    }
}

#[tokio::test]
async fn signed_in_operator_reads_and_removes_access_of_user() {
    let site = Site::new();
    site.log_in().await;
    let user = site.facts["user"]["email"].as_str().unwrap();
    for list in ["passkeys", "devices"] {
        assert_eq!(site.json(&["users", list, user]), json!([]), "{list}");
    }
    let codes = site.json(&["users", "recovery-codes", user]);
    assert_eq!(codes, json!({"unused": 0}));
    let sessions = site.json(&["users", "sessions", user]);
    let session = sessions[0]["id"].as_str().unwrap();
    let grants = site.json(&["users", "grants", user]);
    assert_eq!(grants[0]["client_id"], "countersign-cli");
    assert!(
        site.there(&["users", "grants", user])
            .stdout
            .contains("countersign-cli")
    );
    let consents = site.json(&["users", "consents", user]);
    assert_eq!(consents[0]["client_id"], "countersign-cli");
    assert_eq!(site.here(&["users", "end-session", session]).code, 0);
    let ended = site.here(&["users", "sessions", user, "--json"]);
    let ended: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(ended[0]["ended_at"].is_u64(), "{ended}");
}

#[test]
fn program_resets_access_of_user() {
    let site = Site::new();
    let ci = site.program("admin", &["owner", "--without-second-factor"]);
    let joe = "joe@example.com";
    let created = ci.json(&["users", "create", "--email", joe]);
    assert_eq!(site.here(&["users", "enable-totp", joe]).code, 0);
    assert_eq!(ci.json(&["users", "show", joe])["has_totp"], true);
    assert_eq!(ci.json(&["users", "reset-factors", joe])["has_totp"], false);
    let set = ci.json(&["users", "set-password", joe]);
    assert!(set["password"].is_string());
    assert_ne!(set["password"], created["password"]);
    for command in [
        &["users", "remove-recovery-codes", joe][..],
        &["users", "end-sessions", joe],
        &["users", "revoke-grants", joe],
    ] {
        let run = ci.there(command);
        assert_eq!(run.code, 0, "{command:?}: {run:?}");
    }
    let id = "0198d1a0-8b7e-7c1a-9b0e-2f1c7a5d3e4f";
    for command in [
        &["users", "remove-passkey", joe, "cGFzc2tleQ"][..],
        &["users", "remove-device", joe, id],
        &["users", "end-session", id],
        &["users", "revoke-grant", id],
        &["users", "withdraw-consent", joe, "notes"],
        &["users", "show", id],
        &["users", "show", "unknown@example.com"],
    ] {
        let run = ci.there(command);
        assert_eq!(run.code, 3, "{command:?}: {run:?}");
    }
}

#[test]
fn commands_that_need_the_store_refuse_a_server() {
    let site = Site::new();
    let ci = site.program("admin", &["owner"]);
    let joe = "joe@example.com";
    for command in [
        &["users", "set-claims", joe, "--claims", "joe.json"][..],
        &["users", "enable-totp", joe],
        &["users", "set-password", joe, "--password-stdin"],
        &["users", "create", "--email", joe, "--password-stdin"],
        &["users", "create", "--email", joe, "--claims", "joe.json"],
        &["keys", "rotate", "--algorithm", "ES256"],
        &["audit", "verify"],
        &["audit", "seal"],
    ] {
        let run = ci.there(command);
        assert_eq!(run.code, 2, "{command:?}: {run:?}");
        assert!(run.stderr.contains("without --server"), "{run:?}");
        assert_eq!(run.stdout, "", "{command:?}");
    }
}
