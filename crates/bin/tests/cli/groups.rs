//! `countersign groups`.

use crate::place::Place;
use serde_json::json;

#[test]
fn group_gains_and_loses_members() {
    let place = Place::new();
    let create = ["users", "create", "--email", "jane@example.com"];
    let jane = place.json(&create);
    let created = place.json(&["groups", "create", "staff", "--description", "Everyone"]);
    let expected = json!({"name": "staff", "description": "Everyone", "parents": []});
    assert_eq!(created, expected);
    let edited = place.json(&["groups", "edit", "staff", "--description", "All"]);
    assert_eq!(edited["description"], "All");
    let added = place.json(&["groups", "add", "staff", "jane@example.com"]);
    assert_eq!(added["groups"], json!(["staff"]));
    let shown = place.json(&["groups", "show", "staff"]);
    let member = json!({"id": jane["id"], "email": "jane@example.com"});
    assert_eq!(shown["members"], json!([member]));
    assert_eq!(place.json(&["groups", "list"])[0]["name"], "staff");
    let (code, message) = place.fails(&["groups", "delete", "staff"]);
    assert_eq!(code, 4);
    assert!(message.contains("has members"), "{message}");
    place.json(&["groups", "remove", "staff", "jane@example.com"]);
    let (code, message) = place.fails(&["groups", "remove", "staff", "jane@example.com"]);
    assert_eq!(code, 3);
    assert!(message.contains("not a member"), "{message}");
    place.json(&["admins", "grant", "group:staff", "support"]);
    assert_eq!(place.fails(&["groups", "delete", "staff"]).0, 4);
    place.json(&["admins", "revoke", "group:staff"]);
    assert_eq!(place.run(&["groups", "delete", "staff"]).code, 0);
    let (code, message) = place.fails(&["groups", "show", "staff"]);
    assert_eq!(code, 3);
    assert!(message.contains("groups list"), "{message}");
}
