//! What commands work with: settings, an open store, master keys.

use crate::cli::ConfigArgs;
use crate::config::{self, MISSING_MASTER_KEY, MISSING_STORE, MasterKeySource, Settings};
use crate::failure::{Exit, Failure};
use crate::store::{AnyStore, StoreUrl, cannot_open};
use countersign_adapters_jwt::{
    Codecs, EventEncoder, KeyRing, MasterKeys, UnusableKey, generate_signing_key,
};
use countersign_adapters_system::{SystemClock, SystemEntropy};
use countersign_application::admin::EventSource;
use countersign_application::admin::keys::{NewSigningKey, ensure_signing_keys};
use countersign_domain::identifier::NodeId;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{Clock as _, Entropy as _, SigningError, SigningKeyRepository as _};
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

/// An open store and how it is configured.
pub(crate) struct Setup {
    /// The configuration.
    pub(crate) settings: Settings,
    /// The tenant that it describes.
    pub(crate) tenant: Arc<Tenant>,
    /// The store, in the layout of this version.
    pub(crate) store: Arc<AnyStore>,
    /// This process.
    pub(crate) node: NodeId,
    /// Randomness.
    pub(crate) entropy: Arc<SystemEntropy>,
    /// Numbers the events of this process.
    pub(crate) events: Arc<EventSource>,
}

impl Setup {
    /// Reads the configuration and opens the store that it names, or exit code 3: a command about what is
    /// in a store makes none.
    pub(crate) async fn open(args: &ConfigArgs) -> Result<Self, Failure> {
        let settings = settings(args)?;
        if let Some(path) = store(&settings)?.file()
            && !path.exists()
        {
            return Err(no_store(path));
        }
        Self::make(settings).await
    }

    /// Reads the configuration and opens the store that it names, and makes it if it is not there.
    pub(crate) async fn open_or_make(args: &ConfigArgs) -> Result<Self, Failure> {
        Self::make(settings(args)?).await
    }

    /// Opens the store of these settings, and makes it if it is not there. Its layout becomes that of this
    /// version, if that is allowed; else it has to be that already.
    pub(crate) async fn make(settings: Settings) -> Result<Self, Failure> {
        if settings.migrate_at_start {
            return Self::migrated(settings).await;
        }
        let url = store(&settings)?;
        let store = AnyStore::open(url, settings.store_options).await?;
        let is_current = store.schema_is_current().await;
        if !is_current.map_err(|error| cannot_open(url, &error))? {
            return Err(Failure::new(
                Exit::Failed,
                format!(
                    "The store {url} does not have the layout of this version, and `store.migrate_at_start` is false. Run `countersign migrate` first."
                ),
            ));
        }
        Ok(Self::of(settings, store))
    }

    fn of(settings: Settings, store: AnyStore) -> Self {
        let entropy = Arc::new(SystemEntropy::new());
        let node = NodeId::from_bytes(entropy.time_ordered_id());
        Self {
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
        }
    }

    /// Opens the store of these settings, makes it if it is not there, and gives it the layout of this
    /// version.
    pub(crate) async fn migrated(settings: Settings) -> Result<Self, Failure> {
        let url = store(&settings)?;
        let store = AnyStore::open(url, settings.store_options).await?;
        let migrated = store.migrate().await;
        migrated.map_err(|error| cannot_open(url, &error))?;
        Ok(Self::of(settings, store))
    }

    /// What seals secrets. Reads the master key, and fails if the stored signing keys do not open under
    /// it: what were sealed then, the server could not open, and it would not start again.
    pub(crate) async fn codecs(&self) -> Result<Codecs, Failure> {
        Ok(self.key_ring().await?.0)
    }

    /// What seals secrets, as [`Setup::codecs`] does, and the signing keys of the store.
    pub(crate) async fn key_ring(&self) -> Result<(Codecs, KeyRing), Failure> {
        let codecs = Codecs::new(&master_keys(&self.settings)?);
        let tenant = self.tenant.id;
        let (_, stored) = self.store.list_signing_keys(tenant).await?;
        let keys = KeyRing::new();
        keys.load(tenant, &stored, &codecs, now())
            .map_err(|error| other_master_key(&error))?;
        Ok((codecs, keys))
    }

