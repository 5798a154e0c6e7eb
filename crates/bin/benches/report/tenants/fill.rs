//! Store with many tenants. Their rows are those of one tenant that the binary made, with other keys.

use crate::clients::Client;
use crate::postgres::rigs::Rig;
use crate::process::Site;
use countersign_adapters_jwt::{Codecs, MasterKeys, generate_signing_key};
use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_adapters_system::SystemClock;
use countersign_domain::client::{Client as Registered, ClientId};
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::registered::RegisteredTenant;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{
    ClientRepository as _, Clock as _, Definition, DefinitionRepository as _, KeyChange,
    KeySetVersion, Race, SigningKeyRepository as _, Vault as _,
};
use countersign_store_contract::fixtures::event_in;
use countersign_store_contract::postgres::Cluster;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Number of tenants.
pub(crate) const TENANTS: u32 = 10_000;
/// Users of each tenant.
const USERS: u32 = 100;
/// Tasks that insert rows at the same time.
const TASKS: u32 = 16;
/// Different RSA keys: it takes a tenth of a second to make one. Each tenant has its own copy of one of them.
const RSA_KEYS: usize = 24;

/// Number of the first tenant. The server's own tenant has the one before.
const FIRST: u32 = 2;

/// Returns the path of a tenant.
pub(crate) fn path(number: u32) -> String {
    format!("/t/tenant-{number}")
}

/// Inserts the rows of all tenants.
pub(crate) struct Filler {
    runtime: Runtime,
    store: PostgresStore,
    codecs: Arc<Codecs>,
    rig: Rig,
}

impl Filler {
    pub(crate) fn new(site: &Site, cluster: &Cluster) -> Self {
        let runtime = Runtime::new().unwrap();
        let options = Options {
            pool_size: 8,
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(30),
        };
        let store = runtime.block_on(PostgresStore::connect(&cluster.url(), options));
        let keys = std::fs::read_to_string(site.master_key()).unwrap();
        Self {
            runtime,
            store: store.unwrap(),
            codecs: Arc::new(Codecs::new(&MasterKeys::parse(&keys).unwrap())),
            rig: Rig::new(cluster),
        }
    }

    /// Inserts the tenants, with an ES256 key each, and a client like this one.
    pub(crate) fn tenants(&self, client: &Client) {
        let now = SystemClock.now();
        let codecs = self.codecs.clone();
        let work = move |store: PostgresStore, id: TenantId, client: Arc<Registered>| {
            let codecs = codecs.clone();
            async move {
                let algorithm = SigningAlgorithm::Es256;
                let key = generate_signing_key(id, algorithm, None, now, now, &*codecs);
                add_key(&store, id, 0, key.unwrap()).await;
                add_client(&store, id, &client).await;
                let name = TenantName::parse(&format!("tenant-{}", id.number() - FIRST)).unwrap();
                let mut tenant = RegisteredTenant::new(name, id, TenantPlace::Path, now);
                tenant.overrides.signing_algorithm = Some(algorithm);
                tenant.version = 1;
                let tenant = Definition::RegisteredTenant(tenant);
                let event = event_in(TenantId::SINGLE);
                let inserted = store.insert_definition(TenantId::SINGLE, &tenant, &event);
                assert_eq!(inserted.await.unwrap(), Race::Won);
            }
        };
        self.each(client, work);
        self.add_users();
    }

