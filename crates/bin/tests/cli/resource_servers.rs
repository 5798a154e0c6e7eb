//! `countersign resource-servers`.

use crate::place::Place;
use serde_json::{Value, json};

const API: &str = "https://api.example";

fn client(place: &Place, more: &[&str]) -> String {
    let common = ["clients", "create", "--name", "API"];
    let created: Value = place.json(&[&common[..], more].concat());
    created["client_id"].as_str().unwrap().to_owned()
}

const MACHINE: &[&str] = &["--grant-type", "client_credentials", "--scope", "a"];

#[test]
fn resource_server_is_created_edited_listed_and_deleted() {
    let place = Place::new();
    let gateway = client(&place, MACHINE);
    let create = [
        "resource-servers",
        "create",
        API,
        "--introspection-client",
        &gateway,
    ];
    let created = place.json(&create);
    assert_eq!(created["name"], API);
    assert_eq!(created["introspection_clients"], json!([gateway]));
    assert_eq!(created["personal_claims"], false);

    let edit = [
        "resource-servers",
        "edit",
        API,
        "--name",
        "Notes",
        "--personal-claims",
    ];
    let edited = place.json(&edit);
    assert_eq!(
        (&edited["name"], &edited["personal_claims"]),
        (&json!("Notes"), &json!(true))
    );
    assert_eq!(edited["introspection_clients"], json!([gateway]));
    let edit = [
        "resource-servers",
        "edit",
        API,
        "--no-introspection-clients",
        "--personal-claims=false",
    ];
    let edited = place.json(&edit);
    assert_eq!(edited["introspection_clients"], json!([]));
    assert_eq!(place.json(&["resource-servers", "show", API]), edited);
    assert_eq!(place.json(&["resource-servers", "list"]), json!([edited]));
    let text = place.run(&["resource-servers", "list"]).stdout;
    assert!(text.contains(API) && text.contains("Notes"), "{text}");

    assert_eq!(place.run(&["resource-servers", "delete", API]).code, 0);
    assert_eq!(place.fails(&["resource-servers", "show", API]).0, 3);
}

#[test]
fn invalid_resource_server_is_explained() {
    let place = Place::new();
    let public: Vec<&str> =
        "--public --grant-type authorization_code --redirect-uri https://a.example/cb"
            .split(' ')
            .collect();
    let public = client(&place, &public);
    for (id, expected) in [
        (public.as_str(), "is public"),
        ("unknown", "does not exist"),
    ] {
        let create = [
            "resource-servers",
            "create",
            API,
            "--introspection-client",
            id,
        ];
        let (code, message) = place.fails(&create);
        assert_eq!(code, 2, "{message}");
        assert!(
            message.contains(id) && message.contains(expected),
            "{message}"
        );
    }
    place.json(&["resource-servers", "create", API]);
    assert_eq!(place.fails(&["resource-servers", "create", API]).0, 4);
    let (code, message) = place.fails(&["resource-servers", "create", ""]);
    assert_eq!(code, 2);
    assert!(
        message.contains("an audience must have 1 to 200 characters"),
        "{message}"
    );
}
