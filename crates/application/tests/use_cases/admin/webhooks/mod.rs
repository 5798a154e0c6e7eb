//! Commands about webhooks.

mod receiver;

use crate::admin::{events, fields, only, root, stored_events};
use crate::fakes::{Counting, Fixed};
use crate::world::{SINGLE, tenant};
use countersign_application::admin::webhooks::{WebhookAdmin, WebhookChange, WithSecret};
use countersign_application::admin::{AdminError, Conflict};
use countersign_application::{WebhookSender, webhook_delivery};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::delivery::Delivery;
use countersign_domain::webhook::subscription::EventPattern;
use countersign_domain::webhook::url::WebhookUrl;
use countersign_domain::webhook::{InvalidWebhook, WebhookName};
use countersign_ports::{Ephemera as _, Race};
use countersign_store_contract::{MemoryStore, fixtures};
use receiver::{Receiver, States};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn admin(store: &Arc<MemoryStore>, receiver: &Arc<Receiver>) -> WebhookAdmin<MemoryStore> {
    WebhookAdmin {
        store: store.clone(),
        vault: Arc::new(Fixed),
        sender: WebhookSender {
            outbound: receiver.clone(),
            vault: Arc::new(Fixed),
        },
        deliveries: Arc::new(States),
        http_allowed: false,
        events: events(),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Counting::default()),
    }
}

fn crm() -> WebhookName {
    WebhookName::parse("crm").unwrap()
}

fn change(url: &str) -> (WebhookUrl, WebhookChange) {
    let change = WebhookChange {
        events: Some(vec![EventPattern::parse("user.*").unwrap()]),
        ..WebhookChange::default()
    };
    (WebhookUrl::parse(url).unwrap(), change)
}

async fn created(admin: &WebhookAdmin<MemoryStore>) -> WithSecret {
    let (url, change) = change("https://crm.example/hook/secret");
    let created = admin.create(tenant(), root(), (crm(), url), &change);
    created.await.unwrap()
}

fn setup() -> (Arc<MemoryStore>, Arc<Receiver>, WebhookAdmin<MemoryStore>) {
    let store = Arc::new(MemoryStore::default());
    let receiver = Arc::new(Receiver::default());
    let admin = admin(&store, &receiver);
    (store, receiver, admin)
}

#[tokio::test]
async fn every_webhook_change_has_its_event_without_secrets() {
    let (store, _, admin) = setup();
    let webhook = created(&admin).await.webhook;
    let (other, none) = change("https://crm.example/hook/other");
    let moved = WebhookChange {
        url: Some(other),
        ..none
    };
    for version in [2, 2] {
        let changed = admin.update(tenant(), root(), &crm(), None, &moved).await;
        assert_eq!(changed.unwrap().version, version, "no change, no event");
    }
    let rotated = admin.rotate_secret(tenant(), root(), &crm(), DAY).await;
    assert_eq!(rotated.unwrap().webhook.version, 3);
    admin.replay(tenant(), root(), &crm(), None).await.unwrap();
    let current = admin.find(tenant(), root(), &crm()).await.unwrap();
    admin.disable(tenant(), &current).await.unwrap();
    admin.disable(tenant(), &webhook).await.unwrap();
    admin.delete(tenant(), root(), &crm(), None).await.unwrap();
    let events = stored_events(&store).await;
    let actions: Vec<_> = events.iter().map(|event| event.action.clone()).collect();
    let expected = [
        Action::WEBHOOK_CREATED,
        Action::WEBHOOK_UPDATED,
        Action::WEBHOOK_SECRET_ROTATED,
        Action::WEBHOOK_REPLAYED,
        Action::WEBHOOK_DISABLED,
        Action::WEBHOOK_DELETED,
    ];
    assert_eq!(actions, expected, "an outdated webhook is not disabled");
    let origin = Some("https://crm.example");
    assert_eq!(fields(&events[1]), [("url", origin, origin)]);
    assert_eq!(fields(&events[2]), [("secret", Some(".."), Some(".."))]);
    let disabled = ("enabled", Some("true"), Some("false"));
    assert_eq!(fields(&events[4]), [disabled]);
    assert_eq!(events[4].operator.kind, "server");
    assert!(events.iter().all(|event| event.target.id == "crm"));
}

#[tokio::test]
async fn webhook_needs_permission_to_read_events() {
    let (_, _, admin) = setup();
    created(&admin).await;
    let writer = only(Permission::WebhooksWrite);
    let (url, own) = change("https://crm.example/");
    let refused = [
        admin
            .create(tenant(), &writer, (crm(), url), &own)
            .await
            .err(),
        admin
            .update(tenant(), &writer, &crm(), None, &own)
            .await
            .err(),
        admin
            .rotate_secret(tenant(), &writer, &crm(), DAY)
            .await
            .err(),
        admin.replay(tenant(), &writer, &crm(), None).await.err(),
        admin
            .test(tenant(), &writer, &crm(), |_| Vec::new())
            .await
            .err(),
        admin
            .status(tenant(), &only(Permission::WebhooksRead), &crm())
            .await
            .err(),
    ];
    for error in refused {
        let Some(AdminError::Refused(Refusal::PermissionMissing(missing))) = error else {
            panic!("{error:?}");
        };
        assert_eq!(missing.as_str(), "audit:read");
    }
    let both = Operator {
        permissions: [Permission::WebhooksWrite, Permission::AuditRead].into(),
        has_second_factor: false,
        ..root().clone()
    };
    let stale = admin.replay(tenant(), &both, &crm(), None).await;
    assert!(matches!(
        stale,
        Err(AdminError::Refused(Refusal::SecondFactorStale))
    ));
    admin.delete(tenant(), &writer, &crm(), None).await.unwrap();
}

