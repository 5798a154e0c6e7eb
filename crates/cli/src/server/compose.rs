//! Composition of adapters, use cases and router.

use super::endpoints::Endpoints;
use super::state::{Place, State};
use crate::command_error::CommandError;
use crate::commands::setup::{Setup, make_signing_key, master_keys, now, other_master_key};
use crate::config::MISSING_ISSUER;
use crate::config::Mail;
use crate::product::Product;
use countersign_adapters_jwt::{Codecs, JwtAssertions, KeyRing};
use countersign_adapters_system::{
    Argon2Passwords, CachedKeySets, HttpLogoutSender, SystemClock, SystemMailer, TotpCodes,
    WebauthnPasskeys,
};
use countersign_application::admin::AdminTools;
use countersign_application::admin::keys::{MakeSigningKey, NewSigningKey};
use countersign_application::{Clients, Definitions, Ports, SecretUses};
use countersign_ports::{Changes as _, SigningKeyRepository as _};
use countersign_server_http::Front;
use countersign_server_pages::pages::Pages;
use std::sync::Arc;
use std::time::Duration;

/// The composed server.
pub(super) struct Composition {
    /// Answers requests.
    pub(super) front: Front<Product>,
    /// State of the background tasks.
    pub(super) state: State,
}

/// Composes the server and loads its keys.
pub(super) async fn compose(setup: Setup) -> Result<Composition, CommandError> {
    let Setup {
        settings,
        store,
        tenant,
        node,
        entropy,
        events,
    } = setup;
    if settings.issuer.is_none() {
        return Err(CommandError::usage(MISSING_ISSUER));
    }
    let codecs = Arc::new(Codecs::new(&master_keys(&settings)?));
    let keys = Arc::new(KeyRing::new(&codecs));
    // Read the position in the feed before the keys, so that no change in between is missed.
    let cursor = store.latest_change().await?;
    let (version, stored) = store.list_signing_keys(tenant.id).await?;
    let now = now();
    let loaded = keys.load(tenant.id, &stored, &*codecs, now);
    loaded.map_err(|error| other_master_key(&error))?;

    let clients = Clients::new(store.clone()).with_outage_grace(settings.outage_grace);
    let clients = Arc::new(clients);
    let definitions = Arc::new(Definitions::new(store.clone()));
    let secret_uses = Arc::new(SecretUses::default());
    let mailer = Arc::new(mailer(settings.mail.as_ref())?);
    let outbound = Arc::new(settings.outbound.client()?);
    let logout = Arc::new(HttpLogoutSender::new(outbound.clone()));
    let ports: Ports<Product> = Ports {
        store: store.clone(),
        definitions: definitions.clone(),
        clients: clients.clone(),
        secret_uses: secret_uses.clone(),
        signer: keys.clone(),
        verifier: keys.clone(),
        assertions: Arc::new(JwtAssertions),
        key_sets: Arc::new(CachedKeySets::new(outbound)),
        codes: codecs.clone(),
        refresh_tokens: codecs.clone(),
        steps: codecs.clone(),
        vault: codecs.clone(),
        formats: codecs.clone(),
        passwords: Arc::new(Argon2Passwords::new(&*entropy)),
        one_time_codes: Arc::new(TotpCodes),
        passkeys: Arc::new(WebauthnPasskeys),
        mailer: mailer.clone(),
        logout: logout.clone(),
        clock: Arc::new(SystemClock),
        entropy,
    };
    let pages = Pages::new(settings.pages.settings(&tenant.issuer)?)
        .map_err(|error| CommandError::usage(format!("Cannot load the pages: {error}.")))?;
    let endpoints = Endpoints {
        tenant: tenant.clone(),
        envelopes: codecs.clone(),
        known_devices: codecs.clone(),
        keys: keys.clone(),
        key_set_max_age: settings.announcement.min(LONGEST_KEPT),
        pages,
        admin: settings.serves_admin_api.then(|| AdminTools {
            events,
            make_key: make_key(codecs.clone()),
            announcement: settings.announcement,
            requests_per_minute: settings.admin_requests,
        }),
        seed_apis: settings.seed_apis,
    };
    let front = endpoints.front(&ports);
    Ok(Composition {
        front,
        state: State {
            tenant,
            node,
            store,
            clients,
            definitions,
            keys,
            place: Place {
                cursor,
                keys: version,
                at: now,
            },
            secret_uses,
            mailer,
            logout,
            codecs,
            keeps_house: settings.housekeeping,
            migrates: settings.migrate_at_start,
        },
    })
}

/// Returns the function that creates signing keys.
fn make_key(codecs: Arc<Codecs>) -> Box<MakeSigningKey<'static>> {
    Box::new(move |new: NewSigningKey<'_>| make_signing_key(&codecs, &new))
}

/// Returns a mailer, if mail is configured.
fn mailer(mail: Option<&Mail>) -> Result<SystemMailer, CommandError> {
    mail.map_or_else(
        || Ok(SystemMailer::none()),
        |mail| {
            SystemMailer::new(mail.url.expose_secret(), &mail.from)
                .map_err(|error| CommandError::usage(format!("Cannot send mail: {error}.")))
        },
    )
}

/// Upper limit for the cache lifetime of the key set.
const LONGEST_KEPT: Duration = Duration::from_secs(3600);
