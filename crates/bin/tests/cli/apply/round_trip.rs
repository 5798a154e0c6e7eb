//! An export makes another store equal.

use super::{ALL, applied, apply, export};
use crate::place::Place;
use std::fs;

/// Names and texts that YAML could read as something else.
const ODD: &str = r##"[
  {"kind": "client", "client_id": "yes", "client_name": "0755", "client_type": "public",
   "grant_types": ["authorization_code"], "scope": "null", "redirect_uris": ["http://127.0.0.1/%C3%BC?x=1&y=~"]},
  {"kind": "client", "client_id": "# no \"comment\": {x}", "client_name": "Ünïcode 👩‍🚀 '", "client_type": "confidential",
   "grant_types": ["client_credentials"], "scope": "a", "status": "suspended", "audience": "- x"},
  {"kind": "resource_server", "audience": "~", "name": "1e3"},
  {"kind": "group", "name": "null", "description": "true"},
  {"kind": "webhook", "name": "off", "url": "https://crm.example/hook?a=1&b=~", "events": ["user.*", "client.created"],
   "description": "no", "enabled": false},
  {"kind": "upstream_provider", "name": "on", "preset": "google", "client_id": "~", "token_endpoint_auth_method": "none",
   "trusted_domains": [], "create_users": false, "profile": {"locale": []}, "enabled": false},
  {"kind": "upstream_provider", "name": "y", "type": "oauth2", "authorization_endpoint": "https://y.example/?a=1&b=~",
   "token_endpoint": "https://y.example/t", "userinfo_endpoint": "https://y.example/u", "client_id": "0755",
   "token_endpoint_auth_method": "private_key_jwt", "roles": {"claim": "no", "values": {"1e3": {"~": ["a:b"]}}}},
  {"kind": "user", "email": "joe@example.com", "address": {"formatted": "1 Road\nTown"}, "enabled": false}
]"##;

#[test]
fn export_applied_elsewhere_exports_same_bytes() {
    for (text, options) in [(ALL, &["--managed-by", "platform"][..]), (ODD, &[])] {
        let place = Place::new();
        applied(&place, text, options);
        let exported = export(&place);
        let elsewhere = Place::new();
        applied(&elsewhere, &exported, &[]);
        assert_eq!(export(&elsewhere), exported);
        assert_eq!(apply(&elsewhere, &exported, &["--plan"]).code, 0);
    }
}

#[test]
fn json_export_is_read_like_yaml() {
    let place = Place::new();
    applied(&place, ALL, &[]);
    let json = place.run(&["export", "--users", "--json"]).stdout;
    let tabs = json.replace("  ", "\t");
    for text in [json, tabs] {
        fs::write(place.path().join("objects.json"), text).unwrap();
        let plan = place.run(&["apply", "-f", "objects.json", "--plan"]);
        assert_eq!(plan.code, 0, "{plan:?}");
    }
}

#[test]
fn folder_is_read_with_all_its_files() {
    let place = Place::new();
    let folder = place.path().join("objects/more");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.yml"), "{kind: group, name: one}").unwrap();
    fs::write(folder.join("b.json"), r#"{"kind": "group", "name": "two"}"#).unwrap();
    fs::write(folder.join(".hidden.yaml"), "not: [an object").unwrap();
    fs::write(folder.join("README.md"), "# text").unwrap();
    let run = place.run(&["apply", "-f", "objects"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(place.json(&["groups", "list"]).as_array().unwrap().len(), 2);
}
