//! [`Audit`](countersign_ports::Audit), and the events that operator commands store.

use crate::contract::definitions::definition;
use crate::contract::support::{all, client, insert_clients, insert_users, user, winners};
use crate::fixtures::{
    NOW, client_id, ephemeral_key, event_in, later, node_id, record_of, signing_key, user_id,
};
use countersign_domain::audit::event::{Action, Event, EventContext, EventId, FieldChange, Party};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{
    After, EphemeralKind, EventRecord, KeptReply, KeyChange, KeySetVersion, Race, Store,
    StoredEvent, Transfer,
};
use std::borrow::Cow;
use std::sync::Arc;

async fn events(store: &impl Store, tenant: TenantId) -> Vec<EventRecord> {
    all(store.list_events(tenant, After::start()).await)
}

fn new_key(seen: u64, id: &str) -> KeyChange {
    KeyChange {
        seen: KeySetVersion(seen),
        add: vec![signing_key(id)],
        retire: Vec::new(),
    }
}

/// Each method behind an operator command stores exactly its event when it wins.
pub async fn winning_command_stores_its_event<S: Store>(store: Arc<S>, tenant: TenantId) {
    let all: [EventRecord; 8] = std::array::from_fn(|_| event_in(tenant));
    let (app, jane) = (client("app"), user(1, "a@b.example"));
    let won = [
        store.insert_client(tenant, &app, &all[0]).await,
        store.update_client(tenant, &app, &all[1]).await,
        store.delete_client(tenant, &app.id, 2, &all[2]).await,
        store.insert_user(tenant, &jane, Some(&all[3])).await,
        store.update_user(tenant, &jane, &all[4]).await,
        store
            .set_password_hash(tenant, jane.id, "new", &all[5])
            .await,
        store.reset_factors(tenant, jane.id, None, &all[6]).await,
        store
            .change_signing_keys(tenant, &new_key(0, "a"), Some(&all[7]))
            .await,
    ];
    for race in won {
        assert_eq!(race.unwrap(), Race::Won);
    }
    assert_eq!(events(&*store, tenant).await, all);
}

/// Appended events are stored once, in their tenant, however often they are appended.
pub async fn appended_events_are_stored_once<S: Store>(store: Arc<S>, tenant: TenantId) {
    let events_of = [event_in(tenant), event_in(tenant), event_in(tenant)];
    store.append_activity(tenant, &[]).await.unwrap();
    store
        .append_activity(tenant, &events_of[..2])
        .await
        .unwrap();
    store.append_activity(tenant, &events_of).await.unwrap();
    assert_eq!(events(&*store, tenant).await, events_of);
}

/// A winning command stores its reply in place of the value that its request inserted. A losing one does not.
pub async fn winning_command_stores_its_reply<S: Store>(store: Arc<S>, tenant: TenantId) {
    let (app, jane) = (client("app"), user(1, "a@b.example"));
    let number = std::cell::Cell::new(0);
    let replying = async || {
        number.set(number.get() + 1);
        let key = ephemeral_key(EphemeralKind::CommandReply, number.get());
        let inserted = store.insert(tenant, &key, &[], NOW).await;
        assert_eq!(inserted.unwrap(), Race::Won);
        let value = b"reply".to_vec();
        let reply = Some(KeptReply { key, value });
        EventRecord {
            reply,
            ..event_in(tenant)
        }
    };
    let all = [
        replying().await,
        replying().await,
        replying().await,
        replying().await,
        replying().await,
    ];
    let (server, keys) = (definition("api"), new_key(0, "a"));
    let outcomes = [
        store.insert_client(tenant, &app, &all[0]).await,
        store.insert_user(tenant, &jane, Some(&all[1])).await,
        store.insert_definition(tenant, &server, &all[2]).await,
        store
            .change_signing_keys(tenant, &keys, Some(&all[3]))
            .await,
        store.insert_client(tenant, &app, &all[4]).await,
    ];
    for (event, race) in all.iter().zip(outcomes) {
        let key = event.reply.as_ref().map(|reply| reply.key).unwrap();
        let stored = store.get(tenant, &key, NOW).await.unwrap().unwrap();
        let (value, version): (&[u8], u64) = match race.unwrap() {
            Race::Won => (b"reply", 2),
            Race::Lost => (b"", 1),
        };
        assert_eq!((stored.value.as_slice(), stored.version), (value, version));
    }
}

/// A lost race stores no event.
pub async fn losing_command_stores_no_event<S: Store>(store: Arc<S>, tenant: TenantId) {
    let (app, jane) = (client("app"), user(1, "a@b.example"));
    insert_clients(&*store, tenant, std::slice::from_ref(&app)).await;
    insert_users(&*store, tenant, &[jane.clone(), user(2, "c@d.example")]).await;
    let keys = store
        .change_signing_keys(tenant, &new_key(0, "a"), None)
        .await;
    assert_eq!(keys.unwrap(), Race::Won);
    let before = events(&*store, tenant).await;

    let event = &event_in(tenant);
    let (unknown, absent) = (client("other"), user(3, "e@f.example"));
    let mut stale = app.clone();
    stale.version = 7;
    let stale_user = User {
        version: 7,
        ..jane.clone()
    };
    let taken = user(1, "c@d.example");
    let lost = [
        store.insert_client(tenant, &app, event).await,
        store.update_client(tenant, &stale, event).await,
        store.update_client(tenant, &unknown, event).await,
        store.delete_client(tenant, &unknown.id, 1, event).await,
        store.insert_user(tenant, &jane, Some(event)).await,
        store.update_user(tenant, &stale_user, event).await,
        store.update_user(tenant, &taken, event).await,
        store.update_user(tenant, &absent, event).await,
        store
            .set_password_hash(tenant, absent.id, "new", event)
            .await,
        store.reset_factors(tenant, absent.id, None, event).await,
        store
            .change_signing_keys(tenant, &new_key(0, "b"), Some(event))
            .await,
    ];
    for (number, race) in lost.into_iter().enumerate() {
        assert_eq!(race.unwrap(), Race::Lost, "{number}");
    }
    assert_eq!(events(&*store, tenant).await, before);
}

