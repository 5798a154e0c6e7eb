//! Webhooks: delivery through outages and crashes, dead letters, replays, and several servers.

mod receiver;
mod servers;

use crate::support::{Installation, within};
use receiver::{Message, Receiver};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Timeout for a delivery on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// Retries every second or two, for half a minute.
const OFTEN: &str = "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1";

fn settings(retries: &'static str) -> [(&'static str, &'static str); 2] {
    [
        ("OUTBOUND__PRIVATE_NETWORKS", "webhook"),
        ("WEBHOOKS__RETRIES", retries),
    ]
}

/// Creates a webhook for the events of users. Returns its secret.
fn create(installation: &Installation, name: &str, receiver: &Receiver) -> String {
    let url = receiver.url();
    let created = installation.json(&[
        "webhooks", "create", name, "--url", &url, "--event", "user.*",
    ]);
    let secret = created["signing_secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"), "{created}");
    secret.to_owned()
}

/// Creates a user with a second event. Returns the ID.
fn user(installation: &Installation, name: &str) -> String {
    let email = format!("{name}@example.com");
    let user = installation.json(&["users", "create", "--email", &email]);
    let id = user["id"].as_str().unwrap().to_owned();
    installation.run(&["users", "disable", &id]);
    id
}

/// Returns the IDs of the events of users in the audit log.
fn recorded(installation: &Installation) -> BTreeSet<String> {
    let events = installation.json(&["audit", "list", "--limit=500"]);
    let events = events.as_array().unwrap().iter();
    let about_users = events.filter(|event| event["action"].as_str().unwrap().starts_with("user."));
    about_users
        .map(|event| event["id"].as_str().unwrap().to_owned())
        .collect()
}

fn ids(messages: &[Message]) -> BTreeSet<String> {
    messages.iter().map(|own| own.id().to_owned()).collect()
}

async fn has_all(receiver: &Receiver, expected: &BTreeSet<String>) {
    within(PATIENCE, "delivered", async || {
        ids(&receiver.accepted()).is_superset(expected)
    })
    .await;
}

