//! Client administration commands.

use crate::admin::{Counting, events, fields, only, root, stored_events};
use crate::fakes::Fixed;
use crate::world::{SECRETS, SINGLE, tenant};
use countersign_application::admin::clients::{ClientAdmin, NewClient, Pairwise};
use countersign_application::admin::keys::NewSigningKey;
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Permission;
use countersign_domain::client::openid_registration::{
    OpenIdRegistration, ScopeClaims, SubjectType,
};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::registration::InvalidRegistration;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientId, ClientStatus, ClientType, GrantType, Jwks, KeySource,
    PkcePolicy,
};
use countersign_domain::scope::Scope;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{
    After, ClientRepository as _, KeyChange, Race, SigningError, SigningKeyRepository as _, Store,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::{Arc, LazyLock};

pub(crate) fn admin<S: Store>(store: &Arc<S>) -> ClientAdmin<S> {
    ClientAdmin {
        store: store.clone(),
        events: events(),
        assertions: Arc::new(SECRETS),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Counting::default()),
    }
}

/// Returns a web application with a server side.
fn new_client() -> NewClient {
    new_client_with(|_| ())
}

/// Returns the same client with a change.
fn new_client_with(change: impl FnOnce(&mut Client)) -> NewClient {
    let id = ClientId::parse("notes").unwrap();
    let mut client = Client {
        grant_types: vec![GrantType::REFRESH_TOKEN, GrantType::AUTHORIZATION_CODE],
        scope: Scope::parse("openid notes").unwrap(),
        redirect_uris: vec![RedirectUri::parse("https://notes.example/callback").unwrap()],
        ..Client::new(id, "Notes", ClientType::Confidential, fixtures::NOW)
    };
    change(&mut client);
    client.into()
}

/// Creates a store with the client `app`.
pub(crate) async fn with_app() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    let created = NewClient {
        secret: Some(fixtures::secret()),
        ..new_client_with(|client| client.id = app().clone())
    };
    let created = admin(&store).create(tenant(), root(), created, None).await;
    assert_eq!(created.unwrap().client.version, 1);
    store
}

pub(crate) fn app() -> &'static ClientId {
    static APP: LazyLock<ClientId> = LazyLock::new(|| fixtures::client_id("app"));
    &APP
}

pub(crate) async fn stored(store: &MemoryStore) -> Client {
    store.find_client(SINGLE, app()).await.unwrap().unwrap()
}

#[tokio::test]
async fn created_client_is_stored_with_its_event() {
    let store = Arc::new(MemoryStore::default());
    let created = admin(&store)
        .create(tenant(), root(), new_client(), None)
        .await;
    let created = created.unwrap();
    assert_eq!(created.client.id.as_str(), "notes");
    let secret = created.secret.unwrap();
    let stored = store.find_client(SINGLE, &created.client.id).await.unwrap();
    let stored = stored.unwrap();
    let digests: Vec<_> = stored.secrets.iter().map(|own| own.digest).collect();
    assert!(matches!(&*digests, [digest] if digest.is(&secret.digest())));
    assert!(stored.grant_types.is_sorted());
    let events = stored_events(&store).await;
    let [event] = &*events else {
        panic!("{events:?}");
    };
    assert_eq!(event.action, Action::CLIENT_CREATED);
    assert_eq!(event.operator, root().identity);
    assert_eq!(event.target.id, created.client.id.as_str());
    assert_eq!((event.id.number, event.at), (1, fixtures::NOW));
    let fields = fields(event);
    assert!(fields.contains(&("client_name", None, Some("Notes"))));
    assert!(fields.contains(&("client_secret:secret-1", None, Some(".."))));
}

#[tokio::test]
async fn public_or_key_client_gets_no_secret() {
    let admin = admin(&Arc::new(MemoryStore::default()));
    let public = new_client_with(|client| {
        client.client_type = ClientType::Public;
        client.pkce = PkcePolicy::STRICT;
    });
    let with_keys = new_client_with(|client| {
        client.id = ClientId::parse("keys").unwrap();
        client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
        client.keys = Some(KeySource::Registered(Jwks::new("{}")));
    });
    for new in [public, with_keys] {
        let created = admin.create(tenant(), root(), new, None).await;
        let created = created.unwrap();
        assert!(created.secret.is_none() && created.client.secrets.is_empty());
    }
}

