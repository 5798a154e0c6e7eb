//! Faults of the store while operations of the admin API write.
//!
//! A first run of each operation finds the tables to which it writes. Then each of these statements fails in turn. After
//! a fault, the store contains the change with its event, or neither.

mod api;
mod belongings;
mod faults;
mod row;
mod table;
mod target;

use api::Api;
use faults::{Contents, Faults};
use std::collections::BTreeSet;
use table::TABLE;

/// Returns whether the store changed apart from the audit log, and the number of new events. A number and keys of a tenant
/// that does not exist change nothing.
fn difference(id: &str, before: &Contents, after: &Contents) -> (bool, usize) {
    let without_events = |contents: &Contents| {
        let mut contents = contents.clone();
        contents.remove("events");
        if id == "createTenant" {
            contents.retain(|table, _| table == "definitions");
        }
        contents
    };
    let has_changed = without_events(before) != without_events(after);
    (has_changed, after["events"].len() - before["events"].len())
}

/// Operations without another change than that of the audit log. The contract of the store tests that an erasure stores
/// its event.
const AUDIT_ONLY: [&str; 2] = ["eraseEvents", "testWebhook"];

#[tokio::test]
async fn change_and_event_are_stored_together_whichever_statement_fails() {
    let api = Api::start().await;
    let listed = TABLE.iter().map(|row| row.id).chain(AUDIT_ONLY);
    let listed: BTreeSet<String> = listed.map(str::to_owned).collect();
    assert_eq!(listed, api.changing_operations().await);
    let mut faults = Faults::of(&api.installation);
    for row in TABLE {
        let id = row.id;
        let target = row.target.prepare(&api).await;
        let before = faults.contents();
        faults.trace();
        let status = api.run(row, &target).await;
        let statements = faults.traced();
        assert!(status < 300, "{id}: {status}");
        let (has_changed, events) = difference(id, &before, &faults.contents());
        assert!(has_changed && events > 0, "{id}: {events} events");
        assert!(statements.contains("INSERT ON events"), "{id}");
        assert!(statements.len() > 1, "{id}: {statements:?}");
        for statement in &statements {
            let target = row.target.prepare(&api).await;
            let before = faults.contents();
            faults.fail(statement);
            let status = api.run(row, &target).await;
            faults.repair();
            let (has_changed, events) = difference(id, &before, &faults.contents());
            assert_eq!(has_changed, events > 0, "{id} without {statement}");
            assert!(status >= 500 || has_changed, "{id} without {statement}");
        }
    }
}

/// Operations that store their reply with their change: those that create an object, and changes of a secret.
const KEEPING: [&str; 9] = [
    "createClient",
    "addClientSecret",
    "expireClientSecret",
    "createResourceServer",
    "createUser",
    "createAdminRole",
    "createWebhook",
    "createUpstreamProvider",
    "rotateWebhookSecret",
];

#[tokio::test]
async fn reply_is_stored_with_its_change() {
    let api = Api::start().await;
    let mut faults = Faults::of(&api.installation);
    for row in TABLE.iter().filter(|row| KEEPING.contains(&row.id)) {
        let id = row.id;
        let target = row.target.prepare(&api).await;
        let before = faults.contents();
        faults.fail("UPDATE ON ephemera");
        let status = api.run_once(row, &target, "first").await.0;
        faults.repair();
        assert!(status >= 500, "{id}: {status}");
        assert_eq!(faults.contents(), before, "{id} changed without its reply");

        // A retry that finds the reply changes nothing, even if the request could not succeed again.
        let (status, reply) = api.run_once(row, &target, "second").await;
        assert!(status < 300, "{id}: {reply}");
        let after = faults.contents();
        assert_eq!(
            api.run_once(row, &target, "second").await,
            (status, reply),
            "{id}"
        );
        assert_eq!(faults.contents(), after, "{id}");
    }
}
