//! Settings, an open store and master keys for commands.

use crate::arguments::ConfigArgs;
use crate::command_error::{CommandError, Exit};
use crate::commands::tenants::chosen;
use crate::config::{self, MISSING_MASTER_KEY, MISSING_STORE, MasterKeySource, Settings};
use crate::ownership;
use crate::store::{self, StoreUrl, cannot_open};
use countersign_adapters_jwt::{
    Codecs, EventEncoder, KeyRing, MasterKeys, UnusableKey, generate_signing_key,
};
use countersign_adapters_store::AnyStore;
use countersign_adapters_system::{SystemClock, SystemEntropy};
use countersign_application::admin::keys::{NewSigningKey, ensure_signing_keys};
use countersign_application::admin::{EventSource, Sealing};
use countersign_application::stored;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{Clock as _, Entropy as _, SigningError, SigningKeyRepository as _};
use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

/// An open store with its configuration.
#[derive(Clone)]
pub(crate) struct Setup {
    /// Configuration.
    pub(crate) settings: Settings,
    /// Tenant that the configuration describes.
    pub(crate) tenant: Arc<Tenant>,
    /// Store with the schema of this version.
    pub(crate) store: Arc<AnyStore>,
    /// Identifier of this process.
    pub(crate) node: NodeId,
    /// Source of randomness.
    pub(crate) entropy: Arc<SystemEntropy>,
    /// Source of event identifiers.
    pub(crate) events: Arc<EventSource>,
}

impl Setup {
    /// Reads the configuration and opens the store. Fails with exit code 3 if the store does not exist.
    pub(crate) async fn open(args: &ConfigArgs) -> Result<Self, CommandError> {
        let settings = settings(args)?;
        if let Some(path) = store(&settings)?.file()
            && !path.exists()
        {
            return Err(no_store(path));
        }
        Self::make(settings).await?.of_chosen_tenant().await
    }

    /// Reads the configuration and opens the store, creating it if it does not exist.
    pub(crate) async fn open_or_make(args: &ConfigArgs) -> Result<Self, CommandError> {
        let setup = Self::make(settings(args)?).await?;
        setup.of_chosen_tenant().await
    }

    /// Changes the tenant of this setup to that of the command. Fails if it does not exist.
    async fn of_chosen_tenant(mut self) -> Result<Self, CommandError> {
        let Some(name) = chosen::chosen() else {
            return Ok(self);
        };
        let found = stored::find(&*self.store, TenantId::SINGLE, name.as_str()).await?;
        let tenant = found.filter(|own: &RegisteredTenant| own.status != TenantStatus::Deleting);
        let Some(tenant) = tenant else {
            return Err(CommandError::new(
                Exit::NotFound,
                format!("Tenant {name} not found. `countersign tenants list` shows all tenants."),
            ));
        };
        self.tenant = Arc::new(tenant.tenant(&self.tenant));
        Ok(self)
    }

    /// Opens the store of these settings, creating it if it does not exist.
    ///
    /// Applies schema migrations if `store.migrate_at_start` is true. Otherwise fails if the schema is not current.
    pub(crate) async fn make(settings: Settings) -> Result<Self, CommandError> {
        if settings.migrate_at_start {
            return Self::migrated(settings).await;
        }
        let url = store(&settings)?;
        let store = store::open(url, settings.store_options).await?;
        let is_current = store.schema_is_current().await;
        if !is_current.map_err(|error| cannot_open(url, &error))? {
            return Err(outdated(&settings));
        }
        Ok(Self::of(settings, store))
    }

    /// Opens the existing store of these settings. Does not create or migrate it.
    pub(crate) async fn as_it_is(settings: Settings) -> Result<Self, CommandError> {
        let url = store(&settings)?;
        if let Some(path) = url.file()
            && !path.exists()
        {
            return Err(no_store(path));
        }
        let store = store::open(url, settings.store_options).await?;
        Ok(Self::of(settings, store))
    }

    fn of(settings: Settings, store: AnyStore) -> Self {
        let entropy = Arc::new(SystemEntropy::new());
        let node = NodeId::from_bytes(entropy.time_ordered_id());
        let setup = Self {
            tenant: Arc::new(settings.tenant()),
            settings,
            store: Arc::new(store),
            node,
            events: Arc::new(EventSource::new(
                node,
                entropy.clone(),
                Arc::new(EventEncoder),
            )),
            entropy,
        };
        note(&setup);
        setup
    }

    /// Opens the store of these settings, creating it if it does not exist, and applies schema migrations.
    pub(crate) async fn migrated(settings: Settings) -> Result<Self, CommandError> {
        let url = store(&settings)?;
        let store = store::open(url, settings.store_options).await?;
        let migrated = store.migrate().await;
        migrated.map_err(|error| cannot_open(url, &error))?;
        Ok(Self::of(settings, store))
    }

    /// Reads the master key and returns the codecs that seal secrets.
    ///
    /// Fails if this key cannot open the stored signing keys. Values sealed with a wrong key would keep the server
    /// from starting.
    pub(crate) async fn codecs(&self) -> Result<Codecs, CommandError> {
        Ok(self.key_ring().await?.0)
    }

