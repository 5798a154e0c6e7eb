//! Client administration commands.

mod creation;
mod races;

use crate::admin::{events, fields, only, root, stored_events};
use crate::fakes::{Counting, Fixed};
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
use countersign_domain::secret::Secret;
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
        secret: Some(Secret::new("correct horse battery staple again")),
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
    let suspend = |client: &mut Client| client.status = ClientStatus::Suspended;
    let edited = admin.edit(tenant(), root(), app(), None, suspend).await;
    assert_eq!(edited.unwrap().status, ClientStatus::Suspended);
    let renamed = admin.update(tenant(), root(), app(), |client| client.name.push('!'));
    assert!(matches!(renamed.await, Err(AdminError::Registration(_))));
}

#[tokio::test]
async fn client_without_shared_key_cannot_change_to_hs256() {
    let store = with_app().await;
    let shared = Some(SigningAlgorithm::Hs256);
    let change = |client: &mut Client| client.signing_algorithm = shared;
    let refused = admin(&store).update(tenant(), root(), app(), change).await;
    assert!(matches!(refused, Err(AdminError::SharedKeyMissing)));
    assert_eq!(stored(&store).await.signing_algorithm, None);
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
