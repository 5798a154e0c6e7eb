//! Test server with an in-memory store, real keys and codecs, a test clock and free password hashing.

mod changed;
mod data;
mod sending;
mod tokens;

use crate::facts::{CountedPasswords, KEYS, TENANT, TestClock, registered, tenant};
use crate::outside::{OnePlace, Outside};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use countersign_adapters_jwt::{
    Codecs, EventEncoder, JwtAssertions, KeyRing, generate_signing_key, shared_secret,
};
use countersign_adapters_system::{CachedKeySets, HttpUpstreams, SystemEntropy, TotpCodes};
use countersign_application::admin::keys::NewSigningKey;
use countersign_application::admin::{Activity, AdminTools, EventSource, WebhookTools};
use countersign_application::{App, Clients, Definitions, OwnHosts, Ports, TenantDirectory};
use countersign_cli::Endpoints;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{
    ClientRepository as _, Clock as _, Cursor, Entropy as _, KeysInMemory, NoBreaches,
    PublishedKeys, Race, Signer, Store, TokenVerifier,
};
use countersign_server_admin::SeedApis;
use countersign_server_http::wire::ClientAddress;
use countersign_server_http::{Answers as _, Front};
use countersign_server_pages::mails::for_commands;
use countersign_server_pages::pages::{BrandedPages, PageSettings, Pages};
use countersign_store_contract::{MemoryStore, fixtures};
use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub(crate) struct Server<S = MemoryStore> {
    pub(crate) router: Router,
    /// Router behind the front.
    pub(crate) behind: Router,
    pub(crate) store: Arc<S>,
    pub(crate) passwords: Arc<CountedPasswords>,
    pub(crate) clients: Arc<Clients<S>>,
    definitions: Arc<Definitions<S>>,
    tenants: Arc<TenantDirectory<S>>,
    pub(crate) outside: Arc<Outside>,
    /// Network address of all requests.
    pub(crate) address: Option<IpAddr>,
    clock: Arc<TestClock>,
    /// Events of requests that are no commands.
    pub(crate) activity: Arc<Activity>,
    /// Numbers these events.
    events: EventSource,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let store = MemoryStore::default();
        for client in registered() {
            let event = fixtures::event();
            let inserted = store.insert_client(TENANT, &client, &event);
            assert_eq!(inserted.await.unwrap(), Race::Won);
        }
        Self::on(store)
    }
}

/// All of them.
const SEED_APIS: SeedApis = SeedApis {
    aries: true,
    aero2: true,
};

/// Parts of a server besides its store.
pub(crate) struct Made<G> {
    pub(crate) seed_apis: SeedApis,
    pub(crate) tenant: Tenant,
    pub(crate) codecs: Codecs,
    pub(crate) signer: Arc<G>,
    pub(crate) keys: Arc<dyn PublishedKeys>,
    pub(crate) held: Arc<dyn KeysInMemory>,
    pub(crate) verifier: Arc<dyn TokenVerifier>,
}

impl Made<KeyRing> {
    /// Creates the parts with these keys.
    pub(crate) fn of((codecs, keys): &(Codecs, Vec<SigningKey>)) -> Self {
        let ring = Arc::new(KeyRing::new(codecs));
        ring.load(TENANT, keys, codecs, fixtures::NOW).unwrap();
        Self {
            seed_apis: SEED_APIS,
            tenant: tenant(),
            codecs: codecs.clone(),
            signer: ring.clone(),
            keys: ring.clone(),
            held: ring.clone(),
            verifier: ring,
        }
    }
}

/// Adapters of a test: a store and a signer of its choice, and passwords that cost nothing.
struct InMemory<S, G>(PhantomData<(S, G)>);

impl<S: Store, G: Signer> App for InMemory<S, G> {
    type Store = S;
    type Signer = G;
    type PasswordHasher = CountedPasswords;
}

/// Returns an event source of a new node.
fn events_of(entropy: &Arc<SystemEntropy>) -> EventSource {
    let node = NodeId::from_bytes(entropy.time_ordered_id());
    EventSource::new(node, entropy.clone(), Arc::new(EventEncoder))
}

/// Returns the pages, which know one place.
fn pages() -> Pages {
    let settings = PageSettings {
        places: Arc::new(OnePlace),
        ..PageSettings::default()
    };
    Pages::new(settings).unwrap()
}

/// Returns the tools of the admin API.
fn admin_tools(outside: &Arc<Outside>) -> AdminTools {
    let pages = Pages::new(PageSettings::default()).unwrap();
    AdminTools {
        compose: for_commands(BrandedPages::new(pages)),
        make_key: Box::new(|new: NewSigningKey<'_>| {
            let (tenant, client) = (new.tenant, new.client.cloned());
            let (created_at, signs_from) = (new.created_at, new.signs_from);
            let codecs = &KEYS.0;
            generate_signing_key(
                tenant,
                new.algorithm,
                client,
                created_at,
                signs_from,
                codecs,
            )
        }),
        shared_secret: Box::new(|tenant, key| shared_secret(tenant, key, &KEYS.0)),
        announcement: Duration::from_secs(300),
        requests_per_minute: 200,
        webhooks: WebhookTools {
            outbound: outside.clone(),
            deliveries: Arc::new(KEYS.0.clone()),
            http_allowed: false,
        },
    }
}