/// Checks that the first messages with each ID are those of the audit log, in order for each user.
#[track_caller]
fn assert_in_order(messages: &[Message]) {
    let mut seen = BTreeSet::new();
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for message in messages.iter().filter(|own| seen.insert(own.id())) {
        let kind = message.body["type"].as_str().unwrap();
        users.entry(message.user()).or_default().push(kind);
    }
    for (user, kinds) in users {
        assert_eq!(kinds, ["user.created", "user.updated"], "{user}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_is_lost_in_outage_of_receiver_and_kill_of_server() {
    let installation = Installation::with(&settings(OFTEN));
    let receiver = Receiver::listen();
    user(&installation, "before");
    let earlier = recorded(&installation);
    // Times are in seconds, and a webhook gets the events from the second of its creation on.
    tokio::time::sleep(Duration::from_secs(1)).await;
    create(&installation, "crm", &receiver);
    let server = installation.start();
    user(&installation, "first");
    let expected = || -> BTreeSet<String> { &recorded(&installation) - &earlier };
    has_all(&receiver, &expected()).await;
    receiver.set_open(false);
    for name in ["second", "third"] {
        user(&installation, name);
    }
    server.logged("a webhook does not accept events; they are retried");
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.kill();
    user(&installation, "fourth");
    let server = installation.start();
    user(&installation, "fifth");
    tokio::time::sleep(Duration::from_secs(2)).await;
    receiver.set_open(true);
    has_all(&receiver, &expected()).await;
    let messages = receiver.accepted();
    assert_eq!(ids(&messages), expected(), "and nothing else");
    assert_eq!(expected().len(), 10);
    assert_in_order(&messages);
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn message_has_signed_headers_and_event_of_audit_log() {
    let installation = Installation::with(&settings(OFTEN));
    let receiver = Receiver::listen();
    let first = create(&installation, "crm", &receiver);
    let rotated = installation.json(&["webhooks", "rotate-secret", "crm"]);
    let second = rotated["signing_secret"].as_str().unwrap();
    let server = installation.start();
    user(&installation, "jane");
    has_all(&receiver, &recorded(&installation)).await;
    let message = receiver.accepted().remove(0);
    assert_eq!(message.headers["content-type"], "application/json");
    let event = installation.json(&["audit", "list", "--action=user.created"]);
    assert_eq!(message.body["data"], event[0]);
    assert_eq!(message.body["type"], "user.created");
    assert_eq!(message.id(), event[0]["id"]);
    let signatures = message.headers["webhook-signature"].split(' ').count();
    assert_eq!(signatures, 2, "old and new secret");
    installation.run(&["webhooks", "rotate-secret", "crm", "--overlap=0"]);
    let shown = installation.run(&["webhooks", "show", "crm", "--json"]);
    for secret in [&first, second] {
        assert!(!shown.contains(secret));
    }
    let listed: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(listed["secrets"].as_array().unwrap().len(), 1);
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters_are_listed_and_replayed() {
    let installation = Installation::with(&settings("1"));
    let receiver = Receiver::listen();
    receiver.answer(500);
    create(&installation, "crm", &receiver);
    let server = installation.start();
    user(&installation, "jane");
    let expected = recorded(&installation);
    let letters = || installation.json(&["webhooks", "dead-letters", "crm"]);
    let count = || letters()["dead_letters"].as_array().unwrap().len();
    within(PATIENCE, "given up", async || count() == 2).await;
    let first = letters()["dead_letters"][0].clone();
    assert_eq!(first["reason"], "the receiver responded with status 500");
    assert_eq!(
        (&first["type"], &first["attempts"]),
        (&"user.created".into(), &2.into())
    );
    let doctor = installation.command(&["doctor"]).output().unwrap();
    let report = String::from_utf8(doctor.stdout).unwrap();
    assert!(report.contains("do not accept events: crm"), "{report}");
    assert!(report.contains("were given up: crm"), "{report}");
    receiver.answer(200);
    installation.run(&["webhooks", "replay", "crm"]);
    has_all(&receiver, &expected).await;
    assert_in_order(&receiver.accepted());
    within(PATIENCE, "stored", async || count() == 0).await;
    installation.run(&["webhooks", "replay", "crm", "--since=0"]);
    within(PATIENCE, "sent again", async || {
        receiver.accepted().len() == 4
    })
    .await;
    assert_eq!(ids(&receiver.accepted()), expected, "the same identifiers");
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gone_receiver_disables_webhook_with_event() {
    let installation = Installation::with(&settings(OFTEN));
    let receiver = Receiver::listen();
    receiver.answer(410);
    create(&installation, "crm", &receiver);
    let server = installation.start();
    user(&installation, "jane");
    let shown = || installation.json(&["webhooks", "show", "crm"]);
    within(PATIENCE, "disabled", async || shown()["enabled"] == false).await;
    let events = installation.json(&["audit", "list", "--action=webhook.disabled"]);
    assert_eq!(events[0]["operator"]["kind"], "server");
    receiver.answer(200);
    let test = installation.run(&["webhooks", "test", "crm"]);
    assert!(test.contains("accepted"), "{test}");
    installation.run(&["webhooks", "edit", "crm", "--enabled=true"]);
    has_all(&receiver, &recorded(&installation)).await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hanging_receiver_delays_no_other_and_deleted_webhook_gets_nothing() {
    let installation = Installation::with(&settings(OFTEN));
    let [hanging, deleted, other] = [(); 3].map(|()| Receiver::listen());
    hanging.hang();
    for (name, receiver) in [
        ("hanging", &hanging),
        ("deleted", &deleted),
        ("other", &other),
    ] {
        create(&installation, name, receiver);
    }
    let server = installation.start();
    user(&installation, "jane");
    has_all(&other, &recorded(&installation)).await;
    has_all(&deleted, &recorded(&installation)).await;
    installation.run(&["webhooks", "delete", "deleted"]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    user(&installation, "joe");
    has_all(&other, &recorded(&installation)).await;
    assert_eq!(deleted.accepted().len(), 2);
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receiver_in_private_network_is_not_contacted_unless_allowed() {
    let installation = Installation::new();
    let receiver = Receiver::listen();
    let create = |url: &str| {
        let command = ["webhooks", "create", "crm", "--url", url, "--event=user.*"];
        installation.command(&command).output().unwrap()
    };
    let refused = create(&receiver.url());
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("must use https"), "{message}");
    let https = receiver.url().replace("http:", "https:");
    assert!(create(&https).status.success());
    let test = installation.command(&["webhooks", "test", "crm"]);
    let test = { test }.output().unwrap();
    let message = String::from_utf8(test.stderr).unwrap();
    assert_eq!(test.status.code(), Some(1), "{message}");
    assert!(
        message.contains("does not allow it for webhook"),
        "{message}"
    );
    assert!(!message.contains("hidden"), "{message}");
}
