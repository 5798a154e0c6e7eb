//! A neighboring tenant with the same rows as the tenants of the properties. It must not change.

use super::support::{SessionFacts, all, facts_of_client, facts_of_session, facts_of_user};
use crate::fixtures::{
    changed_grant, client, client_secret, consent, device, ephemeral_key, event_in, grant,
    identity, later, passkey, resource_server, session, session_id, signing_key, user, user_id,
};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::Client;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::scope::Scope;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::User;
use countersign_ports::{
    After, Change, Cursor, Definition, DefinitionKind, Ephemeral, EphemeralKey, EphemeralKind,
    KeyChange, KeySetVersion, Race, Store, StoredEvent, Transfer,
};
use std::collections::HashSet;
use std::fmt;

/// The lowest tenant number, so that a store that ignores the tenant finds these rows first.
const THERE: TenantId = TenantId::SINGLE;

/// A time that no property reaches.
const FAR: Timestamp = later(10 * 365 * 24 * 3600);

/// Clients, each with its own origin.
const CLIENTS: [&str; 3] = ["app", "bystander", "other"];

/// Users that have sessions, consents, passkeys and devices.
const PEOPLE: [u8; 3] = [1, 2, 3];

/// State of the tenant before a property runs.
pub(super) struct Neighbor {
    begin: Cursor,
    rows: Rows,
}

/// All rows of the tenant.
#[derive(Debug, PartialEq)]
struct Rows {
    clients: Vec<String>,
    definitions: Vec<Definition>,
    has_origins: Vec<bool>,
    users: Vec<String>,
    grants: Vec<Grant>,
    signing_keys: (KeySetVersion, Vec<SigningKey>),
    events: Vec<StoredEvent>,
    ephemera: Vec<(EphemeralKey, Ephemeral)>,
    people: Vec<Belongings>,
    changes: HashSet<Change>,
}

/// Data of one user.
#[derive(Debug, PartialEq)]
struct Belongings {
    sessions: Vec<SessionFacts>,
    consents: Vec<Consent>,
    passkeys: Vec<Passkey>,
    devices: Vec<Device>,
    identities: Vec<Identity>,
    last_time_step: Option<u64>,
    recovery_codes: Vec<[u8; 32]>,
}

impl Neighbor {
    /// Fills the tenant with rows that any method could find or change if it ignored the tenant. Nothing is expired,
    /// used or revoked, and versions, hashes and owners equal those of the fixtures.
    pub(super) async fn settle(store: &(impl Store + Transfer)) -> Self {
        let begin = store.latest_change().await.unwrap();
        settle_clients(store).await;
        settle_people(store).await;
        settle_values(store).await;
        let rows = Rows::read(store, begin).await;
        Self { begin, rows }
    }

    /// Panics if any row was changed, added or removed since.
    pub(super) async fn did_not_change(self, store: &(impl Store + Transfer)) {
        let rows = Rows::read(store, self.begin).await;
        assert_eq!(rows, self.rows, "rows of the neighboring tenant changed");
    }
}

/// Returns the origin of a client's redirect URI.
fn origin(id: &str) -> String {
    format!("https://{id}.example")
}

async fn settle_clients(store: &impl Store) {
    for id in CLIENTS {
        let uri = format!("{}/cb", origin(id));
        let client = Client {
            name: "Neighbor".into(),
            redirect_uris: vec![RedirectUri::parse(&uri).unwrap()],
            secrets: vec![client_secret("first"), client_secret("second")],
            ..client(id)
        };
        let race = store.insert_client(THERE, &client, &event_in(THERE)).await;
        assert_eq!(race.unwrap(), Race::Won);
    }
    for id in ["api", "bystander"] {
        let definition = Definition::ResourceServer(ResourceServer {
            name: "Neighbor".into(),
            ..resource_server(id)
        });
        let event = event_in(THERE);
        let race = store.insert_definition(THERE, &definition, &event).await;
        assert_eq!(race.unwrap(), Race::Won);
    }
    let own = SigningKey {
        client: Some(client("app").id),
        ..signing_key("app")
    };
    let change = KeyChange {
        seen: KeySetVersion(0),
        add: vec![signing_key("a"), signing_key("old"), own],
        retire: Vec::new(),
    };
    let race = store.change_signing_keys(THERE, &change, None).await;
    assert_eq!(race.unwrap(), Race::Won);
    for number in 1..=5 {
        let grant = changed_grant(&grant(number), |facts| {
            if number > 3 {
                facts.authorization.subject = user_id(1).into();
            }
            facts.authorization.access.scope = Scope::parse("neighbor").unwrap();
            facts.authorization.session = Some(session_id(1));
            facts.expires_at = FAR;
        });
        let race = store.establish(THERE, &grant).await;
        assert_eq!(race.unwrap(), Race::Won);
    }
}

