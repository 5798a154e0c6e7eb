//! An upgrade under way: what the version before finds, and what is to be found after it went on, with the statements
//! that it knows, on the tables of this version. Those statements are beside the test of each store, `life.sql`, and
//! make or change what is named here.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "what is not there fails the test"
)]

use crate::fixtures::{client, client_id, grant, grant_id, user, user_id};
use countersign_domain::authentication::{Authentication, Method, Methods};
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::openid_registration::OpenIdRegistration;
use countersign_domain::profile::Profile;
use countersign_domain::resource::Resource;
use countersign_ports::{Race, Store, UserKey};

/// A client with what the version before does not know of.
fn new_client() -> Client {
    Client {
        first_party: true,
        resources: vec![Resource::parse("https://api.example").unwrap()],
        ..client("new")
    }
}

/// A grant with what the version before does not know of.
fn new_grant() -> Grant {
    let authentication = Authentication {
        methods: Methods::NONE.with(Method::Passkey),
        ..grant(1).authentication
    };
    Grant {
        authentication,
        ..grant(1)
    }
}

/// Stores what the version before finds: the client `new`, the user and the grant of number 1.
pub async fn begin(store: &impl Store) {
    let jane = user(1, "jane@example.org");
    assert_eq!(store.insert_client(&new_client()).await.unwrap(), Race::Won);
    assert_eq!(store.insert_user(&jane).await.unwrap(), Race::Won);
    assert_eq!(store.establish(&new_grant()).await.unwrap(), Race::Won);
}

/// What it wrote is read as what it was at the time: the client `old`, the user of number 9, and the grants 11, which it
/// rotated, 12, which it revoked, and 13, which it revoked with all of that subject.
pub async fn reads_what_it_wrote(store: &impl Store) {
    let old = store.find_grant(grant_id(11)).await.unwrap().unwrap();
    assert_eq!(old.authentication, grant(11).authentication);
    assert_eq!((old.generation, old.revoked_at), (1, None));
    for number in [12, 13] {
        let revoked = store.find_grant(grant_id(number)).await.unwrap().unwrap();
        assert!(revoked.revoked_at.is_some());
    }
    let old = store.find_client(&client_id("old")).await.unwrap().unwrap();
    assert_eq!(old.openid, OpenIdRegistration::default());
    assert!(!old.first_party && old.resources.is_empty());
    let old = store.find_user(UserKey::Id(user_id(9))).await.unwrap();
    let old = old.unwrap();
    assert!(!old.email_verified && old.profile == Profile::default());
}

/// What it changed, of what [`begin`] stored, has kept what it does not know of.
pub async fn has_kept_what_it_does_not_know(store: &impl Store) {
    let changed = store.find_client(&new_client().id).await.unwrap().unwrap();
    assert_eq!(changed.name, "Renamed");
    assert_eq!(changed.resources, new_client().resources);
    assert!(changed.first_party);
    let changed = store.find_user(UserKey::Id(user_id(1))).await.unwrap();
    let changed = changed.unwrap();
    assert_eq!(changed.name.as_deref(), Some("Renamed"));
    assert!(changed.email_verified);
    let rotated = store.find_grant(grant_id(1)).await.unwrap().unwrap();
    assert_eq!(rotated.generation, 1);
    assert_eq!(rotated.authentication, new_grant().authentication);
}
