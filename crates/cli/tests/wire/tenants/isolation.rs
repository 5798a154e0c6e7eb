//! What one tenant issued is unknown in every other, even with the same users, clients and secrets.

use super::{Place, server};
use crate::harness::Server;
use axum::body::Body;
use axum::http::Method;
use countersign_ports::{ClientRepository as _, Race};
use countersign_store_contract::fixtures;

/// Returns all pairs of different tenants.
fn pairs(places: &[Place]) -> impl Iterator<Item = (Place, Place)> {
    places.iter().flat_map(|here| {
        let others = places.iter().filter(|there| there.id != here.id);
        others.map(|there| (*here, *there))
    })
}

#[tokio::test]
async fn code_of_other_tenant_is_unknown_and_stays_usable() {
    let (server, places) = server().await;
    for (here, there) in pairs(&places) {
        let code = server.code_in(here.id, "web", |_| {});
        let refused = there.redeem(&server, &code).await;
        assert_eq!(
            refused.refusal(),
            (400, "invalid_grant".into()),
            "{here:?} {there:?}"
        );
        here.redeem(&server, &code).await.ok();
    }
}

#[tokio::test]
async fn tokens_of_other_tenant_are_unknown_and_cannot_be_revoked_there() {
    let (server, places) = server().await;
    for (here, there) in pairs(&places) {
        let tokens = here.tokens(&server).await;
        let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
        for token in [&access, &refresh] {
            assert!(here.is_active(&server, token).await);
            assert!(!there.is_active(&server, token).await, "{here:?} {there:?}");
            there
                .form(&server, "/oauth2/revoke", &[("token", token)])
                .await
                .ok();
            assert!(here.is_active(&server, token).await);
        }
        let refused = there.refresh(&server, &refresh).await;
        assert_eq!(refused.refusal(), (400, "invalid_grant".into()));
        here.refresh(&server, &refresh).await.ok();
        let bearer = format!("Bearer {access}");
        for path in [
            "/oauth2/userinfo",
            "/v1/users/me",
            "/admin/v1/clients",
            "/api/sessions",
            &format!("/v1/users/{}/roles", fixtures::user_id(1)),
        ] {
            let at = |place: Place| {
                place.send_as(&server, (Method::GET, path), Some(&bearer), Body::empty())
            };
            assert_eq!(at(there).await.status.as_u16(), 401, "{path}");
        }
    }
}

#[tokio::test]
async fn keys_of_other_tenant_are_not_published() {
    let (server, places) = server().await;
    for (here, there) in pairs(&places) {
        let tokens = here.tokens(&server).await;
        let header = jsonwebtoken::decode_header(tokens.text("access_token")).unwrap();
        let path = format!("/oauth2/jwks/{}", header.kid.unwrap());
        here.get(&server, &path).await.ok();
        assert_eq!(there.get(&server, &path).await.status.as_u16(), 404);
    }
}

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
async fn interaction_of_other_tenant_is_rejected() {
    let (server, places) = server().await;
    let authorize = "/oauth2/authorize?response_type=code&client_id=web&scope=openid&state=s\
        &redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&code_challenge_method=S256\
        &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (here, there) in pairs(&places) {
        let started = here.get(&server, authorize).await;
        let location = started.headers["location"].to_str().unwrap().to_owned();
        let path = location.strip_prefix(here.root).unwrap();
        assert!(path.starts_with("/login?interaction="), "{location}");
        let answer = there.get(&server, path).await;
        assert!(
            answer.status.is_client_error(),
            "{here:?} {there:?} {}",
            answer.status
        );
    }
}