/// Returns a router that passes every request to the front, as the server does. With `COUNTERSIGN_TEST_WAY_IN=router`,
/// token requests also go to the router behind it, which has the token endpoint too: the same tests must pass.
fn way_in<A: App>(front: Front<A>) -> Router {
    let by_router = match std::env::var("COUNTERSIGN_TEST_WAY_IN").as_deref() {
        Ok("router") => true,
        Ok(other) => panic!("unknown way in: {other}"),
        Err(_) => false,
    };
    Router::new().fallback(async move |request: Request<Body>| {
        let address = ClientAddress::of(request.extensions());
        if by_router {
            front.answer_with_router(request, address).await
        } else {
            front.answer(request, address).await
        }
    })
}

impl<S: Store> Server<S> {
    pub(crate) fn on(store: S) -> Self {
        Self::made(store, Made::of(&KEYS))
    }

    pub(crate) fn with_signer<G: Signer>(
        store: S,
        signer: Arc<G>,
        keys: Arc<dyn PublishedKeys>,
        verifier: Arc<dyn TokenVerifier>,
    ) -> Self {
        let made = Made {
            seed_apis: SEED_APIS,
            tenant: tenant(),
            codecs: KEYS.0.clone(),
            signer,
            keys,
            held: Arc::new(KeyRing::new(&KEYS.0)),
            verifier,
        };
        Self::made(store, made)
    }

    pub(crate) fn made<G: Signer>(store: S, made: Made<G>) -> Self {
        Self::node(Arc::new(store), made)
    }

    /// Returns another node on the same store.
    pub(crate) fn beside(&self) -> Self {
        Self::node(self.store.clone(), Made::of(&KEYS))
    }

    fn node<G: Signer>(store: Arc<S>, made: Made<G>) -> Self {
        let Made {
            seed_apis,
            tenant,
            codecs,
            signer,
            keys,
            held,
            verifier,
        } = made;
        let codecs = Arc::new(codecs);
        let clients = Arc::new(Clients::new(store.clone()));
        let definitions = Arc::new(Definitions::new(store.clone()));
        let clock = Arc::new(TestClock(AtomicU64::new(fixtures::NOW.as_unix_seconds())));
        let passwords = Arc::new(CountedPasswords::default());
        let outside = Arc::new(Outside::default());
        let activity = Arc::new(Activity::new(clock.clone()));
        let entropy = Arc::new(SystemEntropy::new());
        let events = events_of(&entropy);
        let ports: Ports<InMemory<S, G>> = Ports {
            store: store.clone(),
            definitions: definitions.clone(),
            clients: clients.clone(),
            secret_uses: Arc::default(),
            signer,
            verifier,
            assertions: Arc::new(JwtAssertions),
            key_sets: Arc::new(CachedKeySets::new(outside.clone())),
            upstreams: Arc::new(HttpUpstreams::new(outside.clone())),
            upstream_jwts: Arc::new(JwtAssertions),
            codes: codecs.clone(),
            refresh_tokens: codecs.clone(),
            steps: codecs.clone(),
            vault: codecs.clone(),
            devices: codecs.clone(),
            mailed_links: codecs.clone(),
            formats: codecs.clone(),
            passwords: passwords.clone(),
            breached: Arc::new(NoBreaches),
            one_time_codes: Arc::new(TotpCodes),
            passkeys: outside.clone(),
            mailer: outside.clone(),
            logout: outside.clone(),
            clock: clock.clone(),
            events: Arc::new(events_of(&entropy)),
            entropy,
            activity: activity.clone(),
        };
        let tenant = Arc::new(tenant);
        let tenants = Arc::new(TenantDirectory::new(
            store.clone(),
            tenant.clone(),
            OwnHosts::Any,
            held,
            clock.clone(),
        ));
        let endpoints = Endpoints {
            tenant,
            envelopes: codecs.clone(),
            known_devices: codecs,
            keys,
            key_set_max_age: Duration::from_secs(300),
            pages: pages(),
            admin: Some(admin_tools(&outside)),
            seed_apis,
        };
        let front = endpoints.front(&ports, tenants.clone());
        Self {
            behind: front.router().clone(),
            router: way_in(front),
            store,
            passwords,
            clients,
            definitions,
            tenants,
            outside,
            address: None,
            clock,
            activity,
            events,
        }
    }

    /// Applies the recorded changes to the server.
    pub(crate) async fn follow(&self) {
        let (changes, _) = self.store.changes_after(Cursor(0)).await.unwrap();
        self.clients.follow(&changes);
        self.definitions.follow(&changes);
        self.tenants.follow(&changes).await.unwrap();
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl<S> Server<S> {
    pub(crate) fn clock(&self) -> Arc<TestClock> {
        self.clock.clone()
    }

    /// Returns the current time of the server.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
