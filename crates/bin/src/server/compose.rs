//! Adapters into use cases, use cases into a router.

use super::use_cases::{Adapters, mailer};
use crate::commands::setup::{Setup, master_keys, now, other_master_key};
use crate::config::MISSING_ISSUER;
use crate::failure::Failure;
use crate::store::AnyStore;
use axum::Router;
use countersign_adapters_jwt::{Codecs, KeyRing};
use countersign_adapters_system::{
    Argon2Passwords, HttpLogoutSender, SystemClock, SystemEntropy, SystemMailer, WebauthnPasskeys,
};
use countersign_application::{Clients, SecretUses, TokenSettings};
use countersign_ports::SigningKeyRepository as _;
use countersign_server_http::router;
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
    pub(super) mailer: Arc<SystemMailer>,
    pub(super) logout: Arc<HttpLogoutSender>,
    pub(super) codecs: Codecs,
    /// Whether this server removes what has expired.
    pub(super) keeps_house: bool,
    /// Whether this server may change the layout of the store.
    pub(super) migrates: bool,
}

/// Puts the server together and loads its keys.
pub(super) async fn compose(setup: Setup) -> Result<Composition, Failure> {
    let Setup { settings, store } = setup;
    let codecs = Codecs::new(&master_keys(&settings)?);
    let mailer = Arc::new(mailer(settings.mail.as_ref())?);
    let issuer = settings
        .issuer
        .ok_or_else(|| Failure::usage(MISSING_ISSUER))?;
    let entropy = Arc::new(SystemEntropy::new());
    let store = Arc::new(store);
    let clients = Clients::new(store.clone()).with_outage_grace(settings.outage_grace);
    let adapters = Adapters {
        store,
        clients: Arc::new(clients),
        secret_uses: Arc::default(),
        keys: Arc::new(KeyRing::new()),
        codecs: Arc::new(codecs.clone()),
        clock: Arc::new(SystemClock),
        passwords: Arc::new(Argon2Passwords::new(&*entropy)),
        passkeys: Arc::new(WebauthnPasskeys::new(&issuer, &settings.pages.theme.name)),
        entropy,
        mailer,
        logout: Arc::new(HttpLogoutSender::new()),
        tokens: TokenSettings {
            issuer,
            lifetimes: settings.lifetimes,
            signing_algorithm: settings.signing_algorithm,
        },
        sliding_sessions: settings.sliding_session,
        mfa: settings.second_factor,
        registration_client: settings.registration_client,
        pages: settings.pages,
        key_set_max_age: settings.announcement.min(LONGEST_KEPT),
    };
    let (revision, stored) = adapters.store.list_signing_keys().await?;
    let loaded = adapters.keys.load(&stored, &codecs, now());
    loaded.map_err(|error| other_master_key(&error))?;
    adapters.clients.follow(revision);

    let router = router(adapters.services()?)
        .map_err(|error| Failure::of("The discovery documents cannot be written", &error))?;
    Ok(Composition {
        router,
        state: State {
            store: adapters.store,
            clients: adapters.clients,
            keys: adapters.keys,
            secret_uses: adapters.secret_uses,
            mailer: adapters.mailer,
            logout: adapters.logout,
            codecs,
            keeps_house: settings.housekeeping,
            migrates: settings.migrate_at_start,
        },
    })
}

/// The longest that a copy of the key set may be kept, whatever the announcement.
const LONGEST_KEPT: Duration = Duration::from_secs(3600);
