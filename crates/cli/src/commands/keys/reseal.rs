//! `countersign keys reseal`: stored secrets move to the current master key.

use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::{Setup, master_keys};
use crate::commands::slices::Slices;
use crate::output::{self, Fields};
use countersign_adapters_jwt::{Codecs, MasterKeys, resealed_signing_key};
use countersign_application::totp_context;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{
    After, Race, SealedPlace, SigningKeyRepository, StoreError, Transfer, UserRepository,
};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Number of resealed values. Also the JSON form of the result.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Resealed {
    signing_keys: u64,
    authenticator_apps: u64,
    webhook_secrets: u64,
    upstream_provider_secrets: u64,
    /// Values that none of the configured keys opens.
    unknown: u64,
}

/// Seals all stored secrets under the current master key, and prints their numbers.
pub(super) async fn reseal(config: &ConfigArgs, output: OutputArgs) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let keys = master_keys(&setup.settings)?;
    let codecs = setup.codecs().await?;
    let mut all = Resealed::default();
    for tenant in setup.store.list_tenants().await? {
        all.add_keys(&*setup.store, tenant, &keys, &codecs).await?;
        all.add_apps(&*setup.store, tenant, &keys, &codecs).await?;
    }
    let codecs = Arc::new(codecs);
    all.add_webhooks(&setup, &keys, &codecs).await?;
    all.add_providers(&setup, &keys, &codecs).await?;
    // Each process seals the audit log of its own tenant.
    let sealing = setup.sealing(codecs);
    let renewed = sealing.renew_key(setup.tenant.id).await;
    renewed.map_err(|error| CommandError::of("Cannot seal the audit log", &error))?;
    if let Some(format) = output.structured() {
        output::print_as(format, &all)?;
    } else {
        Fields::new()
            .add("signing keys", all.signing_keys.to_string())
            .add("authenticator apps", all.authenticator_apps.to_string())
            .add("webhook secrets", all.webhook_secrets.to_string())
            .add(
                "upstream provider secrets",
                all.upstream_provider_secrets.to_string(),
            )
            .print()?;
    }
    if all.unknown > 0 {
        return Err(CommandError::usage(format!(
            "{} values are sealed under a key that is not configured. Add this key below the current one.",
            all.unknown
        )));
    }
    Ok(())
}

impl Resealed {
    async fn add_keys(
        &mut self,
        store: &(impl SigningKeyRepository + Transfer),
        tenant: TenantId,
        keys: &MasterKeys,
        codecs: &Codecs,
    ) -> Result<(), StoreError> {
        let (_, stored) = store.list_signing_keys(tenant).await?;
        for key in &stored {
            let present = &key.sealed_private_key;
            if keys.sealer(present) == Some(0) {
                continue;
            }
            let Some(new) = resealed_signing_key(tenant, key, codecs) else {
                self.unknown += 1;
                continue;
            };
            let place = SealedPlace::SigningKey(&key.id);
            let race = store.reseal(tenant, place, present, &new).await?;
            self.signing_keys += u64::from(race == Race::Won);
        }
        Ok(())
    }

    async fn add_apps(
        &mut self,
        store: &(impl UserRepository + Transfer),
        tenant: TenantId,
        keys: &MasterKeys,
        codecs: &Codecs,
    ) -> Result<(), StoreError> {
        let mut slices = Slices::<User>::new();
        while let Some(after) = slices.next() {
            for user in slices.take(store.list_users(tenant, after).await?) {
                let Some(present) = &user.sealed_totp_secret else {
                    continue;
                };
                if keys.sealer(present) == Some(0) {
                    continue;
                }
                let context = totp_context(user.id);
                let Some(new) = codecs.resealed(tenant, &context, present) else {
                    self.unknown += 1;
                    continue;
                };
                let place = SealedPlace::Authenticator(user.id);
                // A lost race means that the user has a new app, or none.
                let race = store.reseal(tenant, place, present, &new).await?;
                self.authenticator_apps += u64::from(race == Race::Won);
            }
        }
        Ok(())
    }
    /// Each process changes the webhooks of its own tenant, because the changes are events.
    async fn add_webhooks(
        &mut self,
        setup: &Setup,
        keys: &MasterKeys,
        codecs: &Arc<Codecs>,
    ) -> Result<(), CommandError> {
        let (admin, operator) = (setup.webhook_admin(codecs.clone())?, operator());
        let tenant = &*setup.tenant;
        let unknown = AtomicU64::new(0);
        let reseal = resealing(tenant.id, (keys, codecs), &unknown);
        let all = admin.list(tenant, &operator, After::start()).await?;
        for webhook in all.items {
            let name = &webhook.name;
            self.webhook_secrets += admin.reseal(tenant, &operator, name, &reseal).await?;
        }
        self.unknown += unknown.load(Ordering::Relaxed);
        Ok(())
    }