/// A failed command stores no event.
pub async fn failed_command_stores_no_event<S: Store>(store: Arc<S>, tenant: TenantId) {
    let added = store
        .change_signing_keys(tenant, &new_key(0, "a"), None)
        .await;
    assert_eq!(added.unwrap(), Race::Won);
    let event = event_in(tenant);
    let taken = store
        .change_signing_keys(tenant, &new_key(1, "a"), Some(&event))
        .await;
    assert!(taken.is_err());
    assert_eq!(events(&*store, tenant).await, []);
}

/// Calls without an event store none.
pub async fn call_without_event_stores_none<S: Store>(store: Arc<S>, tenant: TenantId) {
    let jane = user(1, "a@b.example");
    insert_users(&*store, tenant, std::slice::from_ref(&jane)).await;
    let added = store
        .change_signing_keys(tenant, &new_key(0, "a"), None)
        .await;
    assert_eq!(added.unwrap(), Race::Won);
    let own = [
        store.verify_email(tenant, jane.id, &jane.email).await,
        store
            .replace_totp_secret(tenant, jane.id, None, Some(&[1]), &[])
            .await,
        store.use_time_step(tenant, jane.id, 1).await,
    ];
    for race in own {
        assert_eq!(race.unwrap(), Race::Won);
    }
    assert_eq!(events(&*store, tenant).await, []);
}

/// Of concurrent commands, only the winner's event is stored.
pub async fn only_event_of_concurrent_winner_is_stored<S: Store>(store: Arc<S>, tenant: TenantId) {
    let winner = Arc::new(std::sync::Mutex::new(Vec::new()));
    let won = winners(&store, |store, _| {
        let winner = Arc::clone(&winner);
        async move {
            let event = event_in(tenant);
            let race = store.insert_client(tenant, &client("app"), &event).await?;
            if race == Race::Won {
                winner.lock().unwrap().push(event);
            }
            Ok(race)
        }
    });
    assert_eq!(won.await, 1);
    let stored = events(&*store, tenant).await;
    assert_eq!(stored, *winner.lock().unwrap());
}

/// Returns an event with unusual text, and later than others.
pub(super) fn odd_event(tenant: TenantId) -> EventRecord {
    let change = |before: Option<&str>, after: Option<&str>| FieldChange {
        field: Cow::Borrowed("redirect_uris"),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    let event = Event {
        id: EventId {
            node: node_id(255),
            number: 1 << 40,
        },
        at: later(9),
        action: Action::named("later.happened"),
        operator: Party::new("command_line", "Ægir 👩‍🚀 \0 '; --"),
        target: Party::new("user", user_id(1).to_string()),
        changes: vec![
            change(None, Some("a")),
            change(Some("a\0\n"), Some("")),
            change(Some(""), None),
        ],
        address: Some("2001:db8::1".parse().unwrap()),
        request: Some("request".into()),
        context: EventContext::default(),
    };
    EventRecord {
        salt: [0xfe; 16],
        digest: std::array::from_fn(|index| u8::try_from(index).unwrap()),
        ..record_of(tenant, event)
    }
}

/// Events are listed by ID with every field, and with their content byte for byte.
pub async fn listed_event_keeps_every_field<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let minimal = record_of(
        tenant,
        Event {
            id: EventId {
                node: node_id(0),
                number: 1,
            },
            at: NOW,
            action: Action::SIGNING_KEYS_CHANGED,
            operator: Party::new("", ""),
            target: Party::new("", ""),
            changes: Vec::new(),
            address: Some("127.0.0.1".parse().unwrap()),
            request: None,
            context: EventContext::default(),
        },
    );
    let odd = odd_event(tenant);
    let app = client("app");
    let inserted = store.insert_client(tenant, &app, &odd).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    let deleted = store
        .delete_client(tenant, &client_id("app"), 1, &minimal)
        .await;
    assert_eq!(deleted.unwrap(), Race::Won);
    assert_eq!(events(&*store, tenant).await, [minimal, odd]);
}

/// [`Transfer::insert_event`] adds an event unchanged. If its ID exists, it returns `Lost`.
pub async fn event_is_added_unchanged_and_once<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let odd = odd_event(tenant);
    let other = EventRecord {
        salt: [1; 16],
        ..odd.clone()
    };
    for (event, race) in [(&odd, Race::Won), (&other, Race::Lost)] {
        let event = StoredEvent::from(event);
        let added = store.insert_event(tenant, &event).await;
        assert_eq!(added.unwrap(), race);
    }
    assert_eq!(events(&*store, tenant).await, [odd]);
}
