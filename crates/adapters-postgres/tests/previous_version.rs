//! A rolling upgrade: while nodes of the version before go on, with the statements that they know, on the tables of
//! this version.

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_domain::authentication::{Authentication, Method, Methods};
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::openid_registration::OpenIdRegistration;
use countersign_domain::profile::Profile;
use countersign_domain::resource::Resource;
use countersign_ports::{
    ClientRepository as _, GrantRepository as _, UserKey, UserRepository as _,
};
use countersign_store_contract::fixtures::{client, client_id, grant, grant_id, user, user_id};
use countersign_store_contract::postgres::Schema;
use std::time::Duration;

/// A life in statements of the version before.
const LIFE: &str = include_str!("previous_version/life.sql");

#[tokio::test]
async fn the_version_before_goes_on_with_the_tables_of_this_one() {
    let schema = Schema::new().await;
    let options = Options {
        pool_size: 2,
        acquire_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(10),
    };
    let store = PostgresStore::connect(&schema.url(), options)
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let new_client = Client {
        first_party: true,
        resources: vec![Resource::parse("https://api.example").unwrap()],
        ..client("new")
    };
    let jane = user(1, "jane@example.org");
    let by_passkey = Authentication {
        methods: Methods::NONE.with(Method::Passkey),
        ..grant(1).authentication
    };
    let new_grant = Grant {
        authentication: by_passkey,
        ..grant(1)
    };
    let _ = store.insert_client(&new_client).await.unwrap();
    let _ = store.insert_user(&jane).await.unwrap();
    let _ = store.establish(&new_grant).await.unwrap();

    schema.client().await.batch_execute(LIFE).await.unwrap();

    // What it wrote is read, as what it was at the time.
    let old = store.find_grant(grant_id(11)).await.unwrap().unwrap();
    assert_eq!(old.authentication, grant(11).authentication);
    assert_eq!((old.generation, old.revoked_at), (1, None));
    let revoked = store.find_grant(grant_id(12)).await.unwrap().unwrap();
    assert!(revoked.revoked_at.is_some());
    let of_joe = store.find_grant(grant_id(13)).await.unwrap().unwrap();
    assert!(of_joe.revoked_at.is_some());
    let old = store.find_client(&client_id("old")).await.unwrap().unwrap();
    assert_eq!(old.openid, OpenIdRegistration::default());
    assert!(!old.first_party && old.resources.is_empty());
    let old = store
        .find_user(UserKey::Id(user_id(9)))
        .await
        .unwrap()
        .unwrap();
    assert!(!old.email_verified && old.profile == Profile::default());

    // What it changed has kept what it does not know of.
    let changed = store.find_client(&new_client.id).await.unwrap().unwrap();
    assert_eq!(changed.name, "Renamed");
    assert_eq!(changed.resources, new_client.resources);
    assert!(changed.first_party);
    let changed = store
        .find_user(UserKey::Id(jane.id))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(changed.name.as_deref(), Some("Renamed"));
    assert!(changed.email_verified);
    let rotated = store.find_grant(grant_id(1)).await.unwrap().unwrap();
    assert_eq!(rotated.generation, 1);
    assert_eq!(rotated.authentication, by_passkey);
}