async fn settle_people(store: &impl Store) {
    for (number, email) in PEOPLE
        .into_iter()
        .zip(["a@b.example", "c@d.example", "e@f.example"])
    {
        let user = User {
            name: Some("Neighbor".into()),
            email_verified: false,
            ..user(number, email)
        };
        let race = store.insert_user(THERE, &user, None).await.unwrap();
        assert_eq!(race, Race::Won);
        let step = store.use_time_step(THERE, user.id, 1).await.unwrap();
        assert_eq!(step, Race::Won);
        let codes = [number, 9].map(|number| SecretDigest::from_bytes([number; 32]));
        let given = store.replace_recovery_codes(THERE, user.id, &codes).await;
        given.unwrap();
        let consent = Consent {
            given_at: later(99),
            ..consent(number, "app")
        };
        store.put_consent(THERE, &consent).await.unwrap();
        let session = Session {
            user: user.id,
            expires_at: FAR,
            user_agent: Some("neighbor".into()),
            ..session(number.into())
        };
        let race = store.insert_session(THERE, &session).await.unwrap();
        assert_eq!(race, Race::Won);
        let passkey = Passkey {
            user: user.id,
            name: "Neighbor".into(),
            ..passkey(&[number])
        };
        let race = store.insert_passkey(THERE, &passkey).await.unwrap();
        assert_eq!(race, Race::Won);
        let device = Device {
            user: user.id,
            name: "neighbor".into(),
            expires_at: FAR,
            ..device(number.into())
        };
        let race = store.insert_device(THERE, &device).await.unwrap();
        assert_eq!(race, Race::Won);
        let identity = Identity {
            user: user.id,
            provider: "neighbor".into(),
            ..identity(number.into())
        };
        let race = store.insert_identity(THERE, &identity).await.unwrap();
        assert_eq!(race, Race::Won);
    }
}

async fn settle_values(store: &impl Store) {
    for kind in EphemeralKind::ALL {
        let key = ephemeral_key(*kind, 1);
        let race = store.insert(THERE, &key, b"neighbor", later(0)).await;
        assert_eq!(race.unwrap(), Race::Won);
        let totals = store.add(THERE, &[key], 7, later(0)).await;
        assert_eq!(totals.unwrap(), [7]);
    }
}

/// Formats facts for the report of a difference.
fn text(facts: impl fmt::Debug) -> String {
    format!("{facts:?}")
}

impl Rows {
    async fn read(store: &(impl Store + Transfer), begin: Cursor) -> Self {
        let clients = all(store.list_clients(THERE, None, After::start()).await);
        let kind = DefinitionKind::ResourceServer;
        let definitions = store.list_definitions(THERE, kind, After::start());
        let definitions = all(definitions.await);
        let users = all(store.list_users(THERE, After::start()).await);
        let mut has_origins = Vec::new();
        for id in CLIENTS {
            let has = store.has_client_origin(THERE, &origin(id)).await;
            has_origins.push(has.unwrap());
        }
        let (changes, _) = store.changes_after(begin).await.unwrap();
        let mut people = Vec::new();
        for number in PEOPLE {
            people.push(Belongings::read(store, number).await);
        }
        Self {
            clients: clients
                .iter()
                .map(|row| text(facts_of_client(row)))
                .collect(),
            definitions,
            has_origins,
            users: users.iter().map(facts_of_person).collect(),
            grants: all(store.list_all_grants(THERE, After::start()).await),
            signing_keys: store.list_signing_keys(THERE).await.unwrap(),
            events: all(store.list_stored_events(THERE, After::start()).await),
            ephemera: all(store.list_ephemera(THERE, After::start()).await),
            people,
            changes: changes
                .into_iter()
                .filter(|change| change.tenant == THERE)
                .collect(),
        }
    }
}

/// Profiles must be empty here, because their debug output hides their content.
fn facts_of_person(user: &User) -> String {
    assert!(user.profile == countersign_domain::user::profile::Profile::default());
    text(facts_of_user(user))
}

impl Belongings {
    async fn read(store: &(impl Store + Transfer), number: u8) -> Self {
        let user = user_id(number);
        let codes = store.recovery_codes(THERE, user).await.unwrap();
        let sessions = all(store.list_sessions(THERE, user, After::start()).await);
        Self {
            sessions: sessions.iter().map(facts_of_session).collect(),
            consents: all(store.list_consents(THERE, user, After::start()).await),
            passkeys: all(store.list_passkeys(THERE, user, After::start()).await),
            devices: all(store.list_devices(THERE, user, After::start()).await),
            identities: all(store.list_identities(THERE, user, After::start()).await),
            last_time_step: store.last_time_step(THERE, user).await.unwrap(),
            recovery_codes: codes.iter().map(|code| *code.as_bytes()).collect(),
        }
    }
}
