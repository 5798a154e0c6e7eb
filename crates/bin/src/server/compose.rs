//! Adapters into use cases, use cases into a router.

use super::follow::Place;
use super::use_cases::{Adapters, mailer};
use crate::commands::setup::{Setup, master_keys, now, other_master_key};
use crate::config::MISSING_ISSUER;
use crate::failure::Failure;
use crate::store::AnyStore;
use axum::Router;
use countersign_adapters_jwt::{Codecs, KeyRing};
use countersign_adapters_system::{Argon2Passwords, HttpLogoutSender, SystemClock, SystemMailer};
use countersign_application::{Clients, SecretUses};
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::Tenant;
use countersign_ports::{Changes as _, SigningKeyRepository as _};
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
    pub(super) tenant: Arc<Tenant>,
    /// This process.
    pub(super) node: NodeId,
    pub(super) store: Arc<AnyStore>,
    pub(super) clients: Arc<Clients<AnyStore>>,
    pub(super) keys: Arc<KeyRing>,
    /// Where following the changes begins.
    pub(super) place: Place,
    pub(super) secret_uses: Arc<SecretUses>,
    pub(super) mailer: Arc<SystemMailer>,
    pub(super) logout: Arc<HttpLogoutSender>,
    pub(super) codecs: Arc<Codecs>,
    /// Whether this server removes what has expired.
    pub(super) keeps_house: bool,
    /// Whether this server may change the layout of the store.
    pub(super) migrates: bool,
}

/// Puts the server together and loads its keys.
pub(super) async fn compose(setup: Setup) -> Result<Composition, Failure> {
    let Setup {
        settings,
        store,
        tenant,
        node,
        entropy,
        ..
    } = setup;
    if settings.issuer.is_none() {
        return Err(Failure::usage(MISSING_ISSUER));
    }
    let codecs = Arc::new(Codecs::new(&master_keys(&settings)?));
    let clients = Clients::new(store.clone()).with_outage_grace(settings.outage_grace);
    let outbound = Arc::new(settings.outbound.client()?);
    let adapters = Adapters {
        tenant,
        store,
        clients: Arc::new(clients),
        secret_uses: Arc::default(),
        keys: Arc::new(KeyRing::new()),
        codecs,
        clock: Arc::new(SystemClock),
        passwords: Arc::new(Argon2Passwords::new(&*entropy)),
        entropy,
        mailer: Arc::new(mailer(settings.mail.as_ref())?),
        logout: Arc::new(HttpLogoutSender::new(outbound)),
        pages: settings.pages,
        key_set_max_age: settings.announcement.min(LONGEST_KEPT),
    };
    // The place in the feed is read before the keys: what changes in between is followed.
    let cursor = adapters.store.latest_change().await?;
    let (version, stored) = adapters.store.list_signing_keys(adapters.tenant.id).await?;
    let now = now();
    let loaded = adapters
        .keys
        .load(adapters.tenant.id, &stored, &*adapters.codecs, now);
    loaded.map_err(|error| other_master_key(&error))?;

    let router = router(adapters.services()?)
        .map_err(|error| Failure::of("The discovery documents cannot be written", &error))?;
    Ok(Composition {
        router,
        state: State {
            tenant: adapters.tenant,
            node,
            store: adapters.store,
            clients: adapters.clients,
            keys: adapters.keys,
            place: Place {
                cursor,
                keys: version,
                at: now,
            },
            secret_uses: adapters.secret_uses,
            mailer: adapters.mailer,
            logout: adapters.logout,
            codecs: adapters.codecs,
            keeps_house: settings.housekeeping,
            migrates: settings.migrate_at_start,
        },
    })
}

/// The longest that a copy of the key set may be kept, whatever the announcement.
const LONGEST_KEPT: Duration = Duration::from_secs(3600);