    /// Inserts users like the one of the server's own tenant. The benchmark measures no events, and a server would seal
    /// those of the inserted rows.
    fn add_users(&self) {
        let last = FIRST + TENANTS - 1;
        for statement in [
            format!(
                "INSERT INTO users (id, version, created_at, tenant, email_verified, enabled, email, document) \
                 SELECT (lpad(to_hex(of), 16, '0') || lpad(to_hex(number), 16, '7'))::uuid, version, created_at, of, \
                 email_verified, enabled, 'user-' || number || '@example.com', document FROM users, \
                 generate_series({FIRST}, {last}) AS of, generate_series(1, {USERS}) AS number WHERE tenant = 1"
            ),
            "INSERT INTO credentials (user_id, tenant, password_hash) \
             SELECT users.id, users.tenant, own.password_hash \
             FROM users, credentials AS own WHERE own.tenant = 1 AND users.tenant > 1"
                .to_owned(),
            "TRUNCATE events".to_owned(),
            "VACUUM ANALYZE".to_owned(),
            "CHECKPOINT".to_owned(),
        ] {
            self.rig.tell(&statement);
        }
        let users = self.rig.tell("SELECT count(*) FROM users");
        assert_eq!(users.trim(), (TENANTS * USERS + 1).to_string());
    }

    /// Adds an RS256 key to each tenant, and a client like this one.
    pub(crate) fn add_rsa_keys(&self, client: &Client) {
        let now = SystemClock.now();
        let single = TenantId::SINGLE;
        let plaintext = |_| {
            let algorithm = SigningAlgorithm::Rs256;
            let key = generate_signing_key(single, algorithm, None, now, now, &*self.codecs);
            let key = key.unwrap();
            let private = self
                .codecs
                .unseal(single, &context(&key.id), &key.sealed_private_key);
            private.unwrap()
        };
        let plaintexts: Arc<[_]> = (0..RSA_KEYS).map(plaintext).collect();
        let codecs = self.codecs.clone();
        let work = move |store: PostgresStore, id: TenantId, client: Arc<Registered>| {
            let (codecs, plaintexts) = (codecs.clone(), plaintexts.clone());
            async move {
                let name = format!("rsa-{id}");
                let plaintext = &plaintexts[id.number() as usize % RSA_KEYS];
                let key = SigningKey {
                    sealed_private_key: codecs.seal(id, &context(&name), plaintext),
                    id: name,
                    algorithm: SigningAlgorithm::Rs256,
                    client: None,
                    created_at: now,
                    signs_from: now,
                    retires_at: None,
                };
                add_key(&store, id, 1, key).await;
                add_client(&store, id, &client).await;
            }
        };
        self.each(client, work);
        self.rig.tell("TRUNCATE events");
    }

    /// Runs work for each tenant, with this client of the server's own tenant.
    fn each<F: Future<Output = ()> + Send + 'static>(
        &self,
        client: &Client,
        work: impl Fn(PostgresStore, TenantId, Arc<Registered>) -> F + Clone + Send + Sync + 'static,
    ) {
        let id = ClientId::parse(&client.id).unwrap();
        self.runtime.block_on(async {
            let found = self.store.find_client(TenantId::SINGLE, &id).await;
            let client = Arc::new(found.unwrap().unwrap());
            let mut tasks = JoinSet::new();
            for task in 0..TASKS {
                let (work, store, client) = (work.clone(), self.store.clone(), client.clone());
                tasks.spawn(async move {
                    for number in (task..TENANTS).step_by(TASKS as usize) {
                        let id = TenantId::from_number(FIRST + number).unwrap();
                        work(store.clone(), id, client.clone()).await;
                    }
                });
            }
            tasks.join_all().await;
        });
    }
}

/// Returns the context to which a private key is sealed.
fn context(id: &str) -> String {
    format!("signing key {id}")
}

async fn add_key(store: &PostgresStore, tenant: TenantId, seen: u64, key: SigningKey) {
    let change = KeyChange {
        seen: KeySetVersion(seen),
        add: vec![key],
        retire: Vec::new(),
    };
    let changed = store.change_signing_keys(tenant, &change, None).await;
    assert_eq!(changed.unwrap(), Race::Won);
}

async fn add_client(store: &PostgresStore, tenant: TenantId, client: &Registered) {
    let inserted = store.insert_client(tenant, client, &event_in(tenant)).await;
    assert_eq!(inserted.unwrap(), Race::Won);
}
