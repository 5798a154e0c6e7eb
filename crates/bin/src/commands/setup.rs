//! What commands work with: settings, an open store, master keys.

use crate::cli::ConfigArgs;
use crate::config::{self, MISSING_MASTER_KEY, MISSING_STORE, MasterKeySource, Settings};
use crate::failure::Failure;
use countersign_adapters_jwt::{Codecs, MasterKeys, generate_signing_key};
use countersign_adapters_sqlite::SqliteStore;
use countersign_adapters_system::SystemClock;
use countersign_application::ensure_signing_keys;
use countersign_domain::client::{ClientId, SigningAlgorithm};
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_ports::{Clock as _, SigningError};
use std::io;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

/// An open store and how it is configured.
pub(crate) struct Setup {
    /// The configuration.
    pub(crate) settings: Settings,
    /// The store, in the layout of this version.
    pub(crate) store: SqliteStore,
}

impl Setup {
    /// Reads the configuration and opens the store that it names.
    pub(crate) async fn open(args: &ConfigArgs) -> Result<Self, Failure> {
        Self::with(settings(args)?).await
    }

    /// Opens the store of these settings, and makes it if it is not there.
    pub(crate) async fn with(settings: Settings) -> Result<Self, Failure> {
        let path = settings
            .store
            .as_deref()
            .ok_or_else(|| Failure::usage(MISSING_STORE))?;
        let what = format!("The store {} cannot be opened", path.display());
        let store = SqliteStore::open(path).map_err(|error| Failure::of(&what, &error))?;
        store
            .migrate()
            .await
            .map_err(|error| Failure::of(&what, &error))?;
        Ok(Self { settings, store })
    }

    /// What seals secrets. Reads the master key.
    pub(crate) fn codecs(&self) -> Result<Codecs, Failure> {
        Ok(Codecs::new(&master_keys(&self.settings)?))
    }

    /// Makes the signing keys that are missing. An RSA key takes some tens of milliseconds to find, or a
    /// few hundred if luck is bad: so two threads look for one, and the store takes what comes first.
    pub(crate) async fn ensure_signing_keys(&self) -> Result<(), Failure> {
        let codecs = self.codecs()?;
        tokio::select! {
            made = self.ensured_on_a_thread(&codecs) => made,
            made = self.ensured_on_a_thread(&codecs) => made,
        }
    }

    async fn ensured_on_a_thread(&self, codecs: &Codecs) -> Result<(), Failure> {
        let (store, codecs) = (self.store.clone(), codecs.clone());
        let runtime = Handle::current();
        let work = move || {
            let make = |algorithm, created_at, signs_from| {
                make_signing_key(&codecs, algorithm, None, created_at, signs_from)
            };
            runtime.block_on(ensure_signing_keys(&store, &make, now()))
        };
        Ok(spawn_blocking(work).await.map_err(io::Error::other)??)
    }
}

/// The time.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// A fresh signing key, sealed.
pub(crate) fn make_signing_key(
    codecs: &Codecs,
    algorithm: SigningAlgorithm,
    client: Option<ClientId>,
    created_at: Timestamp,
    signs_from: Timestamp,
) -> Result<SigningKey, SigningError> {
    generate_signing_key(algorithm, client, created_at, signs_from, codecs)
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
    if let Some(folder) = settings.store.as_deref().and_then(|path| path.parent())
        && !folder.is_dir()
    {
        problems.push(format!(
            "The folder of the store, {}, is not there. Make it.",
            folder.display()
        ));
    }
    problems
}