#[tokio::test]
async fn invalid_client_is_not_created() {
    let nothing = Arc::new(MockStore::new());
    let without_uri = new_client_with(|client| client.redirect_uris = Vec::new());
    let refused = admin(&nothing)
        .create(tenant(), root(), without_uri, None)
        .await;
    assert!(matches!(
        refused,
        Err(AdminError::Registration(
            InvalidRegistration::RedirectUriMissing
        ))
    ));
    let with_bad_keys = new_client_with(|client| {
        client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
        client.keys = Some(KeySource::Registered(Jwks::new("[]")));
    });
    let refused = admin(&nothing)
        .create(tenant(), root(), with_bad_keys, None)
        .await;
    assert!(matches!(refused, Err(AdminError::Keys(_))));
    let without_key = new_client_with(|client| {
        client.signing_algorithm = Some(SigningAlgorithm::Hs256);
    });
    let store = Arc::new(MemoryStore::default());
    let refused = admin(&store)
        .create(tenant(), root(), without_key, None)
        .await;
    assert!(matches!(refused, Err(AdminError::Failure(_))));
}

#[tokio::test]
async fn duplicate_client_id_conflicts_without_event() {
    let store = with_app().await;
    let again = new_client_with(|client| {
        client.id = app().clone();
        client.name = "Another".to_owned();
    });
    let refused = admin(&store).create(tenant(), root(), again, None).await;
    assert!(matches!(
        refused,
        Err(AdminError::Conflict(Conflict::ClientId))
    ));
    assert_eq!(stored(&store).await.name, "Notes");
    assert_eq!(stored_events(&store).await.len(), 1);
}

#[tokio::test]
async fn hs256_client_is_created_with_its_key() {
    let store = Arc::new(MemoryStore::default());
    let make = |new: NewSigningKey<'_>| -> Result<SigningKey, SigningError> {
        Ok(SigningKey {
            algorithm: new.algorithm,
            client: new.client.cloned(),
            ..fixtures::signing_key("shared")
        })
    };
    let new = new_client_with(|client| {
        client.signing_algorithm = Some(SigningAlgorithm::Hs256);
    });
    let admin = admin(&store);
    let created = admin.create(tenant(), root(), new, Some(&make)).await;
    let created = created.unwrap();
    let (_, keys) = store.list_signing_keys(SINGLE).await.unwrap();
    assert_eq!(created.signing_key.as_ref(), keys.first());
    let owner = keys.first().and_then(|key| key.client.clone());
    assert_eq!(owner, Some(created.client.id));
    let actions = stored_events(&store).await;
    let actions: Vec<_> = actions.iter().map(|event| event.action.clone()).collect();
    let expected = [Action::CLIENT_CREATED, Action::SIGNING_KEYS_CHANGED];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn pairwise_clients_of_one_sector_share_its_salt() {
    let store = Arc::new(MemoryStore::default());
    let admin = admin(&store);
    let sector_of = async |sector: Option<&str>| {
        let new = NewClient {
            pairwise: Some(Pairwise {
                sector: sector.map(str::to_owned),
            }),
            ..new_client_with(|client| {
                client.id = ClientId::parse(sector.unwrap_or("own")).unwrap();
            })
        };
        let created = admin.create(tenant(), root(), new, None).await.unwrap();
        match created.client.openid.subject_type {
            SubjectType::Pairwise(sector) => sector,
            SubjectType::Public => panic!("expected pairwise"),
        }
    };
    let first = sector_of(None).await;
    assert_eq!(first.host, "notes.example");
    assert_eq!(sector_of(Some("notes.example")).await, first);
    assert_ne!(sector_of(Some("other.example")).await.salt, first.salt);
}

#[tokio::test]
async fn pairwise_client_with_several_hosts_requires_sector() {
    let store = Arc::new(MemoryStore::default());
    let mut new = new_client();
    let other = RedirectUri::parse("https://other.example/callback").unwrap();
    new.client.redirect_uris.push(other);
    new.pairwise = Some(Pairwise::default());
    let refused = admin(&store).create(tenant(), root(), new, None).await;
    assert!(matches!(
        refused,
        Err(AdminError::Registration(InvalidRegistration::SectorMissing))
    ));
}