    /// Makes the signing keys that are missing. An RSA key takes some tens of milliseconds to find, or a
    /// few hundred if luck is bad: so two threads look for one, and the store takes what comes first. A
    /// database is asked by one alone: whoever comes second may outlive the connections.
    pub(crate) async fn ensure_signing_keys(&self) -> Result<(), Failure> {
        let codecs = self.codecs().await?;
        if matches!(*self.store, AnyStore::Postgres(_)) {
            return self.ensured_on_a_thread(&codecs).await;
        }
        tokio::select! {
            made = self.ensured_on_a_thread(&codecs) => made,
            made = self.ensured_on_a_thread(&codecs) => made,
        }
    }

    async fn ensured_on_a_thread(&self, codecs: &Codecs) -> Result<(), Failure> {
        let (store, codecs) = (self.store.clone(), codecs.clone());
        let (tenant, runtime) = (self.tenant.clone(), Handle::current());
        let work = move || {
            let make = |new: NewSigningKey<'_>| make_signing_key(&codecs, &new);
            runtime.block_on(ensure_signing_keys(&*store, &tenant, &make, now()))
        };
        Ok(spawn_blocking(work).await.map_err(io::Error::other)??)
    }
}

/// What to do about a file that is not there.
pub(crate) fn no_store(path: &Path) -> Failure {
    Failure::new(
        Exit::NotFound,
        format!(
            "There is no store at {}. `countersign migrate` makes one, and so does `serve`.",
            path.display()
        ),
    )
}

/// What to do about a store and a master key that do not belong together.
pub(crate) fn other_master_key(error: &UnusableKey) -> Failure {
    Failure::usage(format!(
        "The store does not fit the master key: {error}. Use the master key that the store was made with."
    ))
}

fn store(settings: &Settings) -> Result<&StoreUrl, Failure> {
    let url = settings.store.as_ref();
    url.ok_or_else(|| Failure::usage(MISSING_STORE))
}

/// The time.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// A fresh signing key, sealed.
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

/// The settings of this process, or every problem with them.
pub(crate) fn settings(args: &ConfigArgs) -> Result<Settings, Failure> {
    Settings::from_values(&config::values(args.config.as_deref()))
        .map_err(|problems| Failure::usage(problems.join("\n")))
}

/// The master keys that the settings name.
pub(crate) fn master_keys(settings: &Settings) -> Result<MasterKeys, Failure> {
    let (text, place) = match &settings.master_key {
        None => return Err(Failure::usage(MISSING_MASTER_KEY)),
        Some(MasterKeySource::Value(key)) => {
            (key.expose_secret().to_owned(), "`master_key`".to_owned())
        }
        Some(MasterKeySource::File(path)) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Failure::usage(format!(
                    "The master key file {} cannot be read: {error}. Make a key with `countersign keys generate-master`.",
                    path.display()
                ))
            })?;
            (text, format!("`master_key_file` ({})", path.display()))
        }
    };
    MasterKeys::parse(&text).map_err(|error| {
        Failure::usage(format!(
            "{place} is not usable: {error}. Make a key with `countersign keys generate-master`."
        ))
    })
}

/// What of valid settings does not work on this machine, one sentence each.
pub(crate) fn unusable(settings: &Settings) -> Vec<String> {
    let mut problems = Vec::new();
    if settings.master_key.is_some()
        && let Err(failure) = master_keys(settings)
    {
        problems.push(failure.message);
    }
    if let Err(failure) = settings.outbound.client() {
        problems.push(failure.message);
    }
    if let Some(folder) = settings
        .store
        .as_ref()
        .and_then(StoreUrl::file)
        .and_then(Path::parent)
        && !folder.is_dir()
    {
        problems.push(format!(
            "The folder of the store, {}, is not there. Make it.",
            folder.display()
        ));
    }
    problems
}

/// What works but should be looked at, one sentence each.
#[cfg(unix)]
pub(crate) fn doubts(settings: &Settings) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(MasterKeySource::File(path)) = &settings.master_key else {
        return Vec::new();
    };
    let mode = std::fs::metadata(path).map_or(0, |file| file.permissions().mode() & 0o777);
    let others = mode & 0o077;
    if others == 0 {
        return Vec::new();
    }
    vec![format!(
        "The master key file {path} is open to others (mode {mode:03o}). Close it with `chmod 600 {path}`, unless only this server can reach it.",
        path = path.display(),
    )]
}

/// What works but should be looked at, one sentence each.
#[cfg(not(unix))]
pub(crate) fn doubts(_: &Settings) -> Vec<String> {
    Vec::new()
}
