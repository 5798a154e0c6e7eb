//! Adapters of the product, and the ports that they implement.

use super::state::Place;
use crate::command_error::CommandError;
use crate::commands::setup::{Setup, master_keys, now, other_master_key};
use crate::config::{MISSING_ISSUER, mailer};
use crate::product::Product;
use countersign_adapters_jwt::{Codecs, JwtAssertions, KeyRing, SpareKeys, shared_secret};
use countersign_adapters_store::AnyStore;
use countersign_adapters_system::{
    Argon2Passwords, BreachRanges, CachedKeySets, HttpLogoutSender, HttpOutbound, HttpUpstreams,
    SystemClock, SystemMailer, TotpCodes, WebauthnPasskeys,
};
use countersign_application::admin::keys::{MakeSigningKey, NewSigningKey};
use countersign_application::admin::{Activity, AdminTools, WebhookTools};
use countersign_application::{Clients, Definitions, Ports, SecretUses};
use countersign_ports::{
    BreachedPasswords, Changes as _, NoBreaches, NoPlaces, SigningKeyRepository as _,
};
use countersign_server_pages::mails::for_commands;
use countersign_server_pages::pages::BrandedPages;
use std::sync::Arc;

/// Adapters, with the keys of the store.
pub(crate) struct Adapters {
    pub(super) codecs: Arc<Codecs>,
    pub(super) keys: Arc<KeyRing>,
    /// Keys for new tenants.
    pub(super) spares: Arc<SpareKeys>,
    pub(super) clients: Arc<Clients<AnyStore>>,
    pub(super) definitions: Arc<Definitions<AnyStore>>,
    pub(super) secret_uses: Arc<SecretUses>,
    pub(super) activity: Arc<Activity>,
    /// Sends mail.
    pub(crate) mailer: Arc<SystemMailer>,
    /// Notifies clients about logout.
    pub(crate) logout: Arc<HttpLogoutSender>,
    outbound: Arc<HttpOutbound>,
    /// Position in the change feed at which the keys were read.
    pub(super) place: Place,
}

impl Adapters {
    /// Creates the adapters and loads the keys. Fails without an issuer and a master key.
    pub(crate) async fn new(setup: &Setup) -> Result<Self, CommandError> {
        let Setup {
            settings,
            store,
            tenant,
            ..
        } = setup;
        if settings.issuer.is_none() {
            return Err(CommandError::usage(MISSING_ISSUER));
        }
        let codecs = Arc::new(Codecs::new(&master_keys(settings)?));
        let keys = Arc::new(KeyRing::new(&codecs));
        // Read the position in the feed before the keys, so that no change in between is missed.
        let cursor = store.latest_change().await?;
        let (version, stored) = store.list_signing_keys(tenant.id).await?;
        let now = now();
        let loaded = keys.load(tenant.id, &stored, &*codecs, now);
        loaded.map_err(|error| other_master_key(&error))?;
        let clients = Clients::new(store.clone()).with_outage_grace(settings.outage_grace);
        let outbound = Arc::new(settings.outbound.client()?);
        Ok(Self {
            codecs,
            keys,
            spares: Arc::default(),
            clients: Arc::new(clients),
            definitions: Arc::new(Definitions::new(store.clone())),
            secret_uses: Arc::new(SecretUses::default()),
            activity: Arc::new(Activity::new(Arc::new(SystemClock))),
            mailer: Arc::new(mailer(settings.mail.as_ref())?),
            logout: Arc::new(HttpLogoutSender::new(outbound.clone())),
            outbound,
            place: Place {
                cursor,
                keys: version,
                at: now,
            },
        })
    }

    /// Returns the ports of the use cases.
    pub(crate) fn ports(&self, setup: &Setup) -> Ports<Product> {
        Ports {
            store: setup.store.clone(),
            definitions: self.definitions.clone(),
            clients: self.clients.clone(),
            secret_uses: self.secret_uses.clone(),
            signer: self.keys.clone(),
            verifier: self.keys.clone(),
            assertions: Arc::new(JwtAssertions),
            key_sets: Arc::new(CachedKeySets::new(self.outbound.clone())),
            upstreams: Arc::new(HttpUpstreams::new(self.outbound.clone())),
            upstream_jwts: Arc::new(JwtAssertions),
            codes: self.codecs.clone(),
            refresh_tokens: self.codecs.clone(),
            steps: self.codecs.clone(),
            vault: self.codecs.clone(),
            devices: self.codecs.clone(),
            mailed_links: self.codecs.clone(),
            formats: self.codecs.clone(),
            passwords: Arc::new(Argon2Passwords::new(&*setup.entropy)),
            breached: self.breached(setup),
            one_time_codes: Arc::new(TotpCodes),
            passkeys: Arc::new(WebauthnPasskeys::new(
                setup.settings.pages.passkeys.origins.clone(),
            )),
            mailer: self.mailer.clone(),
            logout: self.logout.clone(),
            clock: Arc::new(SystemClock),
            entropy: setup.entropy.clone(),
            activity: self.activity.clone(),
            events: setup.events.clone(),
        }
    }

    /// Returns the check of new passwords for breaches. By default, there is none.
    fn breached(&self, setup: &Setup) -> Arc<dyn BreachedPasswords> {
        match &setup.settings.breached_passwords {
            Some(url) => Arc::new(BreachRanges::new(self.outbound.clone(), url)),
            None => Arc::new(NoBreaches),
        }
    }

    /// Returns the function that creates signing keys.
    pub(super) fn make_key(&self) -> Box<MakeSigningKey<'static>> {
        let (codecs, spares) = (self.codecs.clone(), self.spares.clone());
        Box::new(move |new: NewSigningKey<'_>| {
            let times = (new.created_at, new.signs_from);
            let client = new.client.cloned();
            spares.signing_key(new.tenant, new.algorithm, client, times, &*codecs)
        })
    }

    /// Returns the tools of the administration commands.
    pub(crate) fn admin_tools(&self, setup: &Setup) -> Result<AdminTools, CommandError> {
        let showing = self.codecs.clone();
        let issuer = &setup.tenant.issuer;
        let pages = setup.settings.pages.pages(issuer, Arc::new(NoPlaces))?;
        Ok(AdminTools {
            compose: for_commands(BrandedPages::new(pages)),
            make_key: self.make_key(),
            shared_secret: Box::new(move |tenant, key| shared_secret(tenant, key, &*showing)),
            announcement: setup.settings.announcement,
            requests_per_minute: setup.settings.admin_requests,
            webhooks: WebhookTools {
                outbound: self.outbound.clone(),
                deliveries: self.codecs.clone(),
                http_allowed: setup.settings.outbound.allows_private_webhooks(),
            },
        })
    }
}
