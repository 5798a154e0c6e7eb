//! `countersign audit verify`, `seal` and `erase`.

use super::with_events;
use crate::place::Place;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use std::fs;

pub(crate) fn sql(place: &Place, statements: &str) {
    let path = place.path().join("store.db");
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute(statements).unwrap();
}

/// Returns the head of an audit log without findings.
fn head(place: &Place) -> String {
    let verified = place.json(&["audit", "verify"]);
    assert_eq!(verified["findings"], serde_json::json!([]));
    verified["head"].as_str().unwrap().to_owned()
}

/// Returns the findings of a verification that must fail.
fn findings(place: &Place, arguments: &[&str]) -> String {
    let run = place.run(&[&["audit", "verify"], arguments].concat());
    assert_eq!(run.code, 4, "{}{}", run.stdout, run.stderr);
    run.stderr
}

const FIRST: &str = "batch = 1";

#[test]
fn tampering_with_events_is_found() {
    let (place, _) = with_events();
    head(&place);
    let store = place.path().join("store.db");
    let intact = fs::read(&store).unwrap();
    let row = "node, number, tenant, at, action, operator, target, salt, digest, content, batch";
    let copied = |number: &str, at: &str, batch: &str| {
        format!(
            "INSERT INTO events ({row}) SELECT node, {number}, tenant, {at}, action, NULL, NULL, NULL, digest, NULL, {batch} FROM events WHERE {FIRST}"
        )
    };
    let set = |change: &str| format!("UPDATE events SET {change} WHERE {FIRST}");
    for (tampering, expected) in [
        (set("content = zeroblob(100)"), "altered"),
        (set("digest = zeroblob(32)"), "altered"),
        (set("action = 'client.deleted'"), "altered"),
        (set("at = at + 1"), "altered"),
        (set("operator = 'user:joe'"), "altered"),
        (set("target = 'client:joe'"), "altered"),
        (set("number = 77"), "altered"),
        (
            set("operator = NULL, target = NULL, salt = NULL, content = NULL"),
            "the content of 1 events is gone, but operators erased only 0",
        ),
        (copied("99", "at + 100000", "NULL"), ":99: not sealed"),
        (format!("DELETE FROM events WHERE {FIRST}"), "batch 1: 1 events were sealed, 0 are stored"),
        (copied("99", "at", "1"), "batch 1: 1 events were sealed, 2 are stored"),
        (copied("99", "at - 100", "NULL"), ":99: not sealed"),
        (copied("99", "at", "1000"), ":99: added"),
        (
            "UPDATE events SET batch = 3 - batch WHERE batch IN (1, 2)".to_owned(),
            "batch 1: an event was altered, replaced or moved",
        ),
        (
            format!("DELETE FROM events WHERE {FIRST}; DELETE FROM event_batches WHERE number = 1"),
            "batch 1: missing",
        ),
        (
            "DELETE FROM events WHERE batch = 2; DELETE FROM event_batches WHERE number = 2".to_owned(),
            "batch 2: missing",
        ),
        ("UPDATE event_batches SET mac = zeroblob(32) WHERE number = 2".to_owned(), "batch 2: altered"),
        ("UPDATE event_batches SET content = zeroblob(90) WHERE number = 2".to_owned(), "batch 2: altered"),
        ("UPDATE event_batches SET mac = zeroblob(32) WHERE number = 4".to_owned(), "batch 4: altered"),
        (
            "UPDATE event_batches SET (content, mac) = (SELECT content, mac FROM event_batches WHERE number = 2) WHERE number = 3"
                .to_owned(),
            "batch 3: altered",
        ),
    ] {
        sql(&place, &tampering);
        let found = findings(&place, &[]);
        assert!(found.contains(expected), "{tampering}: {found}");
        for file in ["store.db-wal", "store.db-shm"] {
            let _ = fs::remove_file(place.path().join(file));
        }
        fs::write(&store, &intact).unwrap();
    }
    head(&place);
}

#[test]
fn removed_end_of_audit_log_is_found_with_head() {
    let (place, _) = with_events();
    let kept = head(&place);
    assert!(kept.starts_with("4:"), "{kept}");
    sql(
        &place,
        "DELETE FROM events WHERE batch = 4; DELETE FROM event_batches WHERE number = 4",
    );
    assert_ne!(head(&place), kept);
    let found = findings(&place, &["--head", &kept]);
    assert!(found.contains("batch 4: not the one"), "{found}");
    // A new batch with the same number is another one.
    assert_eq!(place.run(&["migrate"]).code, 0);
    place.json(&["users", "create", "--email", "jane@example.org"]);
    assert!(head(&place).starts_with("4:"));
    let found = findings(&place, &["--head", &kept]);
    assert!(found.contains("batch 4: not the one"), "{found}");
}

