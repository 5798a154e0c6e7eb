//! Adapters into use cases, use cases into a router.

use crate::commands::setup::{Setup, master_keys, now, other_master_key};
use crate::config::MISSING_ISSUER;
use crate::failure::Failure;
use crate::store::AnyStore;
use axum::Router;
use countersign_adapters_jwt::{Codecs, KeyRing};
use countersign_adapters_system::{Argon2Passwords, SystemClock, SystemEntropy, TotpCodes};
use countersign_application::{Clients, Logins, SecretUses, TokenIssuer, TokenSettings};
use countersign_ports::SigningKeyRepository as _;
use countersign_server_http::pages::{PageSettings, Pages};
use countersign_server_http::{Services, router};
use std::sync::Arc;
use std::time::Duration;

/// Everything that is running.
pub(super) struct Composition {
    /// Answers requests.
    pub(super) router: Router,
    /// What the work beside the requests needs.
    pub(super) state: State,
}

/// What the work beside the requests needs.
pub(super) struct State {
    pub(super) store: Arc<AnyStore>,
    pub(super) clients: Arc<Clients<AnyStore>>,
    pub(super) keys: Arc<KeyRing>,
    pub(super) secret_uses: Arc<SecretUses>,
    pub(super) codecs: Codecs,
    /// Whether this server removes what has expired.
    pub(super) keeps_house: bool,
}

/// Puts the server together and loads its keys.
pub(super) async fn compose(setup: Setup) -> Result<Composition, Failure> {
    let Setup { settings, store } = setup;
    let codecs = Codecs::new(&master_keys(&settings)?);
    let issuer = settings
        .issuer
        .ok_or_else(|| Failure::usage(MISSING_ISSUER))?;
    let shared_codecs = Arc::new(codecs.clone());
    let clock = Arc::new(SystemClock);
    let entropy = Arc::new(SystemEntropy::new());
    let store = Arc::new(store);
    let clients = Arc::new(Clients::new(store.clone()).with_outage_grace(settings.outage_grace));
    let secret_uses = Arc::new(SecretUses::default());
    let keys = Arc::new(KeyRing::new());

    let (revision, stored) = store.list_signing_keys().await?;
    keys.load(&stored, &codecs, now())
        .map_err(|error| other_master_key(&error))?;
    clients.follow(revision);

    let pages = Pages::new(PageSettings {
        secure: issuer.starts_with("https:"),
        ..PageSettings::default()
    })
    .map_err(|error| Failure::of("The pages cannot be made", &error))?;
    let services = Services {
        pages,
        tokens: TokenIssuer {
            store: store.clone(),
            clients: clients.clone(),
            secret_uses: secret_uses.clone(),
            signer: keys.clone(),
            codes: shared_codecs.clone(),
            refresh_tokens: shared_codecs.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: TokenSettings {
                issuer,
                lifetimes: settings.lifetimes,
                signing_algorithm: settings.signing_algorithm,
            },
        },
        logins: Logins {
            store: store.clone(),
            clients: clients.clone(),
            passwords: Arc::new(Argon2Passwords::new(&*entropy)),
            steps: shared_codecs.clone(),
            codes: shared_codecs.clone(),
            vault: shared_codecs,
            one_time_codes: Arc::new(TotpCodes),
            clock,
            entropy,
            lifetimes: settings.lifetimes,
        },
        keys: keys.clone(),
        key_set_max_age: settings.announcement.min(LONGEST_KEPT),
    };
    let router = router(services)
        .map_err(|error| Failure::of("The discovery documents cannot be written", &error))?;
    Ok(Composition {
        router,
        state: State {
            store,
            clients,
            keys,
            secret_uses,
            codecs,
            keeps_house: settings.housekeeping,
        },
    })
}

/// The longest that a copy of the key set may be kept, whatever the announcement.
const LONGEST_KEPT: Duration = Duration::from_secs(3600);
