//! [`ClientRepository`](countersign_ports::ClientRepository).

use super::{facts_of_client, winners};
use crate::fixtures::{NOW, client, client_id, client_secret, grant, grant_id, later, signing_key};
use countersign_domain::client::{
    Client, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::grant::Grant;
use countersign_domain::openid_registration::{OpenIdRegistration, Sector, SubjectType};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_ports::{KeyChange, Race, SecretUse, Store};
use std::sync::Arc;
use std::time::Duration;

/// A client that has nothing in common with `client(id)` but its id.
fn another(id: &str) -> Client {
    Client {
        id: client_id(id),
        name: "Ünïcode 👩‍🚀 \"quoted\", [listed]\n\0\t 日本語 '; --".into(),
        client_type: ClientType::Public,
        status: ClientStatus::Suspended,
        secrets: vec![
            ClientSecret {
                digest: Secret::new("one").digest(),
                created_at: later(1),
                expires_at: Some(later(2)),
                last_used_at: Some(later(3)),
                ..client_secret("zebra 🦓")
            },
            ClientSecret {
                digest: Secret::new("two").digest(),
                expires_at: Some(later(4)),
                ..client_secret("")
            },
            client_secret("antelope"),
        ],
        grant_types: vec![GrantType::RefreshToken, GrantType::AuthorizationCode],
        scope: Scope::none(),
        redirect_uris: [
            "https://a.example/?x=1,2",
            "com.example.app:/cb",
            "http://127.0.0.1/cb",
        ]
        .map(|uri| RedirectUri::parse(uri).unwrap())
        .into(),
        domains: vec!["example".into(), "b\"\\,\n.example".into()],
        pkce: PkcePolicy {
            required: false,
            plain_allowed: true,
            replaces_secret: true,
        },
        signing_algorithm: Some(SigningAlgorithm::EdDsa),
        audience: Some("https://api.example".into()),
        resources: vec![
            Resource::parse("https://b.example/?x=1,2").unwrap(),
            Resource::parse("urn:a").unwrap(),
        ],
        first_party: true,
        openid: OpenIdRegistration {
            subject_type: SubjectType::Pairwise(Sector {
                host: "ægir.example".into(),
                salt: [0xfe; 32],
            }),
            userinfo_signing_algorithm: Some(SigningAlgorithm::Hs256),
            scope_claims_in_id_token: true,
            post_logout_redirect_uris: ["https://a.example/bye", "com.example.app:/bye"]
                .map(|uri| RedirectUri::parse(uri).unwrap())
                .into(),
            backchannel_logout_uri: RedirectUri::parse("https://a.example/back?x=1").ok(),
            frontchannel_logout_uri: RedirectUri::parse("https://a.example/front").ok(),
        },
        access_token_lifetime: Some(Duration::from_secs(17)),
        created_at: later(5),
    }
}

async fn is_stored(store: &impl Store, client: &Client) {
    let found = store.find_client(&client.id).await.unwrap().unwrap();
    assert_eq!(facts_of_client(&found), facts_of_client(client));
}

/// "Registers a client": every field of it, its secrets in order.
pub async fn a_registered_client_is_found_as_it_was<S: Store>(store: Arc<S>) {
    for client in [client("app"), another("~ odd \"id\" %")] {
        assert_eq!(store.insert_client(&client).await.unwrap(), Race::Won);
        is_stored(&*store, &client).await;
    }
}

/// Every value of every enumeration comes back.
pub async fn every_kind_of_client_is_found_as_it_was<S: Store>(store: Arc<S>) {
    let mut kinds = Vec::new();
    kinds.extend(ClientType::ALL.iter().map(|one| Client {
        client_type: *one,
        ..client(one.as_str())
    }));
    kinds.extend(ClientStatus::ALL.iter().map(|one| Client {
        status: *one,
        ..client(one.as_str())
    }));
    kinds.extend(GrantType::ALL.iter().map(|one| Client {
        grant_types: vec![*one],
        ..client(one.as_str())
    }));
    kinds.extend(SigningAlgorithm::ALL.iter().map(|one| Client {
        signing_algorithm: Some(*one),
        ..client(one.as_str())
    }));
    let switches = [
        [true, false, false],
        [false, true, false],
        [false, false, true],
    ];
    kinds.extend(
        switches.map(|[required, plain_allowed, replaces_secret]| Client {
            pkce: PkcePolicy {
                required,
                plain_allowed,
                replaces_secret,
            },
            ..client(&format!("{required} {plain_allowed} {replaces_secret}"))
        }),
    );
    for client in kinds {
        assert_eq!(store.insert_client(&client).await.unwrap(), Race::Won);
        is_stored(&*store, &client).await;
    }
}

/// "The client of this id", to the byte, or nothing.
pub async fn an_unknown_client_is_not_found<S: Store>(store: Arc<S>) {
    let _ = store.insert_client(&client("app")).await.unwrap();
    for id in ["App", "app ", "ap"] {
        assert!(store.find_client(&client_id(id)).await.unwrap().is_none());
    }
}

/// "Unless its id is taken."
pub async fn a_taken_client_id_loses_and_changes_nothing<S: Store>(store: Arc<S>) {
    let _ = store.insert_client(&client("app")).await.unwrap();
    let revision = store.revision().await.unwrap();
    assert_eq!(
        store.insert_client(&another("app")).await.unwrap(),
        Race::Lost
    );
    is_stored(&*store, &client("app")).await;
    assert_eq!(store.revision().await.unwrap(), revision);
}

/// Of all who register one id at once, one wins.
pub async fn a_crowd_that_registers_one_client_has_one_winner<S: Store>(store: Arc<S>) {
    let won = winners(&store, |store, _| async move {
        store.insert_client(&client("app")).await
    });
    assert_eq!(won.await, 1);
    is_stored(&*store, &client("app")).await;
}

/// "All clients, by the time of their registration, then by id", each with its own secrets.
pub async fn clients_are_listed_by_registration_then_by_id<S: Store>(store: Arc<S>) {
    let at = |id: &str, created_at: Timestamp| Client {
        created_at,
        ..client(id)
    };
    let in_order = [
        at("z", NOW),
        at("B", later(1)),
        at("a", later(1)),
        another("first"),
    ];
    for client in in_order.iter().rev() {
        let _ = store.insert_client(client).await.unwrap();
    }
    let listed = store.list_clients().await.unwrap();
    assert_eq!(
        listed.iter().map(facts_of_client).collect::<Vec<_>>(),
        in_order.iter().map(facts_of_client).collect::<Vec<_>>()
    );
}

/// "Replaces everything about a client", there and back again, and about no other.
pub async fn an_update_replaces_everything_about_a_client<S: Store>(store: Arc<S>) {
    for id in ["app", "bystander"] {
        let _ = store.insert_client(&client(id)).await.unwrap();
    }
    for changed in [another("app"), client("app")] {
        assert_eq!(store.update_client(&changed).await.unwrap(), Race::Won);
        is_stored(&*store, &changed).await;
    }
    is_stored(&*store, &client("bystander")).await;
}

/// "`Lost` if there is none of its id."
pub async fn an_unknown_client_cannot_be_updated<S: Store>(store: Arc<S>) {
    let revision = store.revision().await.unwrap();
    assert_eq!(
        store.update_client(&client("app")).await.unwrap(),
        Race::Lost
    );
    assert!(
        store
            .find_client(&client_id("app"))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(store.revision().await.unwrap(), revision);
}

/// "Removes a client with its secrets, its grants and its own signing keys": those of others stay.
pub async fn deleting_a_client_takes_all_that_is_its_own<S: Store>(store: Arc<S>) {
    let own_key = |client: &str| SigningKey {
        client: Some(client_id(client)),
        ..signing_key(client)
    };
    for id in ["app", "bystander"] {
        let _ = store.insert_client(&client(id)).await.unwrap();
    }
    let change = KeyChange {
        seen: store.revision().await.unwrap(),
        add: vec![own_key("app"), own_key("bystander"), signing_key("server")],
        retire: Vec::new(),
    };
    assert_eq!(store.change_signing_keys(&change).await.unwrap(), Race::Won);
    let grant_of_bystander = Grant {
        client: client_id("bystander"),
        ..grant(2)
    };
    for grant in [&grant(1), &grant_of_bystander] {
        let _ = store.establish(grant).await.unwrap();
    }

    let deleted = store.delete_client(&client_id("app")).await.unwrap();
    assert_eq!(deleted, Race::Won);
    assert!(
        store
            .find_client(&client_id("app"))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(store.find_grant(grant_id(1)).await.unwrap(), None);
    is_stored(&*store, &client("bystander")).await;
    let left = store.find_grant(grant_id(2)).await.unwrap();
    assert_eq!(left, Some(grant_of_bystander));
    let (_, keys) = store.list_signing_keys().await.unwrap();
    assert_eq!(keys, [own_key("bystander"), signing_key("server")]);

    // Who takes the id afterwards does not inherit a secret.
    let successor = Client {
        secrets: Vec::new(),
        ..client("app")
    };
    let _ = store.insert_client(&successor).await.unwrap();
    is_stored(&*store, &successor).await;
}

/// "`Lost` if there is none."
pub async fn an_unknown_client_cannot_be_deleted<S: Store>(store: Arc<S>) {
    let orphan = grant(1);
    let _ = store.establish(&orphan).await.unwrap();
    let revision = store.revision().await.unwrap();
    let deleted = store.delete_client(&client_id("app")).await.unwrap();
    assert_eq!(deleted, Race::Lost);
    assert_eq!(store.find_grant(orphan.id).await.unwrap(), Some(orphan));
    assert_eq!(store.revision().await.unwrap(), revision);
}

fn used(client: &str, secret_name: &str, at: Timestamp) -> SecretUse {
    SecretUse {
        client: client_id(client),
        secret_name: secret_name.into(),
        at,
    }
}

/// "Notes when secrets were last used", of the secret that was meant alone; "never sets a time back".
pub async fn the_last_use_of_a_secret_is_never_set_back<S: Store>(store: Arc<S>) {
    let mut two_secrets = client("app");
    two_secrets.secrets = vec![client_secret("first"), client_secret("second")];
    let mut bystander = two_secrets.clone();
    bystander.id = client_id("bystander");
    for client in [&two_secrets, &bystander] {
        let _ = store.insert_client(client).await.unwrap();
    }
    for (at, last) in [(5, 5), (3, 5), (8, 8)] {
        let uses = [used("app", "second", later(at))];
        store.record_secret_uses(&uses).await.unwrap();
        two_secrets.secrets[1].last_used_at = Some(later(last));
        is_stored(&*store, &two_secrets).await;
    }
    is_stored(&*store, &bystander).await;
}

/// Several uses at once, in any order, are as good as one by one.
pub async fn several_uses_are_recorded_at_once<S: Store>(store: Arc<S>) {
    let mut two_secrets = client("app");
    two_secrets.secrets = vec![client_secret("first"), client_secret("second")];
    let _ = store.insert_client(&two_secrets).await.unwrap();
    let uses = [
        used("app", "first", later(9)),
        used("app", "second", later(2)),
        used("app", "first", later(1)),
    ];
    store.record_secret_uses(&uses).await.unwrap();
    two_secrets.secrets[0].last_used_at = Some(later(9));
    two_secrets.secrets[1].last_used_at = Some(later(2));
    is_stored(&*store, &two_secrets).await;
}

/// "Passes over what is gone".
pub async fn a_use_of_what_is_gone_is_passed_over<S: Store>(store: Arc<S>) {
    let mut app = client("app");
    let _ = store.insert_client(&app).await.unwrap();
    let uses = [
        used("gone", "first", later(1)),
        used("app", "gone", later(1)),
        used("app", "first", later(1)),
    ];
    store.record_secret_uses(&uses).await.unwrap();
    app.secrets[0].last_used_at = Some(later(1));
    is_stored(&*store, &app).await;
    store.record_secret_uses(&[]).await.unwrap();
}

/// "And does not count as a change".
pub async fn a_use_of_a_secret_does_not_move_the_revision<S: Store>(store: Arc<S>) {
    let _ = store.insert_client(&client("app")).await.unwrap();
    let revision = store.revision().await.unwrap();
    let uses = [used("app", "first", later(1))];
    store.record_secret_uses(&uses).await.unwrap();
    assert_eq!(store.revision().await.unwrap(), revision);
}
