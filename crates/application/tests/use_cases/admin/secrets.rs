//! Client secret administration commands.

use crate::admin::clients::{admin, app, stored, with_app};
use crate::admin::{fields, root, stored_events};
use crate::world::tenant;
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::client::{ClientType, PkceRequirement};
use countersign_domain::secret::Secret;
use countersign_store_contract::fixtures;
use std::time::Duration;

#[tokio::test]
async fn secrets_are_added_expired_and_removed_by_name() {
    let store = with_app().await;
    let admin = admin(&store);
    let hour = Some(Duration::from_secs(3600));
    let added = admin.add_secret(tenant(), root(), app(), None, hour);
    let (kept, shown) = added.await.unwrap();
    assert_eq!(kept.name, "secret-2");
    assert!(kept.digest.is(&shown.digest()));
    let expiry = async || {
        let client = stored(&store).await;
        let secret = client.secrets.iter().find(|own| own.name == "secret-2");
        secret.unwrap().expires_at
    };
    assert_eq!(expiry().await, Some(fixtures::later(3600)));
    let now = Some(fixtures::NOW);
    let expired = admin.expire_secret(tenant(), root(), app(), "secret-2", now);
    assert_eq!(expired.await.unwrap().expires_at, now);
    assert_eq!(expiry().await, now);
    let removed = admin.remove_secret(tenant(), root(), app(), "secret-2");
    removed.await.unwrap();
    assert_eq!(stored(&store).await.secrets.len(), 1);
    let events = stored_events(&store).await;
    let changes: Vec<_> = events.iter().skip(1).flat_map(fields).collect();
    let (hour, now) = (fixtures::later(3600).to_string(), fixtures::NOW.to_string());
    let (hour, now) = (Some(hour.as_str()), Some(now.as_str()));
    let (secret, expiry_of) = (
        "client_secret:secret-2",
        "client_secret_expires_at:secret-2",
    );
    assert_eq!(
        changes,
        [
            (secret, None, Some("..")),
            (expiry_of, None, hour),
            (expiry_of, hour, now),
            (secret, Some(".."), None),
            (expiry_of, now, None),
        ]
    );
}

#[tokio::test]
async fn duplicate_or_unknown_secret_name_is_rejected() {
    let store = with_app().await;
    let admin = admin(&store);
    let name = Some("secret-1".to_owned());
    let taken = admin.add_secret(tenant(), root(), app(), name, None).await;
    assert!(matches!(
        taken,
        Err(AdminError::Conflict(Conflict::SecretName))
    ));
    let removed = admin.remove_secret(tenant(), root(), app(), "x").await;
    let expired = admin.expire_secret(tenant(), root(), app(), "x", None);
    for missing in [removed, expired.await.map(drop)] {
        assert!(matches!(
            missing,
            Err(AdminError::NotFound(Missing::Secret))
        ));
    }
}

#[tokio::test]
async fn public_client_gets_no_secret() {
    let store = with_app().await;
    let admin = admin(&store);
    let public = admin.update(tenant(), root(), app(), |client| {
        client.client_type = ClientType::Public;
        client.secrets.clear();
        client.pkce.required = PkceRequirement::Always;
        client.authentication_method = None;
    });
    public.await.unwrap();
    let added = admin.add_secret(tenant(), root(), app(), None, None).await;
    assert!(matches!(
        added,
        Err(AdminError::Conflict(Conflict::PublicClient))
    ));
}

#[tokio::test]
async fn secret_change_is_stored_despite_redacted_values() {
    let store = with_app().await;
    let admin = admin(&store);
    let next = Secret::new("next");
    let updated = admin.update(tenant(), root(), app(), |client| {
        for secret in &mut client.secrets {
            secret.digest = next.digest();
        }
    });
    updated.await.unwrap();
    let secrets = stored(&store).await.secrets;
    assert!(secrets.iter().all(|own| own.digest.is(&next.digest())));
}
