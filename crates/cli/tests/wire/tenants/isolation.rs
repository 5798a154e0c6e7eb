//! Keys and clients of one tenant are not those of another. The tests in `foreign` present what a tenant issued elsewhere.

use super::{Place, server};
use crate::harness::Server;
use countersign_ports::{ClientRepository as _, Race};
use countersign_store_contract::fixtures;
use std::collections::BTreeSet;

#[tokio::test]
async fn client_of_one_tenant_is_unknown_in_others() {
    let (server, places) = server().await;
    let [own, acme, bolt] = places;
    let remove = |place: Place| remove_client(&server, place, "web");
    remove(acme).await;
    for (place, is_known) in [(own, true), (acme, false), (bolt, true)] {
        let code = server.code_in(place.id, "web", |_| {});
        let answer = place.redeem(&server, &code).await;
        assert_eq!(answer.status.is_success(), is_known, "{place:?}");
    }
}

async fn remove_client(server: &Server, place: Place, id: &str) {
    let (id, event) = (fixtures::client_id(id), fixtures::event());
    let stored = server.store.find_client(place.id, &id).await.unwrap();
    let version = stored.unwrap().version;
    let deleted = server.store.delete_client(place.id, &id, version, &event);
    assert_eq!(deleted.await.unwrap(), Race::Won);
    server.follow().await;
}

#[tokio::test]
async fn tenants_publish_no_key_of_another() {
    let (server, places) = server().await;
    let mut all = BTreeSet::new();
    for place in places {
        let document = place.get(&server, "/oauth2/jwks.json").await.ok().json();
        let keys = document["keys"].as_array().unwrap();
        assert!(!keys.is_empty(), "{place:?}");
        for key in keys {
            let id = key["kid"].as_str().unwrap().to_owned();
            assert!(all.insert(id), "{place:?} {key}");
        }
    }
}
