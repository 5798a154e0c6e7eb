//! Session ends and logout notifications.

use crate::composition::{credential, sessions};
use crate::stores::store;
use crate::world::{Outside, SINGLE, tenant};
use countersign_domain::client::Client;
use countersign_domain::client::openid_registration::{OpenIdRegistration, Sector, SubjectType};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::Subject;
use countersign_domain::scope::Scope;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::{
    ClientRepository as _, GrantRepository as _, Race, SessionRepository as _, Slice, StoreError,
    UserRepository as _,
};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

fn uri(text: &str) -> Option<RedirectUri> {
    RedirectUri::parse(text).ok()
}

/// Returns grant `number` of Jane for a client, issued in session 7.
fn grant(number: u64, client: &str, scope: &str) -> Grant {
    fixtures::changed_grant(&fixtures::grant(number), |facts| {
        let authorization = &mut facts.authorization;
        authorization.access.client = fixtures::client_id(client);
        authorization.access.scope = Scope::parse(scope).unwrap();
        authorization.subject = Subject::from(fixtures::user_id(1));
        authorization.session = Some(fixtures::session_id(7));
    })
}

/// Creates session 7 with four grants: two of `app` (back-channel logout), one of `spa` (front-channel logout) and one
/// with `offline_access`.
async fn logged_in() -> Arc<MemoryStore> {
    let store = MemoryStore::default();
    let app = Client {
        signing_algorithm: Some(SigningAlgorithm::Hs256),
        openid: OpenIdRegistration {
            backchannel_logout_uri: uri("https://app.example/logged-out"),
            subject_type: SubjectType::Pairwise(Sector {
                host: "app.example".to_owned(),
                salt: [9; 32],
            }),
            ..OpenIdRegistration::default()
        },
        ..fixtures::client("app")
    };
    let spa = Client {
        openid: OpenIdRegistration {
            frontchannel_logout_uri: uri("https://spa.example/logged-out"),
            ..OpenIdRegistration::default()
        },
        ..fixtures::client("spa")
    };
    for client in [app, spa, fixtures::client("offline")] {
        let _ = store
            .insert_client(SINGLE, &client, &fixtures::event())
            .await
            .unwrap();
    }
    let grants = [
        grant(1, "app", "openid read"),
        grant(2, "app", "openid"),
        grant(3, "offline", "openid offline_access"),
        grant(4, "spa", "openid"),
    ];
    for grant in grants {
        let _ = store.establish(SINGLE, &grant).await.unwrap();
    }
    let jane = fixtures::user(1, "jane@example.com");
    let _ = store.insert_user(SINGLE, &jane, None).await.unwrap();
    let _ = store
        .insert_session(SINGLE, &fixtures::session(7))
        .await
        .unwrap();
    Arc::new(store)
}

async fn is_live(store: &MemoryStore, grant: u64) -> bool {
    let grant = store
        .find_grant(SINGLE, fixtures::grant_id(grant))
        .await
        .unwrap();
    grant.unwrap().is_live(fixtures::NOW)
}

#[tokio::test]
async fn logout_keeps_only_offline_access_grants() {
    let store = logged_in().await;
    let sessions = sessions(&store, &Arc::default());
    let found = async || {
        sessions
            .find(tenant(), [credential(7)])
            .await
            .unwrap()
            .live
            .len()
    };
    assert_eq!(found().await, 1);
    sessions
        .end(tenant(), fixtures::session_id(7))
        .await
        .unwrap();
    assert_eq!(found().await, 0);
    assert!(!is_live(&store, 1).await && !is_live(&store, 2).await && !is_live(&store, 4).await);
    assert!(is_live(&store, 3).await, "offline_access");
}

#[tokio::test]
async fn each_client_is_notified_once_of_logout() {
    let store = logged_in().await;
    let outside = Arc::new(Outside::default());
    let sessions = sessions(&store, &outside);
    let in_the_browser = sessions
        .end(tenant(), fixtures::session_id(7))
        .await
        .unwrap();
    let uris: Vec<_> = in_the_browser
        .iter()
        .map(|told| (told.uri.as_str(), told.session))
        .collect();
    assert_eq!(
        uris,
        [("https://spa.example/logged-out", fixtures::session_id(7))]
    );
    // Logout tokens are not signed with the client's shared key.
    let token = format!("ES256 without {}", fixtures::session_id(7));
    let told = outside.logouts();
    assert_eq!(told, [("https://app.example/logged-out".to_owned(), token)]);
}

#[tokio::test]
async fn repeated_end_revokes_later_grants() {
    let store = logged_in().await;
    let sessions = sessions(&store, &Arc::default());
    sessions
        .end(tenant(), fixtures::session_id(7))
        .await
        .unwrap();
    let _ = store
        .establish(SINGLE, &grant(5, "app", "openid"))
        .await
        .unwrap();
    sessions
        .end(tenant(), fixtures::session_id(7))
        .await
        .unwrap();
    assert!(!is_live(&store, 5).await);
}

#[tokio::test]
async fn end_all_keeps_only_excepted_session() {
    let store = logged_in().await;
    let _ = store
        .insert_session(SINGLE, &fixtures::session(8))
        .await
        .unwrap();
    let other = fixtures::changed_grant(&grant(6, "app", "openid"), |facts| {
        facts.authorization.session = Some(fixtures::session_id(8));
    });
    let _ = store.establish(SINGLE, &other).await.unwrap();
    let sessions = sessions(&store, &Arc::default());
    let kept = Some(fixtures::session_id(8));
    let told = sessions
        .end_all(tenant(), fixtures::user_id(1), kept)
        .await
        .unwrap();
    assert_eq!(told.len(), 1);
    assert!(!is_live(&store, 1).await && is_live(&store, 6).await);
    let found = sessions.find(tenant(), [credential(7), credential(8)]);
    let found = found.await.unwrap();
    assert_eq!(found.live.first().map(|live| live.session.id), kept);
}

#[tokio::test]
async fn no_notification_if_end_cannot_be_stored() {
    let mut store = store();
    store
        .expect_end_session()
        .returning(|_, _, _| Box::pin(async { Err(StoreError::new("down")) }));
    let outside = Arc::new(Outside::default());
    let ended = sessions(&Arc::new(store), &outside);
    assert!(ended.end(tenant(), fixtures::session_id(7)).await.is_err());
    assert!(outside.logouts().is_empty());
}

#[tokio::test]
async fn session_end_writes_only_session_and_grants() {
    let mut store = store();
    store
        .expect_end_session()
        .times(1)
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
    store.expect_list_grants().times(1).returning(|_, _, _| {
        let items = vec![grant(1, "app", "openid"), grant(2, "app", "openid")];
        Box::pin(async { Ok(Slice::of(items, 500)) })
    });
    store
        .expect_revoke()
        .times(2)
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
    let sessions = sessions(&Arc::new(store), &Arc::default());
    assert!(
        sessions
            .end(tenant(), fixtures::session_id(7))
            .await
            .unwrap()
            .is_empty()
    );
}
