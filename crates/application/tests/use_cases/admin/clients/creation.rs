//! Registration of clients.

use super::*;

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
