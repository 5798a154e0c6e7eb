//! Composition of use cases and router.

use super::adapters::Adapters;
use super::endpoints::Endpoints;
use super::forwarding::Forwarder;
use super::sealed_events::SealedEvents;
use super::state::{Rotation, State};
use super::webhooks::Deliveries;
use crate::command_error::CommandError;
use crate::commands::setup::Setup;
use crate::product::Product;
use countersign_adapters_system::SystemClock;
use countersign_application::TenantDirectory;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::{NoPlaces, Places};
use countersign_server_http::Front;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// The composed server.
pub(super) struct Composition {
    /// Answers requests.
    pub(super) front: Front<Product>,
    /// State of the background tasks.
    pub(super) state: State,
}

/// Composes the server.
pub(super) async fn compose(setup: Setup) -> Result<Composition, CommandError> {
    let adapters = Adapters::new(&setup).await?;
    let ports = adapters.ports(&setup);
    let tools = adapters.admin_tools(&setup)?;
    let webhook_admin = ports.webhook_admin(&tools);
    let sealing = setup.sealing(adapters.codecs.clone());
    let rotation = setup.settings.scheduled.rotate_every.map(|every| Rotation {
        keys: setup.key_admin(),
        make: adapters.make_key(),
        every,
        announcement: setup.settings.announcement,
    });
    let Setup {
        settings,
        store,
        tenant,
        node,
        ..
    } = setup;
    let places = settings.pages.places()?;
    let known: Arc<dyn Places> = match &places {
        Some(file) => file.clone(),
        None => Arc::new(NoPlaces),
    };
    let pages = settings.pages.pages(&tenant.issuer, known)?;
    let tenants = Arc::new(TenantDirectory::new(
        store.clone(),
        tenant.clone(),
        settings.hosts.clone(),
        adapters.keys.clone(),
        Arc::new(SystemClock),
    ));
    tenants.load().await?;
    let endpoints = Endpoints {
        tenant: tenant.clone(),
        envelopes: adapters.codecs.clone(),
        known_devices: adapters.codecs.clone(),
        keys: adapters.keys.clone(),
        key_set_max_age: settings.announcement.min(LONGEST_KEPT),
        pages,
        admin: settings.serves_admin_api.then_some(tools),
        seed_apis: settings.seed_apis,
    };
    let algorithm = tenant.settings.signing_algorithm;
    let uses_spares = settings.serves_admin_api && algorithm == SigningAlgorithm::Rs256;
    let spares = uses_spares.then(|| adapters.spares.clone());
    let front = endpoints.front(&ports, tenants.clone());
    let log = SealedEvents {
        tenant: tenant.id,
        store: store.clone(),
        codecs: adapters.codecs.clone(),
    };
    let forwarder = settings
        .forward
        .map(|destination| Forwarder::new(destination, log.clone()));
    let retries = settings.scheduled.webhook_retries.clone();
    let webhooks = Deliveries {
        node,
        tenants: tenants.clone(),
        admin: Arc::new(webhook_admin),
        log,
        schedule: retries,
        changed: Notify::new(),
        running: Mutex::default(),
    };
    Ok(Composition {
        front,
        state: State {
            tenant,
            tenants,
            node,
            store,
            clients: adapters.clients,
            definitions: adapters.definitions,
            keys: adapters.keys,
            place: adapters.place,
            secret_uses: adapters.secret_uses,
            activity: adapters.activity,
            sealing,
            spares,
            rotation,
            mailer: adapters.mailer,
            logout: adapters.logout,
            codecs: adapters.codecs,
            places,
            forwarder,
            deletions: (ports.users(), ports.sessions()),
            registrations: ports.client_registrations(),
            tenant_admin: ports.tenant_admin(),
            webhooks,
            scheduled: settings.scheduled,
            keeps_house: settings.housekeeping,
            migrates: settings.migrate_at_start,
        },
    })
}

/// Upper limit for the cache lifetime of the key set.
const LONGEST_KEPT: Duration = Duration::from_secs(3600);