    /// Returns the codecs, as [`Setup::codecs`] does, and the signing keys of the store.
    pub(crate) async fn key_ring(&self) -> Result<(Codecs, KeyRing), CommandError> {
        let codecs = Codecs::new(&master_keys(&self.settings)?);
        let tenant = self.tenant.id;
        let (_, stored) = self.store.list_signing_keys(tenant).await?;
        let keys = KeyRing::new(&codecs);
        keys.load(tenant, &stored, &codecs, now())
            .map_err(|error| other_master_key(&error))?;
        Ok((codecs, keys))
    }

    /// Returns the use case that seals the events of this process.
    pub(crate) fn sealing(&self, codecs: Arc<Codecs>) -> Sealing<AnyStore> {
        Sealing {
            store: self.store.clone(),
            events: self.events.clone(),
            codec: codecs,
            clock: Arc::new(SystemClock),
            seen: Mutex::default(),
        }
    }

    /// Generates missing signing keys.
    ///
    /// Finding an RSA key usually takes tens of milliseconds, sometimes a few hundred. Two threads race to save time,
    /// and the store keeps the first result. PostgreSQL uses one thread: the slower one might outlive the connections.
    pub(crate) async fn ensure_signing_keys(&self) -> Result<(), CommandError> {
        let codecs = self.codecs().await?;
        if matches!(*self.store, AnyStore::Postgres(_)) {
            return self.ensured_on_a_thread(&codecs).await;
        }
        tokio::select! {
            made = self.ensured_on_a_thread(&codecs) => made,
            made = self.ensured_on_a_thread(&codecs) => made,
        }
    }

    async fn ensured_on_a_thread(&self, codecs: &Codecs) -> Result<(), CommandError> {
        let (store, codecs) = (self.store.clone(), codecs.clone());
        let (tenant, runtime) = (self.tenant.clone(), Handle::current());
        let work = move || {
            let make = |new: NewSigningKey<'_>| make_signing_key(&codecs, &new);
            runtime.block_on(ensure_signing_keys(&*store, &tenant, &make, now()))
        };
        Ok(spawn_blocking(work).await.map_err(io::Error::other)??)
    }
}

/// Returns the error for a schema that the server must not migrate.
pub(crate) fn outdated(settings: &Settings) -> CommandError {
    let url = settings.store.as_ref().map(ToString::to_string);
    CommandError::new(
        Exit::Failed,
        format!(
            "The schema of the store {} is not current, and `store.migrate_at_start` is false. Run `countersign migrate` first.",
            url.unwrap_or_default()
        ),
    )
}

/// Returns the error for a store file that does not exist.
pub(crate) fn no_store(path: &Path) -> CommandError {
    CommandError::new(
        Exit::NotFound,
        format!(
            "No store found at {}. Create one with `countersign migrate` or `countersign serve`.",
            path.display()
        ),
    )
}

/// Returns the error for a store that was created with another master key.
pub(crate) fn other_master_key(error: &UnusableKey) -> CommandError {
    CommandError::usage(format!(
        "The master key does not match the store: {error}. Set `master_key_file` to the key that the store was created with. If you have replaced the key, keep the old one on a line below the new one."
    ))
}

fn store(settings: &Settings) -> Result<&StoreUrl, CommandError> {
    let url = settings.store.as_ref();
    url.ok_or_else(|| CommandError::usage(MISSING_STORE))
}

/// Returns the current time.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// Generates a signing key and seals it.
pub(crate) fn make_signing_key(
    codecs: &Codecs,
    new: &NewSigningKey<'_>,
) -> Result<SigningKey, SigningError> {
    let client = new.client.cloned();
    generate_signing_key(
        new.tenant,
        new.algorithm,
        client,
        new.created_at,
        new.signs_from,
        codecs,
    )
}

/// Returns the settings of this process. The error lists every problem.
pub(crate) fn settings(args: &ConfigArgs) -> Result<Settings, CommandError> {
    Settings::from_values(&config::values(args.config.as_deref()))
        .map_err(|problems| CommandError::usage(problems.join("\n")))
}

/// Reads the master keys that the settings name.
pub(crate) fn master_keys(settings: &Settings) -> Result<MasterKeys, CommandError> {
    let (text, place) = match &settings.master_key {
        None => return Err(CommandError::usage(MISSING_MASTER_KEY)),
        Some(MasterKeySource::Value(key)) => {
            (key.expose_secret().to_owned(), "`master_key`".to_owned())
        }
        Some(MasterKeySource::File(path)) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                let advice = ownership::advice(path).unwrap_or_else(|| {
                    "Generate a key with `countersign keys generate-master`.".to_owned()
                });
                CommandError::usage(format!(
                    "Cannot read the master key file {}: {error}. {advice}",
                    path.display()
                ))
            })?;
            (text, format!("`master_key_file` ({})", path.display()))
        }
    };
    MasterKeys::parse(&text).map_err(|error| {
        CommandError::usage(format!(
            "{place} is invalid: {error}. Generate a key with `countersign keys generate-master`."
        ))
    })
}

tokio::task_local! {
    /// Stores that the command opened.
    pub(super) static OPENED: RefCell<Vec<Setup>>;
}

/// Notes that the command opened a store, so that its events are sealed at the end.
fn note(setup: &Setup) {
    // A server seals in the background.
    let _ = OPENED.try_with(|opened| opened.borrow_mut().push(setup.clone()));
}
