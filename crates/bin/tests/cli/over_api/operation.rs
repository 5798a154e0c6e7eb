//! `countersign keys`, `audit` and `statistics` with `--server`.

use super::site::{Program, Site};
use serde_json::{Value, json};

/// Returns the JSON output of a command, which must be the same at the server and on the store.
fn both(site: &Site, ci: &Program<'_>, arguments: &[&str]) -> Value {
    let here = site.here(&[arguments, &["--json"]].concat());
    let here: Value = serde_json::from_str(&here.stdout).unwrap();
    assert_eq!(ci.json(arguments), here, "{arguments:?}");
    let text = site.here(arguments).stdout;
    assert_eq!(ci.there(arguments).stdout, text, "{arguments:?}");
    here
}

#[test]
fn program_rotates_and_revokes_keys_of_server() {
    let site = Site::new();
    let ci = site.program("admin", &["owner", "--without-second-factor"]);
    let before = both(&site, &ci, &["keys", "list"]);
    let new = ci.json(&["keys", "rotate"]);
    let all = both(&site, &ci, &["keys", "list"]);
    let [all, before] = [&all, &before].map(|keys| keys.as_array().unwrap());
    assert_eq!(all.len(), before.len() + new.as_array().unwrap().len());
    assert!(all.contains(&new[0]), "{new}");
    let leaked = new[0]["kid"].as_str().unwrap();
    let revoked = ci.there(&["keys", "revoke", leaked]);
    assert_eq!(revoked.code, 0, "{revoked:?}");
    assert!(revoked.stdout.contains("are invalid"), "{revoked:?}");
    let all = both(&site, &ci, &["keys", "list"]);
    let mut all = all.as_array().unwrap().iter();
    let key = all.find(|key| key["kid"] == leaked).unwrap();
    assert_eq!(key["state"], "retired");
    assert_eq!(ci.there(&["keys", "revoke", leaked]).code, 3);
}

#[test]
fn program_reads_and_erases_audit_log_of_server() {
    let site = Site::new();
    let ci = site.program("admin", &["owner", "--without-second-factor"]);
    let joe = "joe@example.com";
    ci.json(&["users", "create", "--email", joe]);
    ci.json(&["users", "disable", joe]);
    let found = both(&site, &ci, &["audit", "list", "--operator", "client:ci"]);
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0]["action"], "user.updated");
    let by_ci = ["audit", "list", "--operator", "client:ci", "--limit", "1"];
    assert_eq!(both(&site, &ci, &by_ci), json!([found[0]]));
    let none = ["audit", "list", "--until", "2026-01-01T00:00:00Z"];
    assert_eq!(both(&site, &ci, &none), json!([]));
    let request = found[1]["request_id"].as_str().unwrap();
    let one = [
        "audit",
        "list",
        "--request-id",
        request,
        "--action",
        "user.created",
    ];
    assert_eq!(both(&site, &ci, &one), json!([found[1]]));
    let here = site.here(&["audit", "export"]).stdout;
    assert_eq!(ci.there(&["audit", "export"]).stdout, here);
    let erased = ci.there(&["audit", "erase", joe]);
    assert_eq!(erased.stdout, "Erased 2 events.\n", "{erased:?}");
}

#[tokio::test]
async fn stored_reply_is_in_report_of_master_keys() {
    let site = Site::new();
    site.log_in().await;
    let create = reqwest::Client::new().post(format!("{}/admin/v1/users", site.url));
    let create = create.header("authorization", site.bearer());
    let create = create.header("idempotency-key", "1");
    let created = create.json(&json!({"email": "joe@example.com"})).send();
    assert_eq!(created.await.unwrap().status(), 201);
    let report = site.here(&["keys", "check-master", "--json"]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let mut rows = report["stored"].as_array().unwrap().iter();
    let replies = rows.find(|row| row["kind"] == "stored replies").unwrap();
    assert_eq!(replies["current"], 1, "{report}");
}

#[test]
fn program_counts_objects_of_server() {
    let site = Site::new();
    let ci = site.program("admin", &["auditor"]);
    let counts = both(&site, &ci, &["statistics"]);
    assert_eq!(counts["users"]["count"], 1, "{counts}");
}