#[tokio::test]
async fn disabled_client_records_only_changed_fields() {
    let store = with_app().await;
    let admin = admin(&store);
    let set = async |status| admin.set_status(tenant(), root(), app(), status).await;
    let disabled = set(ClientStatus::Suspended).await.unwrap();
    assert_eq!(disabled.version, stored(&store).await.version);
    assert_eq!(stored(&store).await.status, ClientStatus::Suspended);
    let again = set(ClientStatus::Suspended).await.unwrap();
    assert_eq!(again.version, disabled.version, "nothing changed");
    let events = stored_events(&store).await;
    let [_, event] = &*events else {
        panic!("{events:?}");
    };
    assert_eq!(event.action, Action::CLIENT_UPDATED);
    let changed = ("status", Some("active"), Some("suspended"));
    assert_eq!(fields(event), [changed]);
}

#[tokio::test]
async fn client_violating_newer_rule_can_be_disabled() {
    let store = Arc::new(MemoryStore::default());
    let broken = Client {
        redirect_uris: Vec::new(),
        ..fixtures::client("app")
    };
    let inserted = store
        .insert_client(SINGLE, &broken, &fixtures::event_in(SINGLE))
        .await;
    let _ = inserted.unwrap();
    let admin = admin(&store);
    let disabled = admin.set_status(tenant(), root(), app(), ClientStatus::Inactive);
    assert_eq!(disabled.await.unwrap().status, ClientStatus::Inactive);
    let renamed = admin.update(tenant(), root(), app(), |client| client.name.push('!'));
    assert!(matches!(renamed.await, Err(AdminError::Registration(_))));
}

#[tokio::test]
async fn algorithm_of_client_needs_signing_key() {
    let store = with_app().await;
    let admin = admin(&store);
    let with_eddsa = || {
        let eddsa = Some(SigningAlgorithm::EdDsa);
        new_client_with(|client| client.openid.userinfo_signing_algorithm = eddsa)
    };
    let use_rs256 = |client: &mut Client| client.signing_algorithm = Some(SigningAlgorithm::Rs256);
    let add = async |algorithm| {
        let (seen, _) = store.list_signing_keys(SINGLE).await.unwrap();
        let key = SigningKey {
            algorithm,
            ..fixtures::signing_key(algorithm.as_str())
        };
        let change = KeyChange {
            seen,
            add: vec![key],
            retire: Vec::new(),
        };
        let added = store.change_signing_keys(SINGLE, &change, None).await;
        assert_eq!(added.unwrap(), Race::Won);
    };
    add(SigningAlgorithm::Es256).await;
    let created = admin.create(tenant(), root(), with_eddsa(), None).await;
    let missing = SigningAlgorithm::EdDsa;
    assert!(
        matches!(created, Err(AdminError::SigningKeyMissing(algorithm)) if algorithm == missing)
    );
    let updated = admin.update(tenant(), root(), app(), use_rs256).await;
    assert!(matches!(updated, Err(AdminError::SigningKeyMissing(_))));
    assert_eq!(stored(&store).await.signing_algorithm, None);
    add(SigningAlgorithm::EdDsa).await;
    add(SigningAlgorithm::Rs256).await;
    let created = admin.create(tenant(), root(), with_eddsa(), None).await;
    assert!(created.is_ok());
    let updated = admin.update(tenant(), root(), app(), use_rs256).await;
    assert!(updated.is_ok());
}

#[tokio::test]
async fn client_may_be_created_before_first_start() {
    let admin = admin(&Arc::new(MemoryStore::default()));
    let eddsa = Some(SigningAlgorithm::EdDsa);
    let new = new_client_with(|client| client.signing_algorithm = eddsa);
    assert!(admin.create(tenant(), root(), new, None).await.is_ok());
}

#[tokio::test]
async fn openid_settings_are_replaced() {
    let store = with_app().await;
    let openid = OpenIdRegistration {
        scope_claims_in_id_token: ScopeClaims::All,
        ..OpenIdRegistration::default()
    };
    let admin = admin(&store);
    let set = admin.set_openid(tenant(), root(), app(), openid.clone());
    assert_eq!(set.await.unwrap().openid, openid);
    assert_eq!(stored(&store).await.openid, openid);
}

