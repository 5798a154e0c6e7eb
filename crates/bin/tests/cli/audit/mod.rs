//! `countersign audit`.

pub(crate) mod explain;
mod forwarding;
pub(crate) mod proof;

use super::place::Place;
use serde_json::Value;

/// Runs commands that record four events: two clients and one of them disabled and enabled.
pub(crate) fn with_events() -> (Place, [String; 2]) {
    let place = Place::new();
    let clients = ["One", "Two"].map(|name| {
        let client = place.json(&[
            "clients",
            "create",
            "--grant-type=client_credentials",
            "--scope=a",
            "--name",
            name,
        ]);
        client["client_id"].as_str().unwrap().to_owned()
    });
    for command in ["disable", "enable"] {
        assert_eq!(place.run(&["clients", command, &clients[0]]).code, 0);
    }
    (place, clients)
}

fn actions(events: &Value) -> Vec<&str> {
    let events = events.as_array().unwrap().iter();
    events
        .map(|event| event["action"].as_str().unwrap())
        .collect()
}

#[test]
fn audit_list_shows_latest_matching_events() {
    let (place, [one, two]) = with_events();
    let all = place.json(&["audit", "list"]);
    let [updated, created] = ["client.updated", "client.created"];
    assert_eq!(actions(&all), [updated, updated, created, created]);
    assert_eq!(
        actions(&place.json(&["audit", "list", "--limit=1"])),
        [updated]
    );
    let of = |target: &str| place.json(&["audit", "list", "--target", target]);
    assert_eq!(actions(&of(&format!("client:{one}"))).len(), 3);
    assert_eq!(actions(&of(&format!("client:{two}"))), [created]);
    let latest = &all[0];
    assert_eq!(latest["target"]["id"], Value::from(one.as_str()));
    assert_eq!(latest["operator"]["kind"], "command_line");
    let later = (latest["at"].as_u64().unwrap() + 1).to_string();
    let since = place.json(&["audit", "list", "--since", &later]);
    assert_eq!(actions(&since), [""; 0]);
    assert!(place.run(&["audit", "list"]).stdout.contains(created));
    let (code, message) = place.fails(&["audit", "list", "--since", "yesterday"]);
    assert_eq!(code, 2);
    assert!(message.contains("2026-11-29T08:00:00Z"), "{message}");
}

#[test]
fn audit_export_prints_one_event_per_line() {
    let (place, _) = with_events();
    let run = place.run(&["audit", "export", "--action", "client.updated"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    let all = place.json(&["audit", "list"]);
    assert_eq!(lines[..], all.as_array().unwrap()[..2]);
}