#[test]
fn head_stays_valid_after_further_events() {
    let (place, [one, _]) = with_events();
    let kept = head(&place);
    assert_eq!(place.run(&["clients", "disable", &one]).code, 0);
    assert_eq!(place.run(&["audit", "verify", "--head", &kept]).code, 0);
    assert_ne!(head(&place), kept);
}

#[test]
fn erased_events_of_user_leave_proof_intact() {
    let (place, _) = with_events();
    let user = place.json(&["users", "create", "--email", "jane@example.org"]);
    let id = user["id"].as_str().unwrap().to_owned();
    assert_eq!(place.run(&["users", "disable", &id]).code, 0);
    let kept = head(&place);
    let export = || place.run(&["audit", "export"]).stdout;
    assert!(export().contains("jane@example.org"));
    let erased = place.run(&["audit", "erase", &id]);
    assert_eq!((erased.code, &*erased.stdout), (0, "Erased 2 events.\n"));
    assert!(!export().contains("jane@example.org"));
    let by = place.json(&["audit", "list", "--action", "events.erased"]);
    assert_eq!(by[0]["target"]["id"], id.as_str());
    let verified = place.json(&["audit", "verify", "--head", &kept]);
    assert_eq!(verified["findings"], serde_json::json!([]));
    assert_eq!(verified["erased"], 2);
    // The events of an erasure stay.
    assert_eq!(
        place.run(&["audit", "erase", &id]).stdout,
        "Erased 0 events.\n"
    );
    // What remains of an erased event is part of the proof.
    sql(
        &place,
        "UPDATE events SET action = 'user.deleted' WHERE content IS NULL AND action = 'user.created'",
    );
    let found = findings(&place, &[]);
    assert!(found.contains("an event was altered"), "{found}");
}

#[test]
fn events_of_command_without_master_key_are_adopted() {
    let (mut place, [one, _]) = with_events();
    let kept = head(&place);
    let file = place.path().join("master.key").display().to_string();
    place.unset("COUNTERSIGN__MASTER_KEY_FILE");
    assert_eq!(place.run(&["clients", "disable", &one]).code, 0);
    place.set("COUNTERSIGN__MASTER_KEY_FILE", &file);
    // A new event has a minute to be sealed.
    head(&place);
    // Time is part of the content, so only an erased event can be made older.
    sql(
        &place,
        "UPDATE events SET at = at - 100, operator = NULL, target = NULL, salt = NULL, content = NULL WHERE batch IS NULL",
    );
    let found = findings(&place, &[]);
    assert!(found.contains("not sealed"), "{found}");
    assert_eq!(place.run(&["audit", "seal"]).stdout, "Sealed 1 events.\n");
    let verified = place.json(&["audit", "verify", "--head", &kept]);
    assert_eq!(verified["findings"], serde_json::json!([]));
    assert_eq!(
        (&verified["adopted"], &verified["events"]),
        (&1.into(), &5.into())
    );
}

#[test]
fn audit_log_is_not_continued_after_unknown_batch() {
    let (place, [one, _]) = with_events();
    sql(
        &place,
        "UPDATE event_batches SET mac = zeroblob(32) WHERE number = 4",
    );
    let run = place.run(&["clients", "disable", &one]);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("batch 4"), "{}", run.stderr);
    let verified = place.run(&["audit", "verify", "--json"]);
    assert!(verified.stdout.contains("\"4:"), "{}", verified.stdout);
}

#[test]
fn proof_survives_replaced_master_key() {
    let (place, [one, _]) = with_events();
    let kept = head(&place);
    let file = place.path().join("master.key");
    let old = fs::read_to_string(&file).unwrap();
    let new = crate::place::anywhere(&["keys", "generate-master"]).stdout;
    fs::write(&file, format!("{new}{old}")).unwrap();
    assert_eq!(place.run(&["clients", "disable", &one]).code, 0);
    fs::write(&file, &new).unwrap();
    assert_eq!(place.run(&["audit", "verify", "--head", &kept]).code, 0);
}
