//! Audit log of commands.

use crate::support::Installation;
use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Audit as _};

/// Runs a command with these account variables.
fn run_as(installation: &Installation, account: [(&str, &str); 2], arguments: &[&str]) {
    let mut command = installation.command(arguments);
    let output = command.envs(account).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
}

#[tokio::test]
async fn commands_record_changes_and_operator_in_audit_log() {
    let installation = Installation::new();
    let machine = installation.machine();
    let user = installation.user();
    let by_root = [("USER", "root"), ("SUDO_USER", "jane")];
    let id = machine.id.as_str();
    run_as(&installation, by_root, &["migrate"]);
    run_as(&installation, by_root, &["clients", "disable", id]);
    run_as(&installation, by_root, &["users", "disable", &user]);
    let by_joe = [("USER", "joe"), ("LOGNAME", "else")];
    run_as(&installation, by_joe, &["keys", "rotate"]);
    run_as(&installation, by_joe, &["clients", "delete", id]);

    let store = SqliteStore::open(&installation.store()).unwrap();
    let listed = store.list_events(TenantId::SINGLE, After::start()).await;
    let events: Vec<_> = listed.unwrap().items.into_iter().map(|e| e.event).collect();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.action.as_str(), event.operator.id.as_str()))
        .collect();
    let expected = [
        ("client.created", "unknown"),
        ("user.created", "unknown"),
        ("client.updated", "jane"),
        ("user.updated", "jane"),
        ("signing_keys.changed", "joe"),
        ("client.deleted", "joe"),
    ];
    assert_eq!(told, expected);
    assert!(
        events
            .iter()
            .all(|event| event.operator.kind == "command_line")
    );
    let about = |place: usize| {
        (
            &*events[place].target.kind,
            events[place].target.id.as_str(),
        )
    };
    assert_eq!(about(2), ("client", id));
    assert_eq!(about(3), ("user", user.as_str()));
}