#[tokio::test]
async fn deletion_event_lists_client_fields() {
    let store = with_app().await;
    let admin = admin(&store);
    admin.delete(tenant(), root(), app(), None).await.unwrap();
    assert!(store.find_client(SINGLE, app()).await.unwrap().is_none());
    let events = stored_events(&store).await;
    let event = events.last().unwrap();
    assert_eq!(event.action, Action::CLIENT_DELETED);
    assert!(fields(event).contains(&("client_name", Some("Notes"), None)));
    let again = admin.delete(tenant(), root(), app(), None).await;
    assert!(matches!(again, Err(AdminError::NotFound(Missing::Client))));
}

#[tokio::test]
async fn operator_without_permission_cannot_read_or_write_clients() {
    let admin = admin(&Arc::new(MockStore::new()));
    let operator = only(Permission::UsersWrite);
    let name = || "x".to_owned();
    let answers = [
        admin
            .list(tenant(), &operator, After::start())
            .await
            .map(drop),
        admin.find(tenant(), &operator, "app").await.map(drop),
        admin
            .create(tenant(), &operator, new_client(), None)
            .await
            .map(drop),
        admin
            .update(tenant(), &operator, app(), |_| {})
            .await
            .map(drop),
        admin
            .set_status(tenant(), &operator, app(), ClientStatus::Active)
            .await
            .map(drop),
        admin.delete(tenant(), &operator, app(), None).await,
        admin
            .add_secret(tenant(), &operator, app(), Some(name()), None)
            .await
            .map(drop),
        admin.remove_secret(tenant(), &operator, app(), "x").await,
    ];
    for answer in answers {
        assert!(matches!(answer, Err(AdminError::Refused(_))));
    }
    let reader = only(Permission::ClientsRead);
    let refused = admin.delete(tenant(), &reader, app(), None).await;
    assert!(matches!(refused, Err(AdminError::Refused(_))));
}

/// Returns a store in which the first `lost` updates of `app` lose their race and the next one wins.
fn contended(lost: usize) -> MockStore {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|_, _| {
        let client = Client {
            version: 1,
            ..fixtures::client("app")
        };
        Box::pin(async { Ok(Some(client)) })
    });
    store
        .expect_find_definition()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    let mut order = mockall::Sequence::new();
    for number in 1..=5 {
        let race = if number <= lost {
            Race::Lost
        } else {
            Race::Won
        };
        store
            .expect_update_client()
            .times(usize::from(number <= lost + 1))
            .in_sequence(&mut order)
            .withf(move |_, client, event| {
                client.version == 1 && event.event.id.number == number as u64
            })
            .returning(move |_, _, _| Box::pin(async move { Ok(race) }));
    }
    store
}

#[tokio::test]
async fn lost_race_is_retried_at_most_four_times() {
    for (lost, succeeds) in [(0, true), (4, true), (5, false)] {
        let admin = admin(&Arc::new(contended(lost)));
        let set = admin.set_status(tenant(), root(), app(), ClientStatus::Inactive);
        match set.await {
            Ok(client) => assert!(succeeds && client.version == 2),
            Err(error) => assert!(
                !succeeds && matches!(error, AdminError::Conflict(Conflict::Changed)),
                "{error:?}"
            ),
        }
    }
}

#[tokio::test]
async fn lost_race_leaves_no_event() {
    let store = with_app().await;
    let admin = admin(&store);
    // Another command changes the client each time this one has read it.
    let update = admin.update(tenant(), root(), app(), |client| {
        client.name.push('!');
        let faster = Client {
            name: format!("{} ", client.name),
            ..client.clone()
        };
        let event = fixtures::event_in(SINGLE);
        let faster = store.update_client(SINGLE, &faster, &event);
        let mut faster = std::pin::pin!(faster);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(faster.as_mut().poll(&mut context).is_ready());
    });
    let lost = update.await;
    assert!(matches!(lost, Err(AdminError::Conflict(Conflict::Changed))));
    let events = stored_events(&store).await;
    let mut ours = events
        .iter()
        .filter(|event| event.id.node != fixtures::node_id(1));
    assert!(ours.all(|event| event.action == Action::CLIENT_CREATED));
    assert_eq!(events.len(), 1 + 5, "events of the other command");
}
