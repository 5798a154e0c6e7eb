//! Clients that register themselves.

use crate::admin::clients::admin;
use crate::admin::{fields, root, stored_events};
use crate::world::SINGLE;
use countersign_application::admin::AdminError;
use countersign_application::{ClientRegistrations, Definitions, Excess, Registered, SecretUses};
use countersign_domain::audit::event::Action;
use countersign_domain::client::dynamic::metadata::ClientMetadata;
use countersign_domain::client::dynamic::policy::RegistrationMode;
use countersign_domain::client::registration::InvalidRegistration;
use countersign_domain::resource::Resource;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{ClientRepository as _, Clock, Entropy, Race, SecretUse};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const DAY: u64 = 86_400;

struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Entropy that differs at each call.
struct Counted;

impl Entropy for Counted {
    fn fill(&self, buffer: &mut [u8]) {
        static CALLS: AtomicU64 = AtomicU64::new(1);
        let number = CALLS.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (to, from) in buffer.iter_mut().zip(number.iter().cycle()) {
            *to = *from;
        }
    }

    fn time_ordered_id(&self) -> [u8; 16] {
        [7; 16]
    }
}

fn after(days: u64) -> Timestamp {
    fixtures::NOW.plus(Duration::from_secs(days * DAY))
}

/// Returns the use cases at a time.
fn at(store: &Arc<MemoryStore>, now: Timestamp) -> ClientRegistrations<MemoryStore> {
    let mut clients = admin(store);
    clients.clock = Arc::new(At(now));
    clients.entropy = Arc::new(Counted);
    ClientRegistrations {
        clients,
        definitions: Arc::new(Definitions::new(store.clone())),
        excess: Excess::default(),
    }
}

fn open() -> Tenant {
    let mut tenant = fixtures::tenant();
    tenant.settings.client_registration.mode = RegistrationMode::Anonymous;
    tenant
}

fn metadata(method: &str) -> ClientMetadata {
    ClientMetadata {
        client_name: Some("Notes".to_owned()),
        redirect_uris: vec!["https://app.example/callback".to_owned()],
        token_endpoint_auth_method: Some(method.to_owned()),
        ..ClientMetadata::default()
    }
}

async fn register(store: &Arc<MemoryStore>, method: &str) -> Registered {
    let address = "192.0.2.1".parse().ok();
    let registered = at(store, fixtures::NOW)
        .register(&open(), None, &metadata(method), address)
        .await;
    registered.unwrap()
}

async fn exists(store: &MemoryStore, registered: &Registered) -> bool {
    let id = &registered.client.id;
    store.find_client(SINGLE, id).await.unwrap().is_some()
}

#[tokio::test]
async fn registration_is_recorded_with_its_address_and_without_secrets() {
    let store = Arc::new(MemoryStore::default());
    let registered = register(&store, "client_secret_basic").await;
    let events = stored_events(&store).await;
    let [event] = &*events else {
        panic!("{events:?}");
    };
    assert_eq!(event.action, Action::CLIENT_CREATED);
    assert_eq!(
        (&*event.operator.kind, &*event.operator.id),
        ("address", "192.0.2.1")
    );
    assert_eq!(event.target.id, registered.client.id.as_str());
    assert!(fields(event).contains(&("registration_access_token", None, Some(".."))));
    let secret = registered.secret.unwrap();
    let text = format!("{:?}{:?}", fields(event), registered.client);
    for secret in [&secret, &registered.access_token] {
        assert!(!text.contains(secret.expose_secret()));
    }
}

#[tokio::test]
async fn operator_cannot_give_registered_client_the_admin_api() {
    let store = Arc::new(MemoryStore::default());
    let id = register(&store, "none").await.client.id;
    let tenant = open();
    let api = Resource::parse(&tenant.admin_api()).unwrap();
    let admin = admin(&store);
    let changed = admin.update(&tenant, root(), &id, |client| {
        client.resources = vec![api.clone()];
    });
    let expected = InvalidRegistration::DynamicAdministration;
    assert!(matches!(changed.await, Err(AdminError::Registration(own)) if own == expected));
    let changed = admin.update(&tenant, root(), &id, |client| client.first_party = true);
    let expected = InvalidRegistration::DynamicFirstParty;
    assert!(matches!(changed.await, Err(AdminError::Registration(own)) if own == expected));
}

#[tokio::test]
async fn unused_clients_are_removed_and_used_ones_stay() {
    let store = Arc::new(MemoryStore::default());
    let (own, event) = (fixtures::client("own"), fixtures::event());
    let inserted = store.insert_client(SINGLE, &own, &event).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    let unused = register(&store, "none").await;
    let public = register(&store, "none").await;
    let confidential = register(&store, "client_secret_basic").await;
    let uses = SecretUses::default();
    uses.note(SINGLE, &public.client.id, SecretUses::NO_SECRET, after(30));
    uses.write_down(&*store, after(30)).await.unwrap();
    let of_secret = SecretUse {
        client: confidential.client.id.clone(),
        secret_name: "secret-1".to_owned(),
        at: after(30),
    };
    store
        .record_secret_uses(SINGLE, &[of_secret])
        .await
        .unwrap();
    let removed = |days| {
        let registrations = at(&store, after(days));
        async move { registrations.remove_unused(&open()).await.unwrap() }
    };
    assert_eq!(removed(89).await, 0);
    assert_eq!(removed(90).await, 1);
    assert!(!exists(&store, &unused).await);
    assert!(exists(&store, &public).await && exists(&store, &confidential).await);
    assert_eq!(removed(119).await, 0);
    assert_eq!(removed(120).await, 2);
    let id = fixtures::client_id("own");
    let own = store.find_client(SINGLE, &id);
    assert!(own.await.unwrap().is_some(), "an operator created it");
}

#[tokio::test]
async fn last_use_of_public_client_survives_change_of_period() {
    let store = Arc::new(MemoryStore::default());
    let public = register(&store, "none").await;
    let uses = SecretUses::default();
    // Keys of uses change every 400 days.
    for day in (0..1200).step_by(60) {
        uses.note(SINGLE, &public.client.id, SecretUses::NO_SECRET, after(day));
        uses.write_down(&*store, after(day)).await.unwrap();
        let removed = at(&store, after(day + 59)).remove_unused(&open()).await;
        assert_eq!(removed.unwrap(), 0, "{day}");
    }
    assert!(exists(&store, &public).await);
}

#[tokio::test]
async fn housekeeping_corrects_number_of_clients() {
    let store = Arc::new(MemoryStore::default());
    let mut tenant = open();
    tenant.settings.client_registration.most_clients = 1;
    let registered = register(&store, "none").await;
    // As a crash between the two steps of a deletion leaves it.
    let id = &registered.client.id;
    let event = fixtures::event();
    let deleted = store.delete_client(SINGLE, id, 1, &event);
    assert_eq!(deleted.await.unwrap(), Race::Won);
    let metadata = metadata("none");
    let registrations = at(&store, fixtures::NOW);
    let full = registrations.register(&tenant, None, &metadata, None).await;
    assert!(full.is_err());
    // One run could have met a registration that is counted and not yet stored.
    assert_eq!(registrations.remove_unused(&tenant).await.unwrap(), 0);
    let full = registrations.register(&tenant, None, &metadata, None).await;
    assert!(full.is_err());
    assert_eq!(registrations.remove_unused(&tenant).await.unwrap(), 0);
    let registered = registrations.register(&tenant, None, &metadata, None).await;
    assert!(registered.is_ok());
    let full = registrations.register(&tenant, None, &metadata, None).await;
    assert!(full.is_err());
}