#[tokio::test]
async fn plain_http_needs_private_networks() {
    let (_, _, mut admin) = setup();
    let (url, own) = change("http://127.0.0.1:8000/");
    let new = (crm(), url);
    let refused = admin.create(tenant(), root(), new.clone(), &own).await;
    let expected = InvalidWebhook::PlainHttp;
    assert!(matches!(refused, Err(AdminError::Webhook(rule)) if rule == expected));
    admin.http_allowed = true;
    admin.create(tenant(), root(), new, &own).await.unwrap();
}

#[tokio::test]
async fn messages_are_signed_with_active_secrets() {
    let (store, receiver, admin) = setup();
    let first = created(&admin).await;
    let rotated = admin.rotate_secret(tenant(), root(), &crm(), DAY).await;
    let second = rotated.unwrap().secret;
    let body = |_| br#"{"a":1}"#.to_vec();
    let sent = admin.test(tenant(), root(), &crm(), body).await.unwrap();
    sent.unwrap();
    let (message, signature) = receiver.last();
    assert_eq!(message.at, fixtures::NOW);
    assert_eq!(message.body, body(message.at));
    let both = [second, first.secret];
    assert_eq!(signature, message.signature(&both));
    let events = stored_events(&store).await;
    assert_eq!(events.last().unwrap().action, Action::WEBHOOK_TESTED);
    let (name, none) = (crm(), Duration::ZERO);
    let leaked = admin.rotate_secret(tenant(), root(), &name, none).await;
    let third = leaked.unwrap().secret;
    let sent = admin.test(tenant(), root(), &crm(), body).await.unwrap();
    sent.unwrap();
    let (message, signature) = receiver.last();
    assert_eq!(signature, message.signature(&[third]));
}

#[tokio::test]
async fn refusal_of_receiver_is_outcome() {
    let (_, receiver, admin) = setup();
    created(&admin).await;
    for status in [199, 300, 302, 404, 410, 500] {
        receiver.answer(status);
        let sent = admin.test(tenant(), root(), &crm(), |_| Vec::new()).await;
        let failure = sent.unwrap().unwrap_err();
        assert_eq!(failure.is_gone(), status == 410);
        let expected = format!("the receiver responded with status {status}");
        assert_eq!(failure.to_string(), expected);
    }
}

#[tokio::test]
async fn replay_waits_until_server_carried_out_previous_one() {
    let (store, _, admin) = setup();
    let id = created(&admin).await.webhook.id;
    let since = Some(Timestamp::from_unix_seconds(5));
    let replayed = admin.replay(tenant(), root(), &crm(), since).await;
    let replay = replayed.unwrap().replay.unwrap();
    assert_eq!((replay.number, replay.since), (2, since));
    let pending = admin.replay(tenant(), root(), &crm(), None).await;
    let expected = Conflict::ReplayPending;
    assert!(matches!(pending, Err(AdminError::Conflict(why)) if why == expected));
    let state = Delivery {
        replayed: 2,
        failures: 3,
        ..Delivery::new(1, fixtures::NOW)
    };
    let (key, value) = (webhook_delivery(id), States::encoded(&state));
    let stored = store.insert(SINGLE, &key, &value, fixtures::NOW).await;
    assert_eq!(stored.unwrap(), Race::Won);
    let status = admin.status(tenant(), root(), &crm()).await.unwrap();
    assert_eq!(status.failures, 3);
    admin.replay(tenant(), root(), &crm(), None).await.unwrap();
    admin.delete(tenant(), root(), &crm(), None).await.unwrap();
    let left = store.get(SINGLE, &key, fixtures::NOW).await.unwrap();
    assert!(left.is_none(), "the state is deleted with the webhook");
}

#[tokio::test]
async fn resealed_secrets_keep_their_order() {
    let (store, _, admin) = setup();
    created(&admin).await;
    let rotated = admin.rotate_secret(tenant(), root(), &crm(), DAY).await;
    let before = rotated.unwrap().webhook;
    let reseal = |context: &str, sealed: &[u8]| {
        assert!(sealed.starts_with(context.as_bytes()));
        Some([sealed, &b"new"[..]].concat())
    };
    let count = admin.reseal(tenant(), root(), &crm(), &reseal).await;
    assert_eq!(count.unwrap(), 2);
    let after = admin.find(tenant(), root(), &crm()).await.unwrap();
    for (before, after) in before.secrets.iter().zip(&after.secrets) {
        assert_eq!(after.sealed, [&before.sealed[..], b"new"].concat());
    }
    let events = stored_events(&store).await.len();
    let none = admin.reseal(tenant(), root(), &crm(), &|_, _| None).await;
    assert_eq!(none.unwrap(), 0);
    assert_eq!(stored_events(&store).await.len(), events);
}