    /// As [`Resealed::add_webhooks`].
    async fn add_providers(
        &mut self,
        setup: &Setup,
        keys: &MasterKeys,
        codecs: &Arc<Codecs>,
    ) -> Result<(), CommandError> {
        let admin = setup.upstream_provider_admin(codecs.clone());
        let (tenant, operator) = (&*setup.tenant, operator());
        let unknown = AtomicU64::new(0);
        let reseal = resealing(tenant.id, (keys, codecs), &unknown);
        let all = admin.list(tenant, &operator, After::start()).await?;
        for provider in all.items {
            let resealed = admin.reseal(tenant, &operator, &provider.name, &reseal);
            self.upstream_provider_secrets += resealed.await?;
        }
        self.unknown += unknown.load(Ordering::Relaxed);
        Ok(())
    }
}

/// Returns a function that seals a secret again, if it is sealed under an earlier key. Counts those that no key opens.
fn resealing<'a>(
    tenant: TenantId,
    (keys, codecs): (&'a MasterKeys, &'a Codecs),
    unknown: &'a AtomicU64,
) -> impl Fn(&str, &[u8]) -> Option<Vec<u8>> + Send + Sync + 'a {
    move |context, present| {
        if keys.sealer(present) == Some(0) {
            return None;
        }
        let new = codecs.resealed(tenant, context, present);
        unknown.fetch_add(u64::from(new.is_none()), Ordering::Relaxed);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::setup::{make_signing_key, now};
    use countersign_application::admin::keys::NewSigningKey;
    use countersign_domain::token::signing_algorithm::SigningAlgorithm;
    use countersign_ports::{KeyChange, KeySetVersion, UserKey, Vault as _};
    use countersign_store_contract::MemoryStore;
    use countersign_store_contract::fixtures::user;

    const TENANT: TenantId = TenantId::SINGLE;

    fn of(text: &str) -> (MasterKeys, Codecs) {
        let keys = MasterKeys::parse(text).unwrap();
        let codecs = Codecs::new(&keys);
        (keys, codecs)
    }

    #[tokio::test]
    async fn resealed_secrets_open_without_previous_master_key() {
        let [new, old] = [(); 2].map(|()| MasterKeys::generate().unwrap());
        let ((_, before), (keys, codecs)) = (of(&old), of(&format!("{new}\n{old}")));
        let store = MemoryStore::default();
        let key = NewSigningKey {
            tenant: TENANT,
            algorithm: SigningAlgorithm::Es256,
            client: None,
            created_at: now(),
            signs_from: now(),
        };
        let change = KeyChange {
            seen: KeySetVersion(0),
            add: vec![make_signing_key(&before, &key).unwrap()],
            retire: Vec::new(),
        };
        let added = store.change_signing_keys(TENANT, &change, None).await;
        assert_eq!(added.unwrap(), Race::Won);
        let jane = user(1, "jane@example.com");
        let id = jane.id;
        let jane = User {
            sealed_totp_secret: Some(before.seal(TENANT, &totp_context(id), b"secret")),
            ..jane
        };
        let added = store.insert_user(TENANT, &jane, None).await;
        assert_eq!(added.unwrap(), Race::Won);
        for count in [1, 0] {
            let mut all = Resealed::default();
            all.add_keys(&store, TENANT, &keys, &codecs).await.unwrap();
            all.add_apps(&store, TENANT, &keys, &codecs).await.unwrap();
            let expected = Resealed {
                signing_keys: count,
                authenticator_apps: count,
                webhook_secrets: 0,
                upstream_provider_secrets: 0,
                unknown: 0,
            };
            assert_eq!(all, expected);
        }
        let (only, alone) = of(&new);
        let (_, stored) = store.list_signing_keys(TENANT).await.unwrap();
        assert!(resealed_signing_key(TENANT, &stored[0], &alone).is_some());
        assert_eq!(only.sealer(&stored[0].sealed_private_key), Some(0));
        let jane = store.find_user(TENANT, UserKey::Id(id)).await.unwrap();
        let sealed = jane.unwrap().sealed_totp_secret.unwrap();
        let opened = alone.unseal(TENANT, &totp_context(id), &sealed);
        assert_eq!(opened.as_deref(), Some(&b"secret"[..]));
        let (other, codecs) = of(&old);
        let mut all = Resealed::default();
        all.add_apps(&store, TENANT, &other, &codecs).await.unwrap();
        assert_eq!((all.authenticator_apps, all.unknown), (0, 1));
    }
}
